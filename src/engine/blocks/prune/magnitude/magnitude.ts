/** Magnitude pruning (Han et al. 2015): masks the weights that are smallest in absolute value. */
import { weightedNodes } from "../../../core/network";
import { type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import type { BlockImplementation } from "../../block";
import { pruningRounds, scheduledSparsity } from "../../shared/pruning-schedule";
import { type ScoreNormalization, type ScoreSet, selectRemovals } from "../../shared/select";
import type { meta } from "./meta";

/** |w|, with -1 for what is removed already, so that masks only ever grow. */
function magnitudes(values: Float32Array, mask: Uint8Array | undefined): Float32Array {
  const scores = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) scores[i] = mask && !mask[i] ? -1 : Math.abs(values[i]!);
  return scores;
}

/**
 * The snapshot with `sparsity` of its kernel weights masked. At least one weight of a layer stays, with scope `global`
 * at least 1 % of a layer, so that no layer is cut off. Masks are monotone.
 * @param sparsity fraction removed, in [0, 0.999]
 */
export function pruneByMagnitude(
  snapshot: Snapshot,
  sparsity: number,
  scope: "local" | "global",
  normalization: ScoreNormalization = "none",
): Snapshot {
  const names = weightedNodes(snapshot.network).map((node) => node.params.kernel!.name);
  const sets: ScoreSet[] = names.map((name) => {
    const scores = magnitudes(valuesOf(snapshot, name), snapshot.states.get(name)?.mask);
    return { scores, keepAtLeast: Math.max(1, scope === "global" ? Math.ceil(scores.length * 0.01) : 1) };
  });
  const removals = selectRemovals(sets, sparsity, scope, normalization);
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  names.forEach((name, k) => {
    const removed = removals[k]!;
    const before = snapshot.states.get(name);
    const mask = removed.map((r, i) => (r || (before?.mask && !before.mask[i]) ? 0 : 1));
    if (!mask.includes(0)) return;
    states.set(name, { ...before, mask });
    values.set(
      name,
      valuesOf(snapshot, name).map((v, i) => (mask[i] ? v : 0)),
    );
  });
  return { ...snapshot, values, states };
}

export const magnitude: BlockImplementation<typeof meta.params> = ({ params, steps, services }) => ({
  rounds: pruningRounds(steps, params),
  async onRound(round, model) {
    const pruned = pruneByMagnitude(
      await model.snapshot(),
      scheduledSparsity(params.sparsity, round, params),
      params.scope,
      params.normalization,
    );
    model.replace(params.schedule === "one-shot" ? await services.recalibrateBatchNorm(pruned) : pruned);
  },
});
