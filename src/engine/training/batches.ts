/**
 * Which images a step sees, and their pixels as floats. Stateless: the batch of a step follows from the seed and the
 * step alone, so a run that resumes at step n sees what an undisturbed one would.
 */
import * as tf from "@tensorflow/tfjs-core";
import { createRng, shuffle } from "../core/rng";
import type { LabelledImages } from "../datasets/source";

/** `(value - mean) / std` after the division by 255; the identity by default. */
export interface Normalization {
  readonly mean: number;
  readonly std: number;
}

const pixelScale = (images: LabelledImages["images"]) => (images instanceof Uint8Array ? 1 / 255 : 1);

/**
 * The images at `indices` as one tensor `[indices.length, ...shape]`.
 * Places past the end of `indices` up to `batchSize` are filled with zeros, so that every batch has one shape.
 */
export function imageBatch(
  data: LabelledImages,
  indices: ArrayLike<number>,
  normalization?: Normalization,
  batchSize = indices.length,
): tf.Tensor {
  const length = data.images.length / data.count;
  const pixels = new Float32Array(batchSize * length);
  const scale = pixelScale(data.images) / (normalization?.std ?? 1);
  const offset = -(normalization?.mean ?? 0) / (normalization?.std ?? 1);
  for (let b = 0; b < indices.length; b++) {
    const from = indices[b]! * length;
    const to = b * length;
    for (let i = 0; i < length; i++) pixels[to + i] = data.images[from + i]! * scale + offset;
  }
  return tf.tensor(pixels, [batchSize, ...data.shape], "float32");
}

export interface BatchOrder {
  /** Indices below `count` of the images of step `step` (0-based); always `batchSize` of them. */
  at(step: number, count: number): Uint32Array;
}

/**
 * Epochs are permutations drawn one after the other from the seed; a step takes the next `batchSize` places of that
 * stream, so every image is seen once before any is seen twice, and no batch is short.
 */
export function createBatchOrder(seed: number, batchSize: number): BatchOrder {
  const permutations = new Map<string, Uint32Array>();
  const permutation = (epoch: number, count: number) => {
    const key = `${count}/${epoch}`;
    let order = permutations.get(key);
    if (!order) {
      order = shuffle(
        Uint32Array.from({ length: count }, (_, i) => i),
        createRng(seed, `batch/${key}`),
      );
      // A batch straddles two epochs at most (small sets: a few); older ones are never read again.
      if (permutations.size > 64) permutations.clear();
      permutations.set(key, order);
    }
    return order;
  };
  return {
    at(step, count) {
      const indices = new Uint32Array(batchSize);
      for (let b = 0; b < batchSize; b++) {
        const place = step * batchSize + b;
        indices[b] = permutation(Math.floor(place / count), count)[place % count]!;
      }
      return indices;
    },
  };
}
