import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adamUpdate, batchNormTrain, sgdUpdate, softmaxCrossEntropy } from "./fused";
import { relativeError, sample, startWasm, tensorOf, useBackend, valuesOn, type Sample } from "./node-wasm.testing";
import { registerWasmTrainingKernels, unregisterWasmTrainingKernels } from "./wasm-kernels";

const backends = ["cpu", "wasm"] as const;
const TOLERANCE = 2e-5;
const EPSILON = 1e-3;

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});
afterAll(() => {
  unregisterWasmTrainingKernels();
});

/** Batch normalization by small, taped operations: the gradients' yardstick. */
function plainBatchNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const { mean, variance } = tf.moments(x, axes);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gamma), beta);
}

describe.each(backends)("batchNormTrain on %s", (backend) => {
  it("of one channel: mean 2, variance 1, y = gamma * (x - 2) / sqrt(1.001) + beta", () => {
    const x: Sample = { shape: [2, 1], values: Float32Array.of(1, 3) };
    const one = (value: number): Sample => ({ shape: [1], values: Float32Array.of(value) });
    const [y, mean, variance] = valuesOn(backend, [x, one(2), one(0.5)], (...[input, gamma, beta]) => {
      const result = batchNormTrain(input!, gamma!, beta!, EPSILON);
      return [result.y, result.mean, result.variance];
    });
    expect(mean![0]).toBeCloseTo(2, 6);
    expect(variance![0]).toBeCloseTo(1, 6);
    expect([...y!]).toEqual([
      expect.closeTo(0.5 - 2 / Math.sqrt(1.001), 5),
      expect.closeTo(0.5 + 2 / Math.sqrt(1.001), 5),
    ]);
  });

  it.each([
    ["an image of 3 channels", [2, 4, 5, 3]],
    ["an image of 16 channels", [2, 5, 3, 16]],
    ["a matrix", [7, 6]],
    ["a single channel", [3, 3, 3, 1]],
  ])("gradients of %s equal those of the small operations", (_name, shape) => {
    const channels = shape[shape.length - 1]!;
    const inputs = [sample(shape, 1), sample([channels], 2), sample([channels], 3)];
    const scalarize = (y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(y, tf.sin(tf.mul(y, 3))));
    const gradients =
      (norm: (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor) =>
      (...tensors: tf.Tensor[]): tf.Tensor[] =>
        tf.grads((x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => scalarize(norm(x, gamma, beta)))(tensors);
    const ours = valuesOn(
      backend,
      inputs,
      gradients((x, gamma, beta) => batchNormTrain(x, gamma, beta, EPSILON).y),
    );
    const theirs = valuesOn("cpu", inputs, gradients(plainBatchNorm));
    expect(relativeError(ours, theirs)).toBeLessThan(TOLERANCE);
  });

  it("leaves three tensors when no gradient is asked for", () => {
    useBackend(backend);
    const inputs = [tensorOf(sample([4, 3], 1)), tf.ones([3]), tf.zeros([3])];
    const before = tf.memory().numTensors;
    const { y, mean, variance } = batchNormTrain(inputs[0]!, inputs[1]!, inputs[2]!, EPSILON);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([y, mean, variance, inputs]);
  });

  it("refuses a gamma of another length", () => {
    useBackend(backend);
    expect(() => batchNormTrain(tf.zeros([2, 3]), tf.zeros([2]), tf.zeros([3]), EPSILON)).toThrow(
      "gamma and beta must be of shape [3], got [2] and [3]",
    );
  });
});

/** Runs update on variables of the given values and reads these back; nothing else may be left. */
function updated(
  backend: "cpu" | "wasm",
  values: readonly number[][],
  gradient: readonly number[],
  mask: readonly number[] | undefined,
  update: (variables: tf.Variable[], gradient: tf.Tensor, mask: tf.Tensor | undefined) => void,
): number[][] {
  useBackend(backend);
  const before = tf.memory().numTensors;
  const variables = values.map((value) => tf.tidy(() => tf.variable(tf.tensor1d(value))));
  const g = tf.tensor1d([...gradient]);
  const m = mask && tf.tensor1d([...mask]);
  const held = tf.memory().numTensors;
  update(variables, g, m);
  expect(tf.memory().numTensors).toBe(held);
  const results = variables.map((variable) => [...variable.dataSync()]);
  tf.dispose([variables, g]);
  m?.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return results;
}

describe.each(backends)("optimizers on %s", (backend) => {
  const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const stepAdam =
    (step: number) =>
    ([value, m, v]: tf.Variable[], gradient: tf.Tensor, mask?: tf.Tensor) => {
      adamUpdate({ value: value!, gradient, m: m!, v: v!, mask }, { ...adam, step });
    };

  it("the first step of Adam moves each weight by the learning rate against the gradient", () => {
    // m = 0.1 g, v = 0.001 g^2; corrected they are g and g^2, so the step is 0.1 * g / |g|.
    const [value, m, v] = updated(
      backend,
      [
        [1, 1],
        [0, 0],
        [0, 0],
      ],
      [0.5, -2],
      undefined,
      stepAdam(1),
    );
    expect(value).toEqual([expect.closeTo(0.9, 5), expect.closeTo(1.1, 5)]);
    expect(m).toEqual([expect.closeTo(0.05, 6), expect.closeTo(-0.2, 6)]);
    expect(v).toEqual([expect.closeTo(0.00025, 7), expect.closeTo(0.004, 7)]);
  });

  it("the third step of Adam, by hand", () => {
    // m = 0.9*0.2 + 0.1*0.5 = 0.23; v = 0.999*0.04 + 0.001*0.25 = 0.04021;
    // m^ = 0.23/0.271 = 0.848708, v^ = 0.04021/0.002997001 = 13.41675; 1 - 0.1*0.848708/3.662888 = 0.976829.
    const [value] = updated(backend, [[1], [0.2], [0.04]], [0.5], undefined, stepAdam(3));
    expect(value![0]).toBeCloseTo(0.976829, 5);
  });

  it("a masked weight and its moments are exactly 0 after a step of Adam", () => {
    const results = updated(
      backend,
      [
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
      ],
      [1, 2, 3, 4, 5],
      [0, 1, 0, 1, 0],
      stepAdam(2),
    );
    for (const values of results) {
      expect(values.map((value) => Math.abs(value) === 0)).toEqual([true, false, true, false, true]);
    }
  });

  const sgd = { learningRate: 0.1, momentum: 0.9 };
  it("a step with momentum: velocity 0.9*2 + 1 = 2.8, value 1 - 0.28", () => {
    const results = updated(backend, [[1], [2]], [1], undefined, ([value, velocity], gradient) => {
      sgdUpdate({ value: value!, gradient, velocity: velocity! }, sgd);
    });
    expect(results).toEqual([[expect.closeTo(0.72, 6)], [expect.closeTo(2.8, 6)]]);
  });

  it("a masked weight and its velocity are exactly 0", () => {
    const results = updated(
      backend,
      [
        [1, 1],
        [2, 2],
      ],
      [1, 1],
      [0, 1],
      ([value, velocity], gradient, mask) => {
        sgdUpdate({ value: value!, gradient, velocity: velocity!, mask }, sgd);
      },
    );
    expect(results.map(([first]) => Math.abs(first!))).toEqual([0, 0]);
    expect(results[0]![1]).toBeCloseTo(0.72, 6);
  });

  it("refuses step 0", () => {
    expect(() => updated(backend, [[1], [0], [0]], [1], undefined, stepAdam(0))).toThrow(
      "step must be at least 1, got 0",
    );
  });
});

describe.each(backends)("softmaxCrossEntropy on %s", (backend) => {
  const oneHot: Sample = { shape: [2, 3], values: Float32Array.of(1, 0, 0, 0, 0, 1) };

  it("of equal logits is log 3, and the gradient is (1/3 - y) / 2", () => {
    const logits: Sample = { shape: [2, 3], values: new Float32Array(6) };
    const [loss, gradient] = valuesOn(backend, [logits, oneHot], (z, y) => {
      const f = (input: tf.Tensor): tf.Tensor => softmaxCrossEntropy(input as tf.Tensor2D, y as tf.Tensor2D);
      return [f(z!), tf.grad(f)(z!)];
    });
    expect(loss![0]).toBeCloseTo(Math.log(3), 6);
    expect([...gradient!]).toEqual(
      [-1 / 3, 1 / 6, 1 / 6, 1 / 6, 1 / 6, -1 / 3].map((value) => expect.closeTo(value, 6)),
    );
  });

  it("stays finite for logits of 1e4", () => {
    const logits: Sample = { shape: [2, 3], values: Float32Array.of(1e4, 0, -1e4, 1e4, 0, -1e4) };
    const [loss] = valuesOn(backend, [logits, oneHot], (z, y) => [
      softmaxCrossEntropy(z as tf.Tensor2D, y as tf.Tensor2D),
    ]);
    // The first row is right (0), the second off by 2e4: the mean is 1e4.
    expect(loss![0]).toBeCloseTo(1e4, 1);
  });

  it("equals tf.losses.softmaxCrossEntropy", () => {
    const inputs = [
      sample([5, 4], 1),
      { shape: [5, 4], values: Float32Array.from({ length: 20 }, (_, i) => (i % 4 === (i >> 2) % 4 ? 1 : 0)) },
    ];
    const ours = valuesOn(backend, inputs, (z, y) => [softmaxCrossEntropy(z as tf.Tensor2D, y as tf.Tensor2D)]);
    const theirs = valuesOn("cpu", inputs, (z, y) => [tf.losses.softmaxCrossEntropy(y!, z!)]);
    expect(relativeError(ours, theirs)).toBeLessThan(TOLERANCE);
  });
});

describe("the compiled optimizers", () => {
  it("leave +0 where a mask removes: what is stored and counted as zero has one form", () => {
    const results = updated(
      "wasm",
      [
        [-1, -1, -1, -1, -1],
        [-1, -1, -1, -1, -1],
        [1, 1, 1, 1, 1],
      ],
      [-1, -2, -3, -4, -5],
      [0, 1, 0, 1, 0],
      ([value, m, v], gradient, mask) => {
        const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 };
        adamUpdate({ value: value!, gradient, m: m!, v: v!, mask }, options);
      },
    );
    for (const values of results) {
      expect(values.map((value) => Object.is(value, 0))).toEqual([true, false, true, false, true]);
    }
  });

  it("a NaN in a gradient is not hidden by the masks and thresholds", () => {
    const [value] = updated(
      "wasm",
      [
        [1, 1],
        [0, 0],
        [0, 0],
      ],
      [Number.NaN, 1],
      undefined,
      ([w, m, v], gradient) => {
        adamUpdate(
          { value: w!, gradient, m: m!, v: v! },
          { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 },
        );
      },
    );
    expect(value![0]).toBeNaN();
    expect(value![1]).toBeCloseTo(0.9, 5);
  });
});
