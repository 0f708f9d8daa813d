/**
 * Fake quantization on tensors with straight-through gradients (Bengio et al. 2013; Jacob et al. 2018): the same
 * arithmetic as `core/effective.ts`, inside the gradient tape.
 */
import * as tf from "@tensorflow/tfjs-core";
import { uniformLevels } from "../core/effective";
import type { ActivationQuantizer, ParameterQuantizer } from "../core/snapshot";

/**
 * Fake-quantized weights with the scale of the current weights: `clip * max|w| / L` for each of `clips.length` groups
 * (weight i is in group `i % groups`). Gradient: dy where |w| <= clip * max|w|, else 0.
 * @param clips `[groups]`
 */
function fakeQuantizeUniform(weights: tf.Tensor, clips: tf.Tensor1D, bits: number): tf.Tensor {
  const levels = uniformLevels(bits);
  const operation = tf.customGrad((w, save) => {
    const x = w as tf.Tensor;
    const grouped = tf.reshape(x, [-1, clips.size]);
    const bound = tf.mul(tf.max(tf.abs(grouped), 0), clips);
    const scale = tf.div(bound, levels);
    // A group of zeros has scale 0; 1 instead keeps 0 / 1 = 0 (core/effective.ts does the same).
    const safe = tf.add(scale, tf.cast(tf.equal(scale, 0), "float32"));
    const q = tf.clipByValue(tf.round(tf.div(grouped, safe)), -levels, levels);
    const y = tf.reshape(tf.mul(q, safe), x.shape);
    const pass = tf.reshape(tf.cast(tf.lessEqual(tf.abs(grouped), bound), "float32"), x.shape);
    (save as tf.GradSaveFunc)([pass]);
    return { value: y, gradFunc: (dy, saved) => tf.mul(dy as tf.Tensor, saved[0]!) };
  });
  return operation(weights);
}

/** Nearest codebook value, 0 where the mask removes; straight-through everywhere. */
function fakeQuantizeCodebook(weights: tf.Tensor, values: tf.Tensor1D, mask: tf.Tensor | undefined): tf.Tensor {
  const operation = tf.customGrad((w) => {
    const x = w as tf.Tensor;
    const flat = tf.reshape(x, [-1, 1]);
    const nearest = tf.argMin(tf.abs(tf.sub(flat, tf.reshape(values, [1, -1]))), 1);
    const y = tf.reshape(tf.gather(values, nearest), x.shape);
    // A pruned weight is exactly 0 and stays 0, whether or not the codebook holds 0.
    return { value: mask ? tf.mul(y, mask) : y, gradFunc: (dy) => dy as tf.Tensor };
  });
  return operation(weights);
}

/** What a live quantizer keeps on the device. */
export interface QuantizerTensors {
  readonly quantizer: ParameterQuantizer;
  /** Clips of a uniform one, values of a codebook. */
  readonly constants: tf.Tensor1D;
}

export const quantizerTensors = (quantizer: ParameterQuantizer): QuantizerTensors => ({
  quantizer,
  constants: tf.tensor1d(quantizer.kind === "uniform" ? quantizer.clips : quantizer.values),
});

/**
 * Effective (fake-quantized) weights.
 * @param weights masked already
 * @param mask zeros and ones of their shape
 */
export function fakeQuantize(
  weights: tf.Tensor,
  { quantizer, constants }: QuantizerTensors,
  mask?: tf.Tensor,
): tf.Tensor {
  return quantizer.kind === "uniform"
    ? fakeQuantizeUniform(weights, constants, quantizer.bits)
    : fakeQuantizeCodebook(weights, constants, mask);
}

/**
 * Affine fake quantization of activations with tensors for the range: gradient dy inside the nudged range, else 0.
 * @param low, high scalars, low <= 0 <= high
 */
export function fakeQuantizeRange(x: tf.Tensor, low: tf.Scalar, high: tf.Scalar, bits: number): tf.Tensor {
  const top = 2 ** bits - 1;
  const operation = tf.customGrad((input, save) => {
    const value = input as tf.Tensor;
    const width = tf.sub(high, low);
    const scale = tf.add(tf.div(width, top), tf.cast(tf.equal(width, 0), "float32"));
    const zeroPoint = tf.clipByValue(tf.round(tf.div(tf.neg(low), scale)), 0, top);
    const q = tf.clipByValue(tf.add(tf.round(tf.div(value, scale)), zeroPoint), 0, top);
    const y = tf.mul(tf.sub(q, zeroPoint), scale);
    const inside = tf.logicalAnd(
      tf.greaterEqual(value, tf.mul(tf.neg(zeroPoint), scale)),
      tf.lessEqual(value, tf.mul(tf.sub(top, zeroPoint), scale)),
    );
    (save as tf.GradSaveFunc)([tf.cast(inside, "float32")]);
    return { value: y, gradFunc: (dy, saved) => tf.mul(dy as tf.Tensor, saved[0]!) };
  });
  return operation(x);
}

/** Affine fake quantization with fixed numbers, for inference. */
export function quantizeActivation(x: tf.Tensor, { bits, scale, zeroPoint }: ActivationQuantizer): tf.Tensor {
  const q = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, 2 ** bits - 1);
  return tf.mul(tf.sub(q, zeroPoint), scale);
}
