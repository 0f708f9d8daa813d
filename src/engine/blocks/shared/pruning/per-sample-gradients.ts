/** Squares of per-sample gradients: the empirical Fisher information, which at a trained minimum stands for the Hessian. */
import type { Snapshot } from "../../../core/snapshot";
import type { ClipServices, GradientOptions } from "../../block";

/**
 * `m mean(g g)` of each weight over batches of m images, g the gradient of a batch's mean loss. With m = 1 it is the
 * Fisher diagonal `mean (d l_n / d w)^2`; larger m are cheaper and agree with it where the mean gradient is 0, as the
 * gradients of single images then add up like independent draws.
 * @returns one array for each kernel, in the order of `kernels`
 */
export async function fisherDiagonal(
  services: Pick<ClipServices, "visitGradients">,
  snapshot: Snapshot,
  kernels: readonly string[],
  options: GradientOptions,
): Promise<Float64Array[]> {
  let sums: Float64Array[] = [];
  let batches = 0;
  await services.visitGradients(snapshot, options, (gradients, images) => {
    batches++;
    if (sums.length === 0) sums = kernels.map((name) => new Float64Array(gradients.get(name)!.length));
    kernels.forEach((name, k) => {
      const gradient = gradients.get(name)!;
      const sum = sums[k]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += images * gradient[i]! * gradient[i]!;
    });
  });
  for (const sum of sums) for (let i = 0; i < sum.length; i++) sum[i]! /= batches;
  return sums;
}
