/** Filter pruning by L2 norm, the criterion of He et al. 2018 without their soft schedule. */
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { structuredPruning, unitSums } from "../../shared/structured-pruning";
import { meta } from "./meta";

/**
 * Score of each unit of each group: the Euclidean norm of its kernel slices, those of all producers as one vector.
 * Where layers are ranked together it is the root of the mean square instead, comparable between their sizes.
 */
export function filterScores(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { scope, weights }: Pick<ParamsOf<typeof meta.params>, "scope" | "weights">,
): Float32Array[] {
  const scored = weights === "bn-folded" ? foldBatchNorm(snapshot) : snapshot;
  return groups.map((group) => {
    const { sums, counts } = unitSums(scored, group, { side: "makes", role: "kernel", of: (w) => w * w });
    return Float32Array.from(sums, (sum, u) => Math.sqrt(scope === "global" ? sum / Math.max(1, counts[u]!) : sum));
  });
}

export const filterL2: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(context, meta.id, (snapshot, groups) => filterScores(snapshot, groups, context.params));
