/** What a screen reader says of an act on a clip: where it lies now, and the joint method if that has become another. */
import i18next from "i18next";
import { classify } from "../../engine/document/classify";
import { type Clip, clipEnd, type TimelineDocument } from "../../engine/document/document";
import { combinations } from "../../survey/combinations";
import { blockName } from "../edits/clip-names";
import { shortName } from "../edits/combination-names";
import { currentLanguage } from "../i18n/i18n";
import type { Studio } from "../stores/studio";

export type SpokenClip =
  | "spokenAdded"
  | "spokenMoved"
  | "spokenRemoved"
  | "spokenDuplicated"
  | "spokenEarlier"
  | "spokenLater"
  | "spokenLifted";

type Speaker = Pick<Studio, "notices">;

const words = () => i18next.getFixedT(currentLanguage(), "timeline");

const nameOf = (block: string): string => blockName(block)[currentLanguage()];

/** `from step 100 to 600` or `at step 100` */
function placeText(clip: Pick<Clip, "start" | "steps">): string {
  const t = words();
  return clip.steps > 0
    ? t("placeSpan", { from: clip.start, to: clipEnd(clip) })
    : t("placeInstant", { from: clip.start });
}

/** `C-1 prune while distilling`, and so on for each. */
export function combinationText(document: Pick<TimelineDocument, "clips">): string {
  const t = words();
  const language = currentLanguage();
  const names = classify(document).map((id) => `${combinations[id].code} ${shortName(combinations[id], language)}`);
  return names.length > 0
    ? t("spokenCombination", { names: names.join(language === "zh" ? "；" : "; ") })
    : t("spokenNoCombination");
}

/** Says what became of a clip and where it lies, in a document that may still be a draft. */
export function speakClip(
  { notices }: Speaker,
  key: SpokenClip,
  clip: Clip,
  before: TimelineDocument,
  after: TimelineDocument,
): void {
  const said = words()(key, { name: nameOf(clip.block), place: placeText(clip) });
  const combination = combinationText(after);
  notices.getState().announce(combination === combinationText(before) ? said : `${said} ${combination}`);
}

export const speakCancelled = ({ notices }: Speaker): void => notices.getState().announce(words()("spokenCancelled"));

export const speakNotAdded = ({ notices }: Speaker, block: string): void =>
  notices.getState().announce(words()("spokenNotAdded", { name: nameOf(block) }));
