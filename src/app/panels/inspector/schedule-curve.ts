/** How a clip's schedule goes over its length, by the engine's own rules. */
import { type ParamValue, parseParams } from "../../../engine/blocks/params";
import { type PruningSchedule, pruningRounds, scheduledSparsity } from "../../../engine/blocks/pruning-schedule";
import type { Clip } from "../../../engine/document/document";
import { roundStep } from "../../../engine/document/schedule";
import { learningRateFactor, type LearningRateSchedule } from "../../../engine/document/learning-rate";
import { metaOf } from "../../edits/clip-edits";
import type { CurvePoint } from "../../widgets/curve-path";

export interface Decision {
  /** Of the timeline. */
  readonly step: number;
  readonly sparsity: number;
}

/** The parameters of a clip with defaults, or null where one of them or its schedule cannot be. */
function validParams(clip: Clip): Readonly<Record<string, ParamValue>> | null {
  const meta = metaOf(clip);
  try {
    return meta && parseParams(meta.params, clip.params);
  } catch {
    return null;
  }
}

/** The decisions of a pruner; null of other clips, and of one that `validate` refuses. */
export function decisionsOf(clip: Clip): readonly Decision[] | null {
  const params = validParams(clip);
  if (!params || !("schedule" in params) || !("sparsity" in params)) return null;
  const settings = params as unknown as PruningSchedule & { readonly sparsity: number };
  if (clip.steps === 0 && settings.schedule !== "one-shot") return null;
  const rounds = pruningRounds(clip.steps, settings);
  return Array.from({ length: rounds.count }, (_, round) => ({
    step: roundStep(clip, rounds, round),
    sparsity: scheduledSparsity(settings.sparsity, round, settings),
  }));
}

/** The decisions as a stair over the clip, from nothing pruned. An instant is drawn in the middle. */
export function sparsityStair(clip: Pick<Clip, "start" | "steps">, decisions: readonly Decision[]) {
  const xOf = (step: number) => (clip.steps === 0 ? 0.5 : (step - clip.start) / clip.steps);
  const marks: CurvePoint[] = decisions.map(({ step, sparsity }) => ({ x: xOf(step), y: sparsity }));
  const points: CurvePoint[] = [{ x: 0, y: 0 }];
  for (const mark of marks) points.push({ x: mark.x, y: points.at(-1)!.y }, mark);
  points.push({ x: 1, y: points.at(-1)!.y });
  return { points, marks };
}

/** The learning rate of a training clip as a fraction of its peak; null of other clips. */
export function learningRateOf(clip: Clip): { readonly peak: number; readonly points: readonly CurvePoint[] } | null {
  const params = validParams(clip);
  if (!params || typeof params["learningRate"] !== "number") return null;
  return {
    peak: params["learningRate"],
    points: learningRateCurve(params["learningRateSchedule"] as LearningRateSchedule),
  };
}

const samples = 60;

export const learningRateCurve = (schedule: LearningRateSchedule): readonly CurvePoint[] =>
  Array.from({ length: samples + 1 }, (_, i) => ({ x: i / samples, y: learningRateFactor(schedule, i / samples) }));
