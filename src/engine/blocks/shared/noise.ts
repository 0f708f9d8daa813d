/** Seeded noise as tensors; the caller's tidy owns them. tfjs's own generators are slower and differ between backends. */
import * as tf from "@tensorflow/tfjs-core";
import type { Rng } from "../../core/rng";

const filled = (shape: readonly number[], fill: (values: Float32Array) => void): tf.Tensor => {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  fill(values);
  return tf.tensor(values, [...shape], "float32");
};

/** Standard normal. */
export const normalTensor = (shape: readonly number[], rng: Rng): tf.Tensor =>
  filled(shape, (values) => {
    rng.fillNormal(values);
  });

/** Uniform in [0, 1). */
export const uniformTensor = (shape: readonly number[], rng: Rng): tf.Tensor =>
  filled(shape, (values) => {
    for (let i = 0; i < values.length; i++) values[i] = rng.next();
  });
