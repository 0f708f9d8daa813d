/** Filter pruning by L1 norm (Li et al. 2017): physically removes the channels whose kernels are smallest. */
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { structuredPruning, unitSums } from "../../shared/structured-pruning";
import { meta } from "./meta";

/**
 * Score of each unit of a group: the sum over its producers of |kernel| over the unit's output slice. Producers that are
 * joined by an addition add their norms.
 * @param perWeight divides by the number of weights summed, to compare between layers
 */
export function unitNorms(snapshot: Snapshot, group: ChannelGroup, perWeight: boolean): Float32Array {
  const { sums, counts } = unitSums(snapshot, group, { side: "makes", role: "kernel", of: Math.abs });
  return Float32Array.from(sums, (sum, u) => (perWeight && counts[u]! > 0 ? sum / counts[u]! : sum));
}

/** Norms of the units of each group, comparable between layers where they are ranked together. */
export function filterScores(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { scope, weights }: Pick<ParamsOf<typeof meta.params>, "scope" | "weights">,
): Float32Array[] {
  const scored = weights === "bn-folded" ? foldBatchNorm(snapshot) : snapshot;
  return groups.map((group) => unitNorms(scored, group, scope === "global"));
}

export const filterL1: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(context, meta.id, (snapshot, groups) => filterScores(snapshot, groups, context.params));
