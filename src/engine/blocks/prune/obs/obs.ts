/**
 * Optimal brain surgeon (Hassibi and Stork 1992): the weight with the smallest `w^2 / 2 [H^-1]qq` goes, and the others
 * move by `-(w_q / [H^-1]qq) H^-1 e_q` to make up for it. The full H is the number of weights squared, so here it is
 * block-diagonal: a weight is made up for by those of its block. All that goes at a decision is chosen by the inverse
 * as it was before, then taken out together; several rounds estimate it afresh.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { parametersOf, sizeOfShape } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import type { BlockImplementation, ClipServices } from "../../block";
import type { ParamsOf } from "../../params";
import { withFreshScales } from "../../shared/pruning/fresh-scales";
import { maskPruning } from "../../shared/pruning/mask-pruning";
import {
  addGradient,
  blockSaliencies,
  eliminate,
  fittingBlock,
  type HessianBlock,
  kernelBlocks,
} from "./inverse-hessian";
import type { meta } from "./meta";

type Settings = Pick<ParamsOf<typeof meta.params>, "blockSize" | "damping" | "images" | "batchSize">;

/** Blocks of each kernel, with the inverses that the training images give. */
export async function inverseHessians(
  services: Pick<ClipServices, "visitGradients" | "trainingImages">,
  snapshot: Snapshot,
  kernels: readonly string[],
  { blockSize, damping, images, batchSize }: Settings,
): Promise<HessianBlock[][]> {
  const shapes = new Map(parametersOf(snapshot.network).map(({ name, shape }) => [name, shape]));
  const total = kernels.reduce((sum, name) => sum + sizeOfShape(shapes.get(name)!), 0);
  const size = fittingBlock(blockSize, total);
  const blocks = kernels.map((name) =>
    kernelBlocks(
      sizeOfShape(shapes.get(name)!),
      shapes.get(name)!.at(-1)!,
      snapshot.states.get(name)?.mask,
      size,
      damping,
    ),
  );
  const samples = Math.ceil(Math.min(images, services.trainingImages) / batchSize);
  await services.visitGradients(snapshot, { images, batchSize }, (gradients, count) => {
    // As in the Fisher diagonal, the mean of m independent gradients stands for one of root m times its size.
    kernels.forEach((name, k) => {
      for (const block of blocks[k]!) addGradient(block, gradients.get(name)!, Math.sqrt(count), samples);
    });
  });
  return blocks;
}

/** Saliencies in the kernel's own order; 0 for what is gone. */
export function surgeonScores(weights: Float32Array, blocks: readonly HessianBlock[]): Float32Array {
  const scores = new Float32Array(weights.length);
  for (const block of blocks) {
    const found = blockSaliencies(block, weights);
    block.indices.forEach((index, i) => (scores[index] = found[i]!));
  }
  return scores;
}

/** The snapshot with the survivors moved and what goes at 0; masks are the caller's. @param removals 1 removes */
export function compensate(
  snapshot: Snapshot,
  kernels: readonly string[],
  blocks: readonly (readonly HessianBlock[])[],
  removals: readonly Uint8Array[],
): Snapshot {
  const values = new Map(snapshot.values);
  kernels.forEach((name, k) => {
    const moved = valuesOf(snapshot, name).slice();
    for (const block of blocks[k]!) eliminate(block, moved, removals[k]!);
    values.set(name, moved);
  });
  return withFreshScales({ ...snapshot, values }, kernels);
}

export const obs: BlockImplementation<typeof meta.params> = (context) => {
  let blocks: HessianBlock[][] = [];
  return maskPruning(
    context,
    async (snapshot, kernels) => {
      blocks = await inverseHessians(context.services, snapshot, kernels, context.params);
      return kernels.map((name, k) =>
        surgeonScores(effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)), blocks[k]!),
      );
    },
    (snapshot, kernels, removals) => {
      const compensated = compensate(snapshot, kernels, blocks, removals);
      blocks = [];
      return compensated;
    },
  );
};
