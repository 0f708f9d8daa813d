/**
 * Optimal brain damage (LeCun et al. 1989): the saliency of a weight is `h w^2 / 2`, what the loss gains to second order
 * when it goes, with h the diagonal of the Hessian. For h stands the Fisher diagonal, which is it at a trained minimum.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { valuesOf } from "../../../core/snapshot";
import type { BlockImplementation } from "../../block";
import { maskPruning } from "../../shared/pruning/mask-pruning";
import { fisherDiagonal } from "../../shared/pruning/per-sample-gradients";
import type { meta } from "./meta";

/** `h w^2 / 2` of each weight. */
export const saliencies = (weights: Float32Array, curvature: ArrayLike<number>): Float32Array =>
  weights.map((w, i) => 0.5 * curvature[i]! * w * w);

export const obd: BlockImplementation<typeof meta.params> = (context) =>
  maskPruning(context, async (snapshot, kernels) => {
    const curvatures = await fisherDiagonal(context.services, snapshot, kernels, context.params);
    return kernels.map((name, k) =>
      saliencies(effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)), curvatures[k]!),
    );
  });
