import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relativeError, sample, startWasm, valuesOn, type Sample } from "./node-wasm.testing";
import { fastKernels } from "./fast-kernels";
import { fastKernelReport, registerWasmTrainingKernels, unregisterWasmTrainingKernels } from "./wasm-kernels";

/** Largest relative error allowed against the cpu backend; both add in float32, in another order. */
const TOLERANCE = 2e-5;

type Compute = (...tensors: tf.Tensor[]) => tf.Tensor[];

function expectSameAsCpu(inputs: readonly Sample[], compute: Compute): void {
  expect(relativeError(valuesOn("wasm", inputs, compute), valuesOn("cpu", inputs, compute))).toBeLessThan(TOLERANCE);
}

interface ConvCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: "same" | "valid" | number;
}

const convCase: fc.Arbitrary<ConvCase> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 5, max: 11 }),
  width: fc.integer({ min: 5, max: 11 }),
  channels: fc.integer({ min: 1, max: 5 }),
  filters: fc.integer({ min: 1, max: 9 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.constantFrom("same" as const, "valid" as const),
});

/** tfjs' forward convolution on wasm returns zeros when a stride is longer than the kernel and they differ by axis. */
const forwardWorks = (c: ConvCase): boolean => c.stride.every((stride, axis) => stride <= (c.kernel[axis] ?? 0));

function convGradients(c: ConvCase): void {
  fc.pre(forwardWorks(c));
  const x = sample([c.batch, c.height, c.width, c.channels], 1);
  const w = sample([...c.kernel, c.channels, c.filters], 2);
  expectSameAsCpu([x, w], (image, filter) =>
    tf.grads((a: tf.Tensor, b: tf.Tensor) => {
      const y = tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [...c.stride], c.pad);
      return tf.sum(tf.mul(y, tf.sin(y)));
    })([image!, filter!]),
  );
}

function depthwiseGradients(c: ConvCase): void {
  fc.pre(forwardWorks({ ...c, stride: [c.stride[0], c.stride[0]] }));
  const multiplier = ((c.filters - 1) % 3) + 1;
  // tfjs's own forward pass needs equal strides for depthwise convolutions on wasm.
  const stride = c.stride[0];
  const x = sample([c.batch, c.height, c.width, c.channels], 3);
  const w = sample([...c.kernel, c.channels, multiplier], 4);
  expectSameAsCpu([x, w], (image, filter) =>
    tf.grads((a: tf.Tensor, b: tf.Tensor) => {
      const y = tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, c.pad);
      return tf.sum(tf.mul(y, tf.sin(y)));
    })([image!, filter!]),
  );
}

const plain: ConvCase = {
  batch: 2,
  height: 8,
  width: 8,
  channels: 3,
  filters: 4,
  kernel: [3, 3],
  stride: [1, 1],
  pad: "same",
};
const cases: readonly [string, ConvCase][] = [
  ["stride 1, same", plain],
  ["stride 1, valid", { ...plain, pad: "valid" }],
  ["stride 2, same", { ...plain, stride: [2, 2] }],
  ["stride 2, valid", { ...plain, stride: [2, 2], pad: "valid" }],
  ["stride 2, odd size", { ...plain, height: 7, width: 9, stride: [2, 2] }],
  ["batch 1, one channel, one filter", { ...plain, batch: 1, channels: 1, filters: 1 }],
  ["a 5x2 kernel", { ...plain, kernel: [5, 2] }],
  ["an even kernel", { ...plain, kernel: [2, 2], stride: [2, 2], pad: "valid" }],
  ["padding by 1", { ...plain, pad: 1 }],
  ["padding by more than the kernel", { ...plain, kernel: [2, 2], pad: 3 }],
];

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});
afterAll(() => {
  unregisterWasmTrainingKernels();
});

describe("gradients of conv2d on wasm equal the cpu backend", () => {
  it.each(cases)("%s", (_name, c) => {
    convGradients(c);
  });
  it("any small shape", () => {
    fc.assert(fc.property(convCase, convGradients), { numRuns: 25, seed: 7 });
  });
});

describe("gradients of depthwiseConv2d on wasm equal the cpu backend", () => {
  it.each(cases)("%s", (_name, c) => {
    depthwiseGradients(c);
  });
  it("any small shape", () => {
    fc.assert(fc.property(convCase, depthwiseGradients), { numRuns: 25, seed: 7 });
  });
});

describe("matMul on wasm equals the cpu backend", () => {
  const flags = [false, true];
  for (const transposeA of flags) {
    for (const transposeB of flags) {
      it(`transposeA ${String(transposeA)}, transposeB ${String(transposeB)}, with gradients`, () => {
        const dimension = fc.integer({ min: 1, max: 19 });
        fc.assert(
          fc.property(dimension, dimension, dimension, fc.integer({ min: 0, max: 2 }), (m, n, k, batches) => {
            const outer = batches === 0 ? [] : [batches];
            const a = sample([...outer, ...(transposeA ? [k, m] : [m, k])], 5);
            const b = sample([...outer, ...(transposeB ? [n, k] : [k, n])], 6);
            expectSameAsCpu([a, b], (left, right) => [
              tf.matMul(left!, right!, transposeA, transposeB),
              ...tf.grads((p: tf.Tensor, q: tf.Tensor) => tf.sum(tf.square(tf.matMul(p, q, transposeA, transposeB))))([
                left!,
                right!,
              ]),
            ]);
          }),
          { numRuns: 12, seed: 7 },
        );
      });
    }
  }
  it("a batch against a single matrix", () => {
    expectSameAsCpu([sample([3, 4, 5], 1), sample([1, 6, 5], 2)], (a, b) => [tf.matMul(a!, b!, false, true)]);
  });
});

describe("unsortedSegmentSum on wasm", () => {
  it("adds the rows of equal ids and drops ids outside", () => {
    const x: Sample = { shape: [4, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const ids: Sample = { shape: [4], values: Int32Array.of(2, 0, 2, -1) };
    const [sums] = valuesOn("wasm", [x, ids], (rows, index) => [tf.unsortedSegmentSum(rows!, index as tf.Tensor1D, 3)]);
    // id 0: row 1; id 1: none; id 2: rows 0 and 2, [1+5, 2+6].
    expect([...sums!]).toEqual([3, 4, 0, 0, 6, 8]);
  });
  it("is the gradient of gather", () => {
    const ids: Sample = { shape: [5], values: Int32Array.of(1, 0, 1, 3, 3) };
    expectSameAsCpu([sample([4, 3], 1), ids], (table, index) => [
      tf.grad((t: tf.Tensor) => tf.sum(tf.square(tf.gather(t, index as tf.Tensor1D))))(table!),
    ]);
  });
});

describe("gradients of the other layers on wasm equal the cpu backend", () => {
  const image = sample([2, 6, 6, 4], 8);
  const square = (y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(y, tf.add(y, 1)));
  const layers: Readonly<Record<string, (x: tf.Tensor4D) => tf.Tensor>> = {
    "max pooling": (x) => tf.maxPool(x, 2, 2, "valid"),
    "max pooling 3/2 same": (x) => tf.maxPool(x, 3, 2, "same"),
    "max pooling of ties": (x) => tf.maxPool(tf.relu(x), 3, 1, "same"),
    "average pooling": (x) => tf.avgPool(x, 2, 2, "valid"),
    "average pooling 3/2 same": (x) => tf.avgPool(x, 3, 2, "same"),
    "global average pooling": (x) => tf.mean(x, [1, 2]),
    "global max pooling": (x) => tf.max(x, [1, 2]),
    relu: (x) => tf.relu(x),
    relu6: (x) => tf.relu6(tf.mul(x, 10)),
    sigmoid: (x) => tf.sigmoid(x),
    tanh: (x) => tf.tanh(x),
    pad: (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
    concat: (x) => tf.concat([x, tf.relu(x)], 3),
    add: (x) => tf.add(x, tf.square(x)),
    "bias add": (x) => tf.add(x, tf.mean(x, [0, 1, 2])),
    softmax: (x) => tf.softmax(tf.reshape(x, [-1, 16])),
    "log softmax": (x) => tf.logSoftmax(tf.reshape(x, [-1, 16])),
    "clip by value": (x) => tf.clipByValue(x, -0.5, 0.5),
    split: (x) => tf.mul(tf.split(x, 2, 3)[0]!, tf.split(x, 2, 3)[1]!),
    transpose: (x) => tf.mul(tf.transpose(x, [0, 3, 1, 2]), 3),
  };
  for (const [name, layer] of Object.entries(layers)) {
    it(name, () => {
      expectSameAsCpu([image], (x) => [tf.grad((input: tf.Tensor) => square(layer(input as tf.Tensor4D)))(x!)]);
    });
  }
});

describe("the compiled kernels", () => {
  it("are linked, and all pass their self-tests", () => {
    expect(fastKernelReport()).toEqual({ linked: true, enabled: Object.keys(fastKernels), rejected: [] });
  });
});

describe("registration", () => {
  it("is idempotent, and unregistering restores what was there", () => {
    const ours = tf.getKernel("BatchMatMul", "wasm");
    registerWasmTrainingKernels();
    expect(tf.getKernel("BatchMatMul", "wasm")).toBe(ours);
    unregisterWasmTrainingKernels();
    unregisterWasmTrainingKernels();
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeUndefined();
    expect(tf.getKernel("BatchMatMul", "wasm")).toBeDefined();
    registerWasmTrainingKernels();
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeDefined();
  });
});
