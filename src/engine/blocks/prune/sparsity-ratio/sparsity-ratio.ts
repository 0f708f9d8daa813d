/**
 * "Parameter pruning" (Wu et al. 2019): the sparsity of a channel is the share of its weights below the mean magnitude;
 * channels from a threshold on go. The survey says only "the mean": that of the layer, unless it shall be the channel's
 * own, which looks at the shape of a channel's weights alone and spares one whose weights are all tiny.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { type ChannelGroup, unitOfElement } from "../../../surgery/channel-groups";
import type { BlockImplementation } from "../../block";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

/**
 * `#{|w| < mean |w|} / #w` of each unit, in [0, 1]. Where producers are joined by an addition each is compared with its
 * own mean, and all weights of a unit count alike.
 */
export function channelSparsity(snapshot: Snapshot, group: ChannelGroup, meanOver: "layer" | "channel"): Float32Array {
  const below = new Float64Array(group.units);
  const counts = new Float64Array(group.units);
  for (const slice of group.slices) {
    if (slice.role !== "kernel" || slice.side !== "makes" || !group.producers.includes(slice.node)) continue;
    const values = effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter));
    const sums = new Float64Array(group.units);
    const sizes = new Float64Array(group.units);
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]!);
      total += magnitude;
      const unit = unitOfElement(slice, i);
      if (unit < 0) continue;
      sums[unit]! += magnitude;
      sizes[unit]!++;
    }
    const means = sums.map((sum, u) => (meanOver === "layer" ? total / values.length : sum / Math.max(1, sizes[u]!)));
    for (let i = 0; i < values.length; i++) {
      const unit = unitOfElement(slice, i);
      if (unit < 0) continue;
      counts[unit]!++;
      if (Math.abs(values[i]!) < means[unit]!) below[unit]!++;
    }
  }
  return Float32Array.from(below, (count, u) => (counts[u]! > 0 ? count / counts[u]! : 0));
}

/** The share of weights that are not small: the smallest goes first, and up to `1 - threshold`. */
export const densities = (
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  meanOver: "layer" | "channel",
): Float32Array[] => groups.map((group) => channelSparsity(snapshot, group, meanOver).map((sparsity) => 1 - sparsity));

export const sparsityRatio: BlockImplementation<typeof meta.params> = (context) => {
  const { choose, threshold, meanOver } = context.params;
  return structuredPruning(context, meta.id, (snapshot, groups) => densities(snapshot, groups, meanOver), {
    limits: (scores) => (choose === "threshold" ? scores.map(() => 1 - threshold) : undefined),
  });
};
