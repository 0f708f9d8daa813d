/** Magnitude pruning (Han et al. 2015): masks the weights that are smallest in absolute value. */
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import type { BlockImplementation } from "../../block";
import { chooseWeights, kernelNames, maskPruning, maskWeights } from "../../shared/pruning/mask-pruning";
import type { ScoreNormalization } from "../../shared/pruning/select";
import type { meta } from "./meta";

const magnitudes = (snapshot: Snapshot, kernels: readonly string[]): Float32Array[] =>
  kernels.map((name) => valuesOf(snapshot, name).map(Math.abs));

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
  const kernels = kernelNames(snapshot);
  const scores = magnitudes(snapshot, kernels);
  return maskWeights(snapshot, kernels, chooseWeights(snapshot, kernels, scores, { sparsity, scope, normalization }));
}

export const magnitude: BlockImplementation<typeof meta.params> = (context) => maskPruning(context, magnitudes);
