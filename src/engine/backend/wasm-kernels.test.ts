import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relativeError, sample, startWasm, valuesOn, type Sample } from "./node-wasm.testing";
import { fastKernels } from "./fast-kernels";
import { relaxedTrainingKernelsBase64 } from "./training-kernels.generated";
import { fastKernelReport, registerWasmTrainingKernels, unregisterWasmTrainingKernels } from "./wasm-kernels";

/**
 * Largest error allowed against the cpu backend, relative to the largest value of each result; both add in float32, in
 * another order. Measured over these cases: 6e-6 by Winograd's algorithm, 2e-6 by all else.
 */
const TOLERANCE = 1e-5;

type Compute = (...tensors: tf.Tensor[]) => tf.Tensor[];

function expectSameAsCpu(inputs: readonly Sample[], compute: Compute): void {
  const error = relativeError(valuesOn("wasm", inputs, compute), valuesOn("cpu", inputs, compute));
  expect(error).toBeLessThan(TOLERANCE);
}

/** Size of the wasm backend's heap. */
const heapBytes = (): number =>
  (tf.findBackend("wasm") as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;

beforeAll(startWasm);

describe.each([
  ["compiled", true],
  ["made of operations", false],
])("kernels, %s", (_kind, compiled) => {
  beforeAll(() => {
    registerWasmTrainingKernels({ compiled });
  });
  afterAll(() => {
    unregisterWasmTrainingKernels();
  });

  describe("unsortedSegmentSum", () => {
    it("adds the rows of equal ids and drops ids outside", () => {
      const x: Sample = { shape: [4, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
      const ids: Sample = { shape: [4], values: Int32Array.of(2, 0, 2, -1) };
      const [sums] = valuesOn("wasm", [x, ids], (rows, index) => [
        tf.unsortedSegmentSum(rows!, index as tf.Tensor1D, 3),
      ]);
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

  describe("gradients of the other layers equal the cpu backend", () => {
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
});

describe("the compiled kernels", () => {
  beforeAll(() => {
    registerWasmTrainingKernels();
  });
  afterAll(() => {
    unregisterWasmTrainingKernels();
  });

  it("give the same bits each time, and leave the heap as large as it was", () => {
    const inputs = [sample([8, 14, 14, 6], 1), sample([3, 3, 6, 12], 2)];
    const step = (): Float32Array[] =>
      valuesOn("wasm", inputs, (x, w) =>
        tf.grads((a: tf.Tensor, b: tf.Tensor) =>
          tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same"))),
        )([x!, w!]),
      );
    const first = step();
    const bytes = heapBytes();
    for (let i = 0; i < 20; i++) expect(step()).toEqual(first);
    expect(heapBytes()).toBe(bytes);
  });

  it("are linked, and all pass their self-tests", () => {
    expect(fastKernelReport()).toEqual({
      linked: true,
      relaxedSimd: WebAssembly.validate(Buffer.from(relaxedTrainingKernelsBase64, "base64")),
      enabled: Object.keys(fastKernels),
      rejected: [],
    });
  });
});

describe("registration", () => {
  it("tests kernels only on the current backend: asked for while another one is, it says nothing yet", async () => {
    unregisterWasmTrainingKernels();
    registerWasmTrainingKernels();
    try {
      await tf.setBackend("cpu");
      expect(fastKernelReport()).toEqual({ linked: false, relaxedSimd: false, enabled: [], rejected: [] });
      await tf.setBackend("wasm");
      expect(fastKernelReport()).toMatchObject({ linked: true, enabled: Object.keys(fastKernels), rejected: [] });
    } finally {
      await tf.setBackend("wasm");
      unregisterWasmTrainingKernels();
    }
  });

  it("is idempotent, and unregistering restores what was there", () => {
    registerWasmTrainingKernels();
    const ours = tf.getKernel("BatchMatMul", "wasm");
    registerWasmTrainingKernels();
    expect(tf.getKernel("BatchMatMul", "wasm")).toBe(ours);
    unregisterWasmTrainingKernels();
    unregisterWasmTrainingKernels();
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeUndefined();
    expect(tf.getKernel("BatchMatMul", "wasm")).toBeDefined();
    expect(tf.getKernel("BatchMatMul", "wasm")).not.toBe(ours);
  });
});
