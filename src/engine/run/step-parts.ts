/** What the clips at work add to one step, under names that are unique in the run. */
import { partName } from "../document/loss-parts";
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
    output: run.output && ((nodeId, value) => run.output!(nodeId, value, step - clip.start)),
    learned,
  }));
