/** Norms of the kernels that make a unit: what pruning by size looks at. */
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import { unitSums } from "./structured-pruning";

export interface NormOptions {
  readonly norm: "l1" | "l2";
  /** `global`: the mean of |w|, or the root of the mean square, comparable between layers. Default `local`. */
  readonly scope?: "local" | "global";
  /** `bn-folded`: of the kernel with batch normalization folded into it. Default `raw`. */
  readonly weights?: "raw" | "bn-folded";
}

/**
 * Norm of each unit of each group: over its kernel slices, those of all producers (joined by an addition) as one vector.
 */
export function filterNorms(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { norm, scope = "local", weights = "raw" }: NormOptions,
): Float32Array[] {
  const scored = weights === "bn-folded" ? foldBatchNorm(snapshot) : snapshot;
  const of = norm === "l1" ? Math.abs : (w: number) => w * w;
  return groups.map((group) => {
    const { sums, counts } = unitSums(scored, group, { side: "makes", role: "kernel", of });
    return Float32Array.from(sums, (sum, u) => {
      const size = scope === "global" ? sum / Math.max(1, counts[u]!) : sum;
      return norm === "l1" ? size : Math.sqrt(size);
    });
  });
}
