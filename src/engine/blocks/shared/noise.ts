/** Seeded noise as tensors; the caller's tidy owns them. tfjs's own generators are slower and differ between backends. */
import * as tf from "@tensorflow/tfjs-core";
import type { Rng } from "../../core/rng";

const filled = (shape: readonly number[], draw: () => number): tf.Tensor => {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return tf.tensor(values, [...shape], "float32");
};

/** Standard normal. */
export const normalTensor = (shape: readonly number[], rng: Rng): tf.Tensor => filled(shape, rng.normal);

/** Uniform in [0, 1). */
export const uniformTensor = (shape: readonly number[], rng: Rng): tf.Tensor => filled(shape, rng.next);
