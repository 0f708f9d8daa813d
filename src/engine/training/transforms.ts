/** Fake quantization of activations on tensors with straight-through gradients (Bengio et al. 2013; Jacob et al. 2018). */
import * as tf from "@tensorflow/tfjs-core";
import { FAKE_QUANT_RANGE, runFused } from "../backend/fused-composed";
import type { ActivationQuantizer } from "../core/snapshot";
import { straightThrough } from "../quantizers/straight-through";

/**
 * Affine fake quantization of activations with tensors for the range: gradient dy inside the nudged range, else 0.
 * @param low, high scalars, low <= 0 <= high
 */
export function fakeQuantizeRange(x: tf.Tensor, low: tf.Scalar, high: tf.Scalar, bits: number): tf.Tensor {
  return straightThrough(x, (input) => runFused(FAKE_QUANT_RANGE, { x: input, low, high }, { bits }));
}

/** Affine fake quantization with fixed numbers, for inference. */
export function quantizeActivation(x: tf.Tensor, { bits, scale, zeroPoint }: ActivationQuantizer): tf.Tensor {
  const q = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, 2 ** bits - 1);
  return tf.mul(tf.sub(q, zeroPoint), scale);
}
