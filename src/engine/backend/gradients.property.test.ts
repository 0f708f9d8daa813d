/**
 * Gradients on wasm against central differences of the same layers in float64, layer by layer and through a small
 * network. Straight-through gradients are no derivatives: training/transforms.test.ts asserts what they are defined as.
 */
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as float64 from "./float64-layers.testing";
import type { Float64Tensor } from "./float64-layers.testing";
import { batchNormTrain, softmaxCrossEntropy } from "./fused";
import { relativeError, sample, startWasm, tensorOf, valuesOn, type Sample } from "./node-wasm.testing";
import { registerWasmTrainingKernels, unregisterWasmTrainingKernels } from "./wasm-kernels";

/** Of the central difference: its error is about STEP^2 in what is cut off and 1e-16 / STEP in rounding. */
const STEP = 1e-6;
const EPSILON = 1e-3;

/** One function of its inputs, on tensors and in float64. */
interface Twin {
  readonly inputs: readonly Sample[];
  readonly onTensors: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly inFloat64: (...inputs: Float64Tensor[]) => Float64Tensor;
}

/** Largest error of the gradients in all inputs of sum(f * weights), relative to the largest value of each gradient. */
function gradientError({ inputs, onTensors, inFloat64 }: Twin): number {
  const precise = inputs.map(({ shape, values }) => ({ shape, values: Float64Array.from(values) }));
  // Every element weighs differently, so that no gradient hides by symmetry.
  const weights = sample(inFloat64(...precise).shape, 99);
  const loss = (): number => inFloat64(...precise).values.reduce((sum, y, i) => sum + y * weights.values[i]!, 0);
  const numeric = precise.map(({ values }) =>
    Float32Array.from(values, (value, i) => {
      values[i] = value + STEP;
      const above = loss();
      values[i] = value - STEP;
      const below = loss();
      values[i] = value;
      return (above - below) / (2 * STEP);
    }),
  );
  const gradients = valuesOn("wasm", inputs, (...tensors) =>
    tf.grads((...args: tf.Tensor[]) => tf.sum(tf.mul(onTensors(...args), tensorOf(weights))))(tensors),
  );
  return relativeError(gradients, numeric);
}

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const geometry = fc.record({
  x: fc.tuple(between(1, 2), between(4, 6), between(4, 6), between(1, 4)),
  window: between(1, 3),
  stride: between(1, 2),
  pad: fc.constantFrom("same" as const, "valid" as const),
  filters: between(1, 3),
  seed: fc.nat({ max: 999 }),
});
type Geometry = typeof geometry extends fc.Arbitrary<infer T> ? T : never;

/** Rows of positive numbers that add up to 1 (to float32's digits). */
function distributions(shape: readonly [number, number], seed: number): Sample {
  const values = Float32Array.from(sample(shape, seed).values, (value) => value + 1.5);
  return { shape, values: values.map((value, i) => value / rowOf(values, i, shape[1]).reduce((sum, v) => sum + v, 0)) };
}

const rowOf = (values: Float32Array, index: number, width: number): Float32Array =>
  values.subarray(index - (index % width), index - (index % width) + width);

const image = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

const layers: Readonly<Record<string, (drawn: Geometry) => Twin>> = {
  conv2d: ({ x, window, stride: strides, pad, filters, seed }) => ({
    inputs: [sample(x, seed), sample([window, window, x[3], filters], seed + 1)],
    onTensors: (input, filter) => tf.conv2d(image(input!), image(filter!), strides, pad),
    inFloat64: (input, filter) => float64.conv2d(input!, filter!, { strides, pad }),
  }),
  depthwiseConv2d: ({ x, window, stride: strides, pad, filters, seed }) => ({
    inputs: [sample(x, seed), sample([window, window, x[3], filters], seed + 1)],
    onTensors: (input, filter) => tf.depthwiseConv2d(image(input!), image(filter!), strides, pad),
    inFloat64: (input, filter) => float64.depthwiseConv2d(input!, filter!, { strides, pad }),
  }),
  maxPool: ({ x, window, stride, pad, seed }) => ({
    inputs: [sample(x, seed)],
    onTensors: (input) => tf.maxPool(image(input!), window, stride, pad),
    inFloat64: (input) => float64.maxPool(input!, { filterSize: window, strides: stride, pad }),
  }),
  averagePool: ({ x, window, stride, pad, seed }) => ({
    inputs: [sample(x, seed)],
    onTensors: (input) => tf.avgPool(image(input!), window, stride, pad),
    inFloat64: (input) => float64.averagePool(input!, { filterSize: window, strides: stride, pad }),
  }),
  batchNormTrain: ({ x, seed }) => ({
    inputs: [sample(x, seed), sample([x[3]], seed + 1), sample([x[3]], seed + 2)],
    onTensors: (input, gamma, beta) => batchNormTrain(input!, gamma!, beta!, EPSILON).y,
    inFloat64: (input, gamma, beta) => float64.batchNorm(input!, gamma!, beta!, EPSILON),
  }),
  softmaxCrossEntropy: ({ x, seed }) => {
    const shape = [x[0], x[1] * x[3]] as const;
    const target = distributions(shape, seed + 1);
    return {
      inputs: [sample(shape, seed)],
      onTensors: (logits) => softmaxCrossEntropy(logits as tf.Tensor2D, tensorOf(target) as tf.Tensor2D),
      inFloat64: (logits) => float64.softmaxCrossEntropy(logits!, { shape, values: Float64Array.from(target.values) }),
    };
  },
};

/** Two convolutions and a depthwise one, normalized, rectified and pooled, a dense layer and cross-entropy. */
function network(seed: number): Twin {
  const target = distributions([2, 3], seed);
  const shapes = [[2, 8, 8, 1], [3, 3, 1, 4], [4], [4], [3, 3, 4, 1], [4], [4], [3, 3, 4, 5], [5], [5], [20, 3]];
  return {
    inputs: shapes.map((shape, i) => sample(shape, seed + i)),
    onTensors: (...[x, conv1, gamma1, beta1, depthwise, gamma2, beta2, conv2, gamma3, beta3, dense]) => {
      const normalized = (y: tf.Tensor, gamma?: tf.Tensor, beta?: tf.Tensor): tf.Tensor4D =>
        tf.relu(image(batchNormTrain(y, gamma!, beta!, EPSILON).y));
      let y = normalized(tf.conv2d(image(x!), image(conv1!), 1, "same"), gamma1, beta1);
      y = normalized(tf.depthwiseConv2d(y, image(depthwise!), 2, "same"), gamma2, beta2);
      y = tf.maxPool(normalized(tf.conv2d(y, image(conv2!), 1, "same"), gamma3, beta3), 2, 2, "valid");
      const logits = tf.matMul(tf.reshape(y, [2, 20]), dense as tf.Tensor2D);
      return softmaxCrossEntropy(logits as tf.Tensor2D, tensorOf(target) as tf.Tensor2D);
    },
    inFloat64: (...[x, conv1, gamma1, beta1, depthwise, gamma2, beta2, conv2, gamma3, beta3, dense]) => {
      const normalized = (y: Float64Tensor, gamma?: Float64Tensor, beta?: Float64Tensor): Float64Tensor =>
        float64.relu(float64.batchNorm(y, gamma!, beta!, EPSILON));
      let y = normalized(float64.conv2d(x!, conv1!, { strides: 1, pad: "same" }), gamma1, beta1);
      y = normalized(float64.depthwiseConv2d(y, depthwise!, { strides: 2, pad: "same" }), gamma2, beta2);
      y = normalized(float64.conv2d(y, conv2!, { strides: 1, pad: "same" }), gamma3, beta3);
      const logits = float64.matMul(float64.maxPool(y, { filterSize: 2, strides: 2, pad: "valid" }), dense!);
      return float64.softmaxCrossEntropy(logits, { ...target, values: Float64Array.from(target.values) });
    },
  };
}

/**
 * How far each layer's gradients may be off, relative to the largest. Measured: 3e-7, by Winograd's convolutions 2e-6,
 * through batch normalization 3e-6 (few rows, small variance), through the network 4e-6.
 */
const tolerances: Readonly<Record<string, number>> = {
  conv2d: 1e-5,
  depthwiseConv2d: 1e-6,
  maxPool: 1e-6,
  averagePool: 1e-6,
  batchNormTrain: 1e-5,
  softmaxCrossEntropy: 1e-6,
};
const NETWORK_TOLERANCE = 2e-5;

beforeAll(startWasm);

describe.each([
  ["compiled", true],
  ["slow", false],
])("on the %s kernels", (_kind, compiled) => {
  beforeAll(() => {
    registerWasmTrainingKernels({ compiled });
  });
  afterAll(() => {
    unregisterWasmTrainingKernels();
  });

  it.each(Object.entries(layers))("the gradients of %s are its central differences", (name, twin) => {
    fc.assert(
      fc.property(geometry, (drawn) => {
        expect(gradientError(twin(drawn))).toBeLessThan(tolerances[name]!);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it.each([1, 2])("the gradients of a whole network are its central differences (seed %i)", (seed) => {
    expect(gradientError(network(100 * seed))).toBeLessThan(NETWORK_TOLERANCE);
  });
});
