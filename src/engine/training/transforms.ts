/**
 * Fake quantization on tensors with straight-through gradients (Bengio et al. 2013; Jacob et al. 2018): the same
 * arithmetic as `core/effective.ts`, inside the gradient tape.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  FAKE_QUANT_CODEBOOK,
  FAKE_QUANT_RANGE,
  FAKE_QUANT_UNIFORM,
  PASS_WITHIN,
  outputAt,
  runFused,
} from "../backend/fused-composed";
import type { ActivationQuantizer, ParameterQuantizer } from "../core/snapshot";

/**
 * Fake-quantized weights with the scale of the current weights: `clip * max|w| / L` for each of `clips.length` groups
 * (weight i is in group `i % groups`). Gradient: dy where |w| <= clip * max|w|, else 0.
 * @param clips `[groups]`
 */
function fakeQuantizeUniform(weights: tf.Tensor, clips: tf.Tensor1D, bits: number): tf.Tensor {
  return straightThrough(weights, (x) => runFused(FAKE_QUANT_UNIFORM, { x, clips }, { bits }));
}

/** The first result of an operation, and the gradient that passes within its second, the limits. */
function straightThrough(x: tf.Tensor, operation: (x: tf.Tensor) => tf.Tensor[]): tf.Tensor {
  const quantize = tf.customGrad((input, save) => {
    const [value, limits] = operation(input as tf.Tensor) as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([input as tf.Tensor, limits]);
    const gradFunc = (dy: tf.Tensor, [saved, range]: tf.Tensor[]) =>
      runFused(PASS_WITHIN, { dy, x: saved!, limits: range! }, {});
    return { value, gradFunc };
  });
  return quantize(x);
}

/** Nearest codebook value, 0 where the mask removes (whatever the codebook holds); straight-through everywhere. */
function fakeQuantizeCodebook(weights: tf.Tensor, values: tf.Tensor1D, mask: tf.Tensor | undefined): tf.Tensor {
  const operation = tf.customGrad((x) => {
    const inputs = { x: x as tf.Tensor, values, ...(mask && { mask }) };
    return { value: outputAt(runFused(FAKE_QUANT_CODEBOOK, inputs, {}), 0), gradFunc: (dy) => dy as tf.Tensor };
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
  return straightThrough(x, (input) => runFused(FAKE_QUANT_RANGE, { x: input, low, high }, { bits }));
}

/** Affine fake quantization with fixed numbers, for inference. */
export function quantizeActivation(x: tf.Tensor, { bits, scale, zeroPoint }: ActivationQuantizer): tf.Tensor {
  const q = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, 2 ** bits - 1);
  return tf.mul(tf.sub(q, zeroPoint), scale);
}
