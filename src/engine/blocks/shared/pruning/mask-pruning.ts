/**
 * What all pruners of single weights have in common: which kernels, how many weights at a decision, masks that only
 * grow. A criterion adds one function: a score for each weight, of which the smallest go.
 */
import { weightedNodes } from "../../../core/network";
import { type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import type { ClipContext, ClipRun, LayerChoice } from "../../block";
import type { ParamSchema } from "../../params";
import { type PruningSchedule, pruningRounds, scheduledSparsity } from "../../pruning-schedule";
import { type ScoreNormalization, type ScoreSet, selectRemovals } from "./select";
import { scheduledLayers } from "./structured-pruning";

/** One score for each weight of each kernel, in the order of `kernels`: at least 0, larger is more important. */
export type ScoreWeights = (
  snapshot: Snapshot,
  kernels: readonly string[],
) => readonly Float32Array[] | Promise<readonly Float32Array[]>;

/** Names of the kernels that pruning acts on, in node order. */
export const kernelNames = ({ network }: Snapshot): string[] =>
  weightedNodes(network).map((node) => node.params.kernel!.name);

/** Id of the layer that a kernel belongs to. */
const layerOf = (kernel: string): string => kernel.slice(0, kernel.lastIndexOf("/"));

export interface MaskChoice {
  /** Fraction removed, in [0, 0.999]. */
  readonly sparsity: number;
  readonly scope: "local" | "global";
  readonly normalization?: ScoreNormalization;
  readonly layers?: ReadonlyMap<string, LayerChoice>;
}

/**
 * What goes of each kernel (1) so that `sparsity` of all weights is gone. What was removed stays removed and counts. At
 * least one weight of a layer stays, with scope `global` at least 1 % of a layer, so that no layer is cut off.
 */
export function chooseWeights(
  snapshot: Snapshot,
  kernels: readonly string[],
  scores: readonly Float32Array[],
  { sparsity, scope, normalization = "none", layers = new Map() }: MaskChoice,
): Uint8Array[] {
  const sets = kernels.map((name, k): ScoreSet => {
    const mask = snapshot.states.get(name)?.mask;
    // -1 for what is removed already, so that masks only ever grow.
    const ranked = mask ? scores[k]!.map((score, i) => (mask[i] ? score : -1)) : scores[k]!;
    return { scores: ranked, keepAtLeast: Math.max(1, scope === "global" ? Math.ceil(ranked.length * 0.01) : 1) };
  });
  return chooseOfSets(sets, kernels.map(layerOf), { sparsity, scope, normalization, layers });
}

/**
 * What goes (1) of each set of scores so that `sparsity` of all is gone, and of a layer with a choice of its own that
 * share.
 * @param owners id of the layer that each set belongs to
 */
export function chooseOfSets(
  sets: readonly ScoreSet[],
  owners: readonly string[],
  { sparsity, scope, normalization = "none", layers = new Map() }: MaskChoice,
): Uint8Array[] {
  const own = owners.map((id) => layers.get(id)?.sparsity);
  const removals: Uint8Array[] = [];
  const together: number[] = [];
  sets.forEach((set, k) => {
    if (scope === "local" || own[k] !== undefined) removals[k] = selectRemovals([set], own[k] ?? sparsity, "local")[0]!;
    else together.push(k);
  });
  const ranked = selectRemovals(
    together.map((k) => sets[k]!),
    sparsity,
    "global",
    normalization,
  );
  together.forEach((k, i) => (removals[k] = ranked[i]!));
  return removals;
}

/** The snapshot with those weights masked too, and 0. Masks are monotone. @param removals 1 removes */
export function maskWeights(snapshot: Snapshot, kernels: readonly string[], removals: readonly Uint8Array[]): Snapshot {
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  kernels.forEach((name, k) => {
    const before = snapshot.states.get(name);
    const mask = removals[k]!.map((removed, i) => (removed || (before?.mask && !before.mask[i]) ? 0 : 1));
    if (!mask.includes(0)) return;
    states.set(name, { ...before, mask });
    values.set(
      name,
      valuesOf(snapshot, name).map((value, i) => (mask[i] ? value : 0)),
    );
  });
  return { ...snapshot, values, states };
}

export interface MaskParams extends PruningSchedule {
  readonly sparsity: number;
  readonly scope: "local" | "global";
  readonly normalization?: ScoreNormalization;
}

/** Changes what stays before the rest is masked. @param removals 1 removes */
export type AdjustWeights = (
  snapshot: Snapshot,
  kernels: readonly string[],
  removals: readonly Uint8Array[],
) => Snapshot;

/** The rounds of a pruner of single weights with a criterion of its own. */
export function maskPruning<S extends ParamSchema>(
  { params, steps, services, layers }: ClipContext<S> & { readonly params: MaskParams },
  score: ScoreWeights,
  adjust?: AdjustWeights,
): ClipRun {
  return {
    rounds: pruningRounds(steps, params),
    async onRound(round, model) {
      const snapshot = await model.snapshot();
      const kernels = kernelNames(snapshot);
      const removals = chooseWeights(snapshot, kernels, await score(snapshot, kernels), {
        ...params,
        sparsity: scheduledSparsity(params.sparsity, round, params),
        layers: scheduledLayers(layers, round, params),
      });
      const adjusted = adjust?.(snapshot, kernels, removals) ?? snapshot;
      const pruned = maskWeights(adjusted, kernels, removals);
      model.replace(params.schedule === "one-shot" ? await services.recalibrateBatchNorm(pruned) : pruned);
    },
  };
}
