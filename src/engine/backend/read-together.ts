/** Reading several tensors with one wait. */
import type * as tf from "@tensorflow/tfjs-core";

/**
 * Values of float32 tensors, as copies. All copies are asked for before the first is waited for: on a GPU each wait in
 * turn would drain the queue once more.
 */
export const readTogether = (tensors: readonly tf.Tensor[]): Promise<Float32Array[]> =>
  Promise.all(tensors.map(async (tensor) => ((await tensor.data()) as Float32Array).slice()));
