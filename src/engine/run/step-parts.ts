/** What the clips at work add to one step, under names that are unique in the run. */
import type { TimelineDocument } from "../document/document";
import { learningRateFactor } from "../document/learning-rate";
import { partName } from "../document/loss-parts";
import { phaseAt } from "../document/schedule";
import type { OptimizerSettings } from "../training/optimizer";
import type { ForwardHooks, StepTerm } from "../training/step";
import type { StepFigure } from "../blocks/block";
import type { ActiveClip } from "./active-clip";

/** Terms of the loss, in the order in which the clips began. @param step on the timeline */
export const stepTerms = (active: readonly ActiveClip[], step: number): StepTerm[] =>
  active.flatMap(({ clip, run }) => {
    const own = step - clip.start;
    return (run.losses ?? []).map((term) => ({
      name: partName(clip.id, term.name),
      share: term.share?.(own) ?? 0,
      taps: term.taps,
      prepare: term.prepare && ((batch) => term.prepare!(batch, own)),
      compute: (output, prepared) => term.compute(output, prepared, own),
    }));
  });

export const stepFigures = (active: readonly ActiveClip[]): StepFigure[] =>
  active.flatMap(({ clip, run }) =>
    (run.figures ?? []).map((figure) => ({ name: partName(clip.id, figure.name), read: () => figure.read() })),
  );

export const stepHooks = (active: readonly ActiveClip[], step: number): ForwardHooks[] =>
  active.map(({ clip, run, learned }) => ({
    parameter: run.parameter && ((name, value) => run.parameter!(name, value, step - clip.start)),
    latent: run.latent && ((name, value) => run.latent!(name, value, step - clip.start)),
    layer: run.layer && ((node, call) => run.layer!(node, call, step - clip.start)),
    trains: run.trains && ((name) => run.trains!(name, step - clip.start)),
    statistics: run.statistics?.(step - clip.start),
    output: run.output && ((nodeId, value) => run.output!(nodeId, value, step - clip.start)),
    learned,
  }));

/** Of the train clips at a step the one that began last, else the document's training settings over the phase. */
export function stepOptimizer(
  active: readonly ActiveClip[],
  document: TimelineDocument,
  step: number,
): OptimizerSettings {
  const setting = active.findLast(({ run }) => run.optimizer);
  if (setting) return setting.run.optimizer!(step - setting.clip.start);
  const { optimizer, learningRate, learningRateSchedule, momentum } = document.training;
  const { start, end } = phaseAt(document, step);
  const factor = learningRateFactor(learningRateSchedule, (step - start) / (end - start));
  return { kind: optimizer, learningRate: learningRate * factor, momentum };
}
