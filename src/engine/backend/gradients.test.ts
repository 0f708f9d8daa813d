import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { registerGradients } from "./gradients";
import { sample, tensorOf, type Sample } from "./node-wasm.testing";

/** Step of the central difference, and how far it may be off: float32 leaves about 1e-7 / STEP. */
const STEP = 1e-2;
const TOLERANCE = 5e-3;

type Scalarized = (...inputs: tf.Tensor[]) => tf.Tensor;

/** A scalar that weighs every element differently, so that no gradient hides by symmetry. */
function weighted(y: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(y, tensorOf(sample(y.shape, 99))));
}

/** Compares tf.grads with (f(x+h) - f(x-h)) / 2h, element by element. */
function expectGradients(inputs: readonly Sample[], f: Scalarized): void {
  const evaluate = (samples: readonly Sample[]): number =>
    tf.tidy(() => weighted(f(...samples.map(tensorOf))).dataSync()[0] ?? Number.NaN);
  const analytic = tf.tidy(() =>
    tf
      .grads((...tensors: tf.Tensor[]) => weighted(f(...tensors)))(inputs.map(tensorOf))
      .map((g) => g.dataSync()),
  );
  inputs.forEach((input, which) => {
    input.values.forEach((_, i) => {
      const moved = (by: number): Sample[] =>
        inputs.map((other, index) => {
          if (index !== which) return other;
          const values = other.values.slice();
          values[i] = (values[i] ?? 0) + by;
          return { shape: other.shape, values };
        });
      const numeric = (evaluate(moved(STEP)) - evaluate(moved(-STEP))) / (2 * STEP);
      expect(Math.abs((analytic[which]?.[i] ?? Number.NaN) - numeric), `input ${which}, element ${i}`).toBeLessThan(
        TOLERANCE * Math.max(1, Math.abs(numeric)),
      );
    });
  });
}

/** Distinct values at least 0.1 apart and away from 0, so that no step crosses a kink or changes an order. */
function spacedOut(shape: readonly number[]): Sample {
  const values = sample(shape, 1).values;
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const spaced = new Float32Array(values.length);
  order.forEach((index, rank) => {
    spaced[index] = (rank - values.length / 2) * 0.1 + 0.05;
  });
  return { shape, values: spaced };
}

const matrix = spacedOut([3, 4]);
const positive: Sample = { shape: [3, 4], values: sample([3, 4], 2).values.map((value) => value * 0.4 + 1) };
const image = spacedOut([1, 4, 4, 2]);
const img = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

beforeAll(async () => {
  await tf.setBackend("cpu");
  registerGradients();
});

describe("gradients equal finite differences", () => {
  const unary: Readonly<Record<string, [Sample, (x: tf.Tensor) => tf.Tensor]>> = {
    abs: [matrix, (x) => tf.abs(x)],
    acos: [matrix, (x) => tf.acos(tf.mul(x, 0.5))],
    asin: [matrix, (x) => tf.asin(tf.mul(x, 0.5))],
    atan: [matrix, (x) => tf.atan(x)],
    atanh: [matrix, (x) => tf.atanh(tf.mul(x, 0.5))],
    clipByValue: [matrix, (x) => tf.clipByValue(x, -0.3, 0.3)],
    cos: [matrix, (x) => tf.cos(x)],
    cosh: [matrix, (x) => tf.cosh(x)],
    elu: [matrix, (x) => tf.elu(x)],
    erf: [matrix, (x) => tf.erf(x)],
    exp: [matrix, (x) => tf.exp(x)],
    expm1: [matrix, (x) => tf.expm1(x)],
    leakyRelu: [matrix, (x) => tf.leakyRelu(x, 0.2)],
    log: [positive, (x) => tf.log(x)],
    log1p: [positive, (x) => tf.log1p(x)],
    neg: [matrix, (x) => tf.neg(x)],
    pow: [positive, (x) => tf.pow(x, tf.scalar(2.5))],
    reciprocal: [positive, (x) => tf.reciprocal(x)],
    relu: [matrix, (x) => tf.relu(x)],
    relu6: [matrix, (x) => tf.relu6(tf.mul(x, 20))],
    rsqrt: [positive, (x) => tf.rsqrt(x)],
    selu: [matrix, (x) => tf.selu(x)],
    sigmoid: [matrix, (x) => tf.sigmoid(x)],
    sin: [matrix, (x) => tf.sin(x)],
    sinh: [matrix, (x) => tf.sinh(x)],
    softplus: [matrix, (x) => tf.softplus(x)],
    sqrt: [positive, (x) => tf.sqrt(x)],
    square: [matrix, (x) => tf.square(x)],
    tan: [matrix, (x) => tf.tan(x)],
    tanh: [matrix, (x) => tf.tanh(x)],
    "floor is flat": [matrix, (x) => tf.mul(x, tf.floor(tf.mul(x, 10)))],

    "sum of rows": [matrix, (x) => tf.sum(x, 0)],
    "sum of all": [matrix, (x) => tf.sum(x)],
    "mean of columns": [matrix, (x) => tf.mean(x, 1)],
    max: [matrix, (x) => tf.max(x, 1)],
    min: [matrix, (x) => tf.min(x, 0, true)],
    cumsum: [matrix, (x) => tf.cumsum(x, 1)],
    logSumExp: [matrix, (x) => tf.logSumExp(x, 1)],
    softmax: [matrix, (x) => tf.softmax(x)],
    logSoftmax: [matrix, (x) => tf.logSoftmax(x)],
    reshape: [matrix, (x) => tf.reshape(x, [2, 6])],
    transpose: [matrix, (x) => tf.transpose(x)],
    "transpose of four axes": [image, (x) => tf.transpose(x, [0, 3, 1, 2])],
    reverse: [matrix, (x) => tf.reverse(x, 1)],
    tile: [matrix, (x) => tf.tile(x, [2, 3])],
    broadcastTo: [matrix, (x) => tf.broadcastTo(x, [2, 3, 4])],
    expandDims: [matrix, (x) => tf.expandDims(x, 1)],
    pad: [
      matrix,
      (x) =>
        tf.pad(x, [
          [1, 0],
          [0, 2],
        ]),
    ],
    slice: [matrix, (x) => tf.slice(x, [1, 1], [2, -1])],
    split: [matrix, (x) => tf.mul(tf.split(x, [1, 3], 1)[0]!, tf.split(x, [1, 3], 1)[1]!)],
    unstack: [matrix, (x) => tf.mul(tf.unstack(x)[0]!, tf.unstack(x)[2]!)],
    gather: [matrix, (x) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32"))],
    "gather of columns": [
      matrix,
      (x) =>
        tf.gather(
          x,
          tf.tensor2d(
            [
              [3, 0],
              [3, 1],
            ],
            [2, 2],
            "int32",
          ),
          1,
        ),
    ],
    unsortedSegmentSum: [matrix, (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], "int32"), 3)],
    "where, condition within": [matrix, (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, 3))],
    maxPool: [image, (x) => tf.maxPool(img(x), 2, 2, "valid")],
    avgPool: [image, (x) => tf.avgPool(img(x), 3, 2, "same")],
    resizeBilinear: [image, (x) => tf.image.resizeBilinear(img(x), [3, 5])],
  };
  for (const [name, [input, f]] of Object.entries(unary)) {
    it(name, () => {
      expectGradients([input], (x) => f(x!));
    });
  }

  const row = sample([4], 5);
  const many: Readonly<Record<string, [readonly Sample[], Scalarized]>> = {
    "add, broadcast": [[matrix, row], (a, b) => tf.add(a!, b!)],
    "sub, broadcast": [[matrix, row], (a, b) => tf.sub(a!, b!)],
    "mul, broadcast": [[matrix, row], (a, b) => tf.mul(a!, b!)],
    "div, broadcast": [[row, positive], (a, b) => tf.div(a!, b!)],
    addN: [[matrix, positive], (a, b) => tf.addN([a!, b!])],
    maximum: [[matrix, sample([3, 4], 3)], (a, b) => tf.maximum(a!, b!)],
    minimum: [[matrix, sample([3, 4], 3)], (a, b) => tf.minimum(a!, b!)],
    squaredDifference: [[matrix, row], (a, b) => tf.squaredDifference(a!, b!)],
    "pow of both": [[positive, row], (a, b) => tf.pow(a!, b!)],
    prelu: [[matrix, row], (x, alpha) => tf.prelu(x!, alpha!)],
    concat: [[matrix, positive], (a, b) => tf.concat([a!, b!], 1)],
    stack: [[matrix, positive], (a, b) => tf.stack([a!, b!], 1)],
    matMul: [[matrix, sample([4, 2], 3)], (a, b) => tf.matMul(a!, b!)],
    "matMul, both transposed": [[matrix, sample([2, 3], 3)], (a, b) => tf.matMul(a!, b!, true, true)],
    "matMul of batches, broadcast": [[sample([2, 3, 4], 1), sample([1, 4, 2], 3)], (a, b) => tf.matMul(a!, b!)],
    conv2d: [[image, sample([3, 3, 2, 2], 3)], (x, w) => tf.conv2d(img(x!), img(w!), 2, "same")],
    conv2dTranspose: [
      [image, sample([2, 2, 3, 2], 3)],
      (x, w) => tf.conv2dTranspose(img(x!), img(w!), [1, 8, 8, 3], 2, "same"),
    ],
    depthwiseConv2d: [[image, sample([3, 3, 2, 2], 3)], (x, w) => tf.depthwiseConv2d(img(x!), img(w!), 1, "same")],
    batchNorm: [
      [image, sample([2], 3), { shape: [2], values: Float32Array.of(0.7, 1.4) }, sample([2], 4), sample([2], 5)],
      (x, mean, variance, offset, scale) =>
        tf.batchNorm(
          x!,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-3,
        ),
    ],
  };
  for (const [name, [inputs, f]] of Object.entries(many)) {
    it(name, () => {
      expectGradients(inputs, f);
    });
  }
});

describe("what the tape keeps", () => {
  /** Data alive while the gradient runs back through what stands before an operation that itself keeps nothing. */
  function aliveBehind(make: (x: tf.Tensor) => tf.Tensor): number {
    let alive = 0;
    const watch = tf.customGrad((x) => ({
      value: tf.neg(x as tf.Tensor),
      gradFunc: (dy) => {
        alive = tf.memory().numDataBuffers;
        return tf.neg(dy as tf.Tensor);
      },
    }));
    tf.tidy(() => {
      const x = tensorOf(matrix);
      tf.grad((at: tf.Tensor) => watch(make(at)))(x, tf.onesLike(x));
    });
    return alive - tf.memory().numDataBuffers;
  }

  it.each<[string, (x: tf.Tensor, factor: tf.Tensor) => tf.Tensor, number]>([
    ["a product: its factors", (x, factor) => tf.mul(x, factor), 0],
    ["a larger value: what was compared", (x, factor) => tf.maximum(x, factor), 0],
    ["a quotient: its result too", (x, factor) => tf.div(x, factor), 1],
  ])("of %s", (_name, operation, kept) => {
    const factor = tensorOf(positive);
    expect(aliveBehind((x) => operation(x, factor)) - aliveBehind((x) => x)).toBe(kept);
    factor.dispose();
  });
});
