/** Reading tensors: several with one wait, and none that is left where a read or its reader fails. */
import * as tf from "@tensorflow/tfjs-core";

/**
 * Values of float32 tensors, as copies. All copies are asked for before the first is waited for: on a GPU each wait in
 * turn would drain the queue once more.
 */
export const readTogether = (tensors: readonly tf.Tensor[]): Promise<Float32Array[]> =>
  Promise.all(tensors.map(async (tensor) => ((await tensor.data()) as Float32Array).slice()));

/** Does work on tensors and disposes them, also where the work fails. */
export async function disposedAfter<T>(tensors: tf.TensorContainer, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } finally {
    tf.dispose(tensors);
  }
}
