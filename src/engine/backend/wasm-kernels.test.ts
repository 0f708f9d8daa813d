import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convGeometry, type ConvAttrs } from "./conv-geometry";
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

/** Size of the wasm backend's heap. */
const heapBytes = (): number =>
  (tf.findBackend("wasm") as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;

type Kernel = (name: string, inputs: Record<string, tf.Tensor>, attrs: object) => tf.Tensor;

const run: Kernel = (name, inputs, attrs) =>
  tf.engine().runKernel(name, inputs, attrs as unknown as tf.NamedAttrMap) as tf.Tensor;

/** Both gradients of a convolution for a gradient of its output that has nothing to do with it. */
function gradientKernels(name: "Conv2D" | "DepthwiseConv2dNative", c: ConvCase, last: number): void {
  const attrs: ConvAttrs = { strides: [...c.stride], pad: c.pad, dataFormat: "NHWC", dilations: 1 };
  const inputShape = [c.batch, c.height, c.width, c.channels];
  const filterShape = [...c.kernel, c.channels, last];
  const depthwise = name !== "Conv2D";
  const { outHeight, outWidth, outChannels } = convGeometry(inputShape, filterShape, attrs, depthwise);
  const samples = [
    sample(inputShape, 1),
    sample(filterShape, 2),
    sample([c.batch, outHeight, outWidth, outChannels], 3),
  ];
  expectSameAsCpu(samples, (...[x, filter, dy]) => [
    run(`${name}BackpropFilter`, { x: x!, dy: dy! }, { ...attrs, filterShape }),
    run(`${name}BackpropInput`, { dy: dy!, filter: filter! }, { ...attrs, inputShape }),
  ]);
}

const convGradients = (c: ConvCase): void => {
  gradientKernels("Conv2D", c, c.filters);
};
const depthwiseGradients = (c: ConvCase): void => {
  gradientKernels("DepthwiseConv2dNative", c, ((c.filters - 1) % 3) + 1);
};

function convForward(c: ConvCase): void {
  const x = sample([c.batch, c.height, c.width, c.channels], 1);
  const w = sample([...c.kernel, c.channels, c.filters], 2);
  const strides: [number, number] = [...c.stride];
  expectSameAsCpu([x, w, sample([c.filters], 3)], (image, filter, bias) => [
    tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, strides, c.pad),
    tf.fused.conv2d({
      x: image as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides,
      pad: c.pad,
      bias: bias!,
      activation: "relu6",
    }),
  ]);
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
  ["a 1x1 kernel", { ...plain, kernel: [1, 1] }],
  ["a 1x1 kernel, stride 2", { ...plain, kernel: [1, 1], stride: [2, 2] }],
  ["a stride longer than the kernel", { ...plain, kernel: [1, 2], stride: [3, 1] }],
  ["an even kernel", { ...plain, kernel: [2, 2], stride: [2, 2], pad: "valid" }],
  ["padding by 1", { ...plain, pad: 1 }],
  ["padding by more than the kernel", { ...plain, kernel: [2, 2], pad: 3 }],
  ["a 3x3 kernel, padding by 3", { ...plain, pad: 3 }],
  ["many tiles, channels and filters", { ...plain, batch: 4, height: 13, width: 18, channels: 9, filters: 21 }],
  ["more patch columns than one block", { ...plain, height: 9, channels: 21, filters: 10, kernel: [5, 5] }],
  ["a large valid kernel on a small image", { ...plain, height: 9, width: 9, kernel: [5, 5], pad: "valid" }],
];

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

  describe("gradients of conv2d equal the cpu backend", () => {
    it.each(cases)("%s", (_name, c) => {
      convGradients(c);
    });
    it("any small shape", () => {
      fc.assert(fc.property(convCase, convGradients), { numRuns: 30, seed: 7 });
    });
  });

  describe("gradients of depthwiseConv2d equal the cpu backend", () => {
    it.each(cases)("%s", (_name, c) => {
      depthwiseGradients(c);
    });
    it("any small shape", () => {
      fc.assert(fc.property(convCase, depthwiseGradients), { numRuns: 30, seed: 7 });
    });
  });

  describe("matMul equals the cpu backend", () => {
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
                ...tf.grads((p: tf.Tensor, q: tf.Tensor) => tf.sum(tf.square(tf.matMul(p, q, transposeA, transposeB))))(
                  [left!, right!],
                ),
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

  describe("forward convolution, alone and with bias and activation, equals the cpu backend", () => {
    it.each(cases)("%s", (_name, c) => {
      convForward(c);
    });
    it("any small shape", () => {
      fc.assert(fc.property(convCase, convForward), { numRuns: 30, seed: 7 });
    });
  });

  const axes = fc.subarray([0, 1, 2, 3], { minLength: 1 });
  it("sums and means over any axes equal the cpu backend", () => {
    fc.assert(
      fc.property(axes, fc.boolean(), fc.integer({ min: 1, max: 37 }), (axis, keepDims, channels) => {
        expectSameAsCpu([sample([3, 5, 7, channels], 1)], (x) => [
          tf.sum(x!, axis, keepDims),
          tf.mean(x!, axis, keepDims),
          tf.grad((t: tf.Tensor) => tf.sum(tf.square(tf.mean(t, axis, keepDims))))(x!),
        ]);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it("gradients of a tiny network equal finite differences", () => {
    const x = sample([2, 5, 5, 2], 1);
    const weights = [sample([3, 3, 2, 3], 2), sample([3, 3, 3, 1], 3), sample([1, 1, 3, 4], 4), sample([4, 2], 5)];
    const loss = (image: tf.Tensor, parameters: readonly tf.Tensor[]): tf.Tensor => {
      const [conv, depthwise, pointwise, dense] = parameters as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor2D];
      let y = tf.tanh(tf.conv2d(image as tf.Tensor4D, conv, 1, "same"));
      y = tf.conv2d(tf.depthwiseConv2d(y, depthwise, 2, "same"), pointwise, 1, "valid");
      const features = tf.mean(tf.avgPool(tf.sigmoid(y), 2, 1, "valid"), [1, 2]);
      return tf.sum(tf.square(tf.matMul(features as tf.Tensor2D, dense)));
    };
    const gradients = valuesOn("wasm", [x, ...weights], (image, ...parameters) =>
      tf.grads((...tensors: tf.Tensor[]) => loss(image!, tensors))(parameters),
    );
    // A central difference of step h is off by about h^2 and by float32's 1e-7 / h.
    const h = 1e-2;
    weights.forEach((weight, which) => {
      weight.values.forEach((_, i) => {
        const at = (step: number): number => {
          const moved = weights.map((other, index) => {
            if (index !== which) return other;
            const values = other.values.slice();
            values[i] = values[i]! + step;
            return { shape: other.shape, values };
          });
          return valuesOn("wasm", [x, ...moved], (image, ...parameters) => [loss(image!, parameters)])[0]![0]!;
        };
        expect(gradients[which]![i], `weight ${which}, element ${i}`).toBeCloseTo((at(h) - at(-h)) / (2 * h), 2);
      });
    });
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
