/** What is known of a survey node before the tree is put together. */
import type { CitationKey } from "../citations";
import type { Words } from "../words";

/** The survey's headings that nodes stand under. */
export type SurveySection =
  | "1.1"
  | "1.2"
  | "1.2.1"
  | "1.2.2"
  | "1.2.3"
  | "1.3"
  | "1.3.1"
  | "1.3.2"
  | "1.3.3"
  | "2"
  | "2.1"
  | "2.1.1"
  | "2.1.2"
  | "2.1.3"
  | "2.2"
  | "2.2.1"
  | "2.2.2"
  | "2.3"
  | "2.3.1"
  | "2.3.2";

/** Figures 1 to 12 of the survey. */
export type SurveyFigure = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
/** Tables 1 (pruning + distillation), 2 (quantization + distillation) and 3 (pruning + quantization). */
export type SurveyTable = 1 | 2 | 3;

export interface SurveyNodeContent {
  /** Absent at a root. Named `<branch>/<name>`: ids stay two levels deep however deep the tree is. */
  readonly parent?: string;
  readonly section: SurveySection;
  /** English title and the survey's Chinese term. */
  readonly title: Words;
  /** One sentence in the studio's own words. */
  readonly meaning: Words;
  readonly figure?: SurveyFigure;
  readonly table?: SurveyTable;
  readonly citations?: readonly CitationKey[];
  /** Where the studio reads the survey otherwise than it is printed. */
  readonly note?: Words;
}
