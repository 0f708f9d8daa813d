/**
 * The survey's taxonomy as one tree. Content only: no algorithm, no markup. Every block and every recipe names the
 * node it belongs to by a `SurveyNodeId`.
 */
import { compact } from "./taxonomy/compact";
import { distillation } from "./taxonomy/distillation";
import { joint } from "./taxonomy/joint";
import { metrics } from "./taxonomy/metrics";
import type { SurveyNodeContent } from "./taxonomy/node";
import { pruning } from "./taxonomy/pruning";
import { quantization } from "./taxonomy/quantization";

export type { SurveyFigure, SurveySection, SurveyTable } from "./taxonomy/node";

const content = { ...compact, ...pruning, ...quantization, ...distillation, ...joint, ...metrics } as const;

export type SurveyNodeId = keyof typeof content;

export interface SurveyNode extends SurveyNodeContent {
  readonly parent?: SurveyNodeId;
}

/** In reading order: a node stands after its parent. A parent that is no node does not compile. */
export const taxonomy: Readonly<Record<SurveyNodeId, SurveyNode>> = content;

export const surveyNodeIds = Object.keys(content) as SurveyNodeId[];

/** The nodes directly below `id`, in reading order; the roots for `undefined`. */
export const childrenOf = (id: SurveyNodeId | undefined): SurveyNodeId[] =>
  surveyNodeIds.filter((other) => taxonomy[other].parent === id);

/** From the root to `id` itself. */
export function pathTo(id: SurveyNodeId): SurveyNodeId[] {
  const { parent } = taxonomy[id];
  return parent === undefined ? [id] : [...pathTo(parent), id];
}
