/** Every operation: shape, parameters and MACs by hand, forward on wasm against plain loops or plain tf operations. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { sample, startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import {
  type ActivationKind,
  activationKinds,
  type Network,
  type Node,
  type OpAttrs,
  type OpName,
  type ParameterRole,
  type Shape,
  sizeOfShape,
} from "../core/network";
import { networkBuilder } from "../zoo/builder";
import { operationOf, operations, shapesOf } from "./registry";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const nodeOf = <Op extends OpName>(op: Op, attrs: OpAttrs[Op]) =>
  operationOf({ id: "x", op, inputs: [], attrs, params: {} } as unknown as Node);

const described = <Op extends OpName>(op: Op, attrs: OpAttrs[Op], ...inputs: Shape[]) => {
  const operation = nodeOf(op, attrs);
  const layouts = operation.parameters(attrs, inputs);
  return {
    shape: operation.outputShape(attrs, inputs),
    params: Object.fromEntries(Object.entries(layouts).map(([role, layout]) => [role, layout.shape])),
    macs: operation.macs(attrs, inputs),
  };
};

interface Values {
  /** With the batch. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Forward on tensors made of plain data; leaves none behind. */
function computed<Op extends OpName>(
  op: Op,
  attrs: OpAttrs[Op],
  inputs: readonly Values[],
  params: Partial<Record<ParameterRole, Values>> = {},
  training = false,
): { shape: number[]; values: Float32Array } {
  const before = tf.memory().numTensors;
  const tensor = ({ shape, values }: Values) => tf.tensor(Float32Array.from(values), [...shape]);
  const result = tf.tidy(() => {
    const y = nodeOf(op, attrs).forward(attrs, inputs.map(tensor), (role) => tensor(params[role]!), {
      training,
      noiseSeed: 5,
      nodeId: "x",
    });
    return { shape: y.shape, values: Float32Array.from(y.dataSync()) };
  });
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

const close = (got: ArrayLike<number>, expected: ArrayLike<number>, digits = 5) => {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(got[i]).toBeCloseTo(expected[i]!, digits);
};

describe("conv2d", () => {
  const same = { strides: [1, 1], padding: "same", dilation: [1, 1], useBias: true } as const;

  it("3x3, 2 to 4 channels on 5x6: 72 weights, 4 biases, 72 * 30 MACs", () => {
    expect(described("conv2d", { ...same, filters: 4, kernelSize: [3, 3] }, [5, 6, 2])).toEqual({
      shape: [5, 6, 4],
      params: { kernel: [3, 3, 2, 4], bias: [4] },
      macs: 3 * 3 * 2 * 4 * 5 * 6,
    });
  });

  it.each([
    ["valid: 7 - 3 + 1", { padding: "valid" as const }, [5, 5, 1]],
    ["same, stride 2: ceil(7 / 2)", { strides: [2, 2] as const }, [4, 4, 1]],
    ["valid, stride 2: ceil(5 / 2)", { padding: "valid" as const, strides: [2, 2] as const }, [3, 3, 1]],
    ["valid, dilation 2 spans 5: 7 - 5 + 1", { padding: "valid" as const, dilation: [2, 2] as const }, [3, 3, 1]],
    ["a stride for each axis", { strides: [1, 3] as const }, [7, 3, 1]],
  ])("%s", (_, attrs, shape) => {
    expect(described("conv2d", { ...same, ...attrs, filters: 1, kernelSize: [3, 3] }, [7, 7, 1]).shape).toEqual(shape);
  });

  it("without a bias has none", () => {
    const { params } = described("conv2d", { ...same, useBias: false, filters: 1, kernelSize: [1, 1] }, [2, 2, 3]);
    expect(params).toEqual({ kernel: [1, 1, 3, 1] });
  });

  it("refuses an input smaller than its window, and flat inputs", () => {
    const attrs = { ...same, padding: "valid", filters: 1, kernelSize: [3, 3] } as const;
    expect(() => described("conv2d", attrs, [2, 5, 1])).toThrow("conv2d expected an input of at least 3, got 2");
    expect(() => described("conv2d", attrs, [8])).toThrow(
      "conv2d expected one input [height, width, channels], got [8]",
    );
  });

  it.each([
    { padding: "same", strides: [1, 1], dilation: [1, 1] },
    { padding: "valid", strides: [2, 1], dilation: [1, 1] },
    { padding: "same", strides: [1, 1], dilation: [2, 2] },
  ] as const)("$padding, strides $strides, dilation $dilation is the sum over its window", (attrs) => {
    const x = { shape: [2, 6, 5, 2], values: sample([2, 6, 5, 2], 1).values };
    const kernel = { shape: [3, 2, 2, 3], values: sample([3, 2, 2, 3], 2).values };
    const bias = { shape: [3], values: [0.1, -0.2, 0.3] };
    const full = { ...attrs, filters: 3, kernelSize: [3, 2], useBias: true } as const;
    const got = computed("conv2d", full, [x], { kernel, bias });
    const [h, w] = described("conv2d", full, [6, 5, 2]).shape as [number, number];
    expect(got.shape).toEqual([2, h, w, 3]);
    // TensorFlow pads less before than after.
    const pad = (axis: 0 | 1, input: number, output: number) => {
      const span = (output - 1) * attrs.strides[axis] + ([3, 2][axis]! - 1) * attrs.dilation[axis] + 1;
      return attrs.padding === "valid" ? 0 : Math.floor(Math.max(0, span - input) / 2);
    };
    const [top, left] = [pad(0, 6, h), pad(1, 5, w)];
    const expected: number[] = [];
    for (let n = 0; n < 2; n++)
      for (let y = 0; y < h; y++)
        for (let z = 0; z < w; z++)
          for (let o = 0; o < 3; o++) {
            let sum = bias.values[o]!;
            for (let r = 0; r < 3; r++)
              for (let s = 0; s < 2; s++)
                for (let i = 0; i < 2; i++) {
                  const yy = y * attrs.strides[0] + r * attrs.dilation[0] - top;
                  const xx = z * attrs.strides[1] + s * attrs.dilation[1] - left;
                  if (yy < 0 || yy >= 6 || xx < 0 || xx >= 5) continue;
                  sum += x.values[((n * 6 + yy) * 5 + xx) * 2 + i]! * kernel.values[((r * 2 + s) * 2 + i) * 3 + o]!;
                }
            expected.push(sum);
          }
    close(got.values, expected);
  });
});

describe("depthwise-conv2d", () => {
  const attrs = { strides: [1, 1], padding: "same", kernelSize: [3, 3], multiplier: 2, useBias: true } as const;

  it("3x3 of 4 channels, multiplier 2, on 5x5: 72 weights, 8 biases, 9 * 8 * 25 MACs", () => {
    expect(described("depthwise-conv2d", attrs, [5, 5, 4])).toEqual({
      shape: [5, 5, 8],
      params: { kernel: [3, 3, 4, 2], bias: [8] },
      macs: 9 * 8 * 25,
    });
  });

  it("output channel c * multiplier + m reads input channel c with kernel [.., c, m]", () => {
    const kernel = { shape: [1, 1, 2, 2], values: [2, 3, 5, 7] };
    const x = { shape: [1, 1, 1, 2], values: [10, 100] };
    const bias = { shape: [4], values: [1, 2, 3, 4] };
    const got = computed("depthwise-conv2d", { ...attrs, kernelSize: [1, 1] }, [x], { kernel, bias });
    close(got.values, [21, 32, 503, 704]);
  });

  it("stride 2, valid: the sum over each window", () => {
    // 3x3 ones on 0..24 (5x5): the sums of windows at (0,0), (0,2), (2,0), (2,2) are 9 times their centres 6, 8, 16, 18.
    const x = { shape: [1, 5, 5, 1], values: Array.from({ length: 25 }, (_, i) => i) };
    const kernel = { shape: [3, 3, 1, 1], values: new Array<number>(9).fill(1) };
    const valid = { ...attrs, strides: [2, 2], padding: "valid", multiplier: 1, useBias: false } as const;
    close(computed("depthwise-conv2d", valid, [x], { kernel }).values, [54, 72, 144, 162]);
  });
});

describe("dense", () => {
  it("3 to 2: 6 weights, 2 biases, 6 MACs", () => {
    expect(described("dense", { units: 2, useBias: true }, [3])).toEqual({
      shape: [2],
      params: { kernel: [3, 2], bias: [2] },
      macs: 6,
    });
  });

  it("computes x W + b", () => {
    const kernel = { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] };
    const got = computed("dense", { units: 2, useBias: true }, [{ shape: [1, 3], values: [1, 10, 100] }], {
      kernel,
      bias: { shape: [2], values: [0.5, -0.5] },
    });
    close(got.values, [531.5, 641.5]);
  });

  it("refuses images: flatten first", () => {
    expect(() => described("dense", { units: 2, useBias: true }, [4, 4, 1])).toThrow(
      "dense expected one input of rank 1",
    );
  });
});

describe("batch-norm", () => {
  const params = {
    gamma: { shape: [2], values: [2, -1] },
    beta: { shape: [2], values: [0.5, 0] },
    movingMean: { shape: [2], values: [1, 0] },
    movingVariance: { shape: [2], values: [3, 0] },
  };
  const attrs = { epsilon: 1, momentum: 0.9 };

  it("has four vectors and no MACs", () => {
    expect(described("batch-norm", attrs, [4, 4, 2])).toEqual({
      shape: [4, 4, 2],
      params: { gamma: [2], beta: [2], movingMean: [2], movingVariance: [2] },
      macs: 0,
    });
    const layouts = operations["batch-norm"].parameters(attrs, [[2]]);
    expect(
      Object.entries(layouts)
        .filter(([, l]) => l.trainable)
        .map(([role]) => role),
    ).toEqual(["gamma", "beta"]);
  });

  it.each([[[1, 1, 1, 2]], [[1, 2]]])("infers by the moving statistics, shape %j", (shape) => {
    // (3 - 1) / sqrt(3 + 1) * 2 + 0.5 = 2.5; (4 - 0) / sqrt(0 + 1) * -1 = -4
    close(computed("batch-norm", attrs, [{ shape, values: [3, 4] }], params).values, [2.5, -4]);
  });

  it("trains by the batch's own mean and biased variance, and reports them", () => {
    // Channel 0: 1, 3 -> mean 2, variance 1; channel 1: 0, 0.
    const reported: number[][] = [];
    const result = tf.tidy(() =>
      nodeOf("batch-norm", attrs)
        .forward(attrs, [tf.tensor2d([1, 0, 3, 0], [2, 2])], (role) => tf.tensor(params[role as "gamma"].values, [2]), {
          training: true,
          noiseSeed: 0,
          nodeId: "bn",
          onBatchStatistics: (id, mean, variance) => {
            expect(id).toBe("bn");
            reported.push([...mean.dataSync()], [...variance.dataSync()]);
          },
        })
        .dataSync(),
    );
    expect(reported).toEqual([
      [2, 0],
      [1, 0],
    ]);
    const s = Math.SQRT1_2; // 1 / sqrt(1 + 1)
    close(result, [0.5 - 2 * s, 0, 0.5 + 2 * s, 0]);
  });
});

describe("activation", () => {
  const erf = (x: number) => {
    // The Taylor series: 2 / sqrt(pi) * sum (-1)^n x^(2n+1) / (n! (2n+1)).
    let term = x;
    let sum = x;
    for (let n = 1; n < 200; n++) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const expected: Record<Exclude<ActivationKind, "softmax">, (x: number) => number> = {
    relu: (x) => Math.max(0, x),
    relu6: (x) => Math.min(6, Math.max(0, x)),
    "leaky-relu": (x) => (x < 0 ? 0.2 * x : x),
    elu: (x) => (x < 0 ? Math.expm1(x) : x),
    // Klambauer et al. 2017
    selu: (x) => 1.05070098 * (x < 0 ? 1.67326324 * Math.expm1(x) : x),
    sigmoid,
    "hard-sigmoid": (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
    tanh: Math.tanh,
    softplus: (x) => Math.log1p(Math.exp(x)),
    swish: (x) => x * sigmoid(x),
    "hard-swish": (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
    gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  };
  const points = [-7, -3, -1, -0.25, 0, 0.25, 1, 3, 7];
  const kinds = activationKinds.filter((kind) => kind !== "softmax");

  it.each(kinds)("%s", (kind) => {
    const got = computed("activation", { kind }, [{ shape: [1, points.length], values: points }]);
    close(got.values, points.map(expected[kind]), 4);
  });

  it("slope of leaky-relu and scale of elu are attributes", () => {
    const x = [{ shape: [1, 2], values: [-2, 3] }];
    close(computed("activation", { kind: "leaky-relu", alpha: 0.5 }, x).values, [-1, 3]);
    close(computed("activation", { kind: "elu", alpha: 2 }, x).values, [2 * Math.expm1(-2), 3]);
  });

  it("softmax adds up to 1 over the last axis: e^0, e^ln 3 -> 1/4, 3/4", () => {
    close(
      computed("activation", { kind: "softmax" }, [{ shape: [1, 2], values: [0, Math.log(3)] }]).values,
      [0.25, 0.75],
    );
  });

  it.each(kinds)("what a removed channel holds behind %s is what forward makes of 0", (kind) => {
    const [atZero] = computed("activation", { kind }, [{ shape: [1, 1], values: [0] }]).values;
    expect(operations.activation.removedValue({ kind }, [0])).toBeCloseTo(atZero!, 7);
  });
});

describe("pooling", () => {
  const attrs = { poolSize: [2, 2], strides: [2, 2], padding: "valid" } as const;
  const x = { shape: [1, 3, 3, 1], values: [1, 2, 3, 4, 5, 6, 7, 8, 9] };

  it("valid drops the rest, same keeps it; no weights", () => {
    expect(described("max-pool", attrs, [5, 5, 3])).toEqual({ shape: [2, 2, 3], params: {}, macs: 0 });
    expect(described("avg-pool", { ...attrs, padding: "same" }, [5, 5, 3]).shape).toEqual([3, 3, 3]);
    expect(described("global-avg-pool", {}, [5, 4, 3])).toEqual({ shape: [3], params: {}, macs: 0 });
    expect(described("global-max-pool", {}, [5, 4, 3]).shape).toEqual([3]);
  });

  it("max and mean of windows; padding does not count in the mean", () => {
    close(computed("max-pool", { ...attrs, strides: [1, 1] }, [x]).values, [5, 6, 8, 9]);
    close(computed("avg-pool", { ...attrs, strides: [1, 1] }, [x]).values, [3, 4, 6, 7]);
    close(computed("avg-pool", { ...attrs, padding: "same" }, [x]).values, [3, 4.5, 7.5, 9]);
    close(
      computed("max-pool", { ...attrs, padding: "same" }, [{ ...x, values: x.values.map((v) => -v) }]).values,
      [-1, -3, -7, -9],
    );
  });

  it("global pooling", () => {
    const two = { shape: [1, 1, 2, 2], values: [1, -5, 3, -7] };
    close(computed("global-avg-pool", {}, [two]).values, [2, -6]);
    close(computed("global-max-pool", {}, [two]).values, [3, -5]);
  });
});

describe("structure", () => {
  it("add: shapes must agree", () => {
    expect(described("add", {}, [2, 2, 1], [2, 2, 1])).toEqual({ shape: [2, 2, 1], params: {}, macs: 0 });
    expect(() => described("add", {}, [2], [3])).toThrow(
      "add expected two or more inputs of one shape, got [2] and [3]",
    );
    expect(() => described("add", {}, [2])).toThrow("two or more");
    const row = (...values: number[]) => ({ shape: [1, 2], values });
    close(computed("add", {}, [row(1, 2), row(10, 20), row(100, 200)]).values, [111, 222]);
  });

  it("multiply: images, and gates with a factor for each channel, in any order", () => {
    expect(described("multiply", {}, [2, 2, 3], [3])).toEqual({ shape: [2, 2, 3], params: {}, macs: 0 });
    expect(described("multiply", {}, [1, 1, 3], [2, 2, 3], [3]).shape).toEqual([2, 2, 3]);
    expect(described("multiply", {}, [3], [1, 1, 3]).shape).toEqual([1, 1, 3]);
    for (const wrong of [[2], [2, 1, 3], [2, 2, 1], [2, 3]]) {
      expect(() => described("multiply", {}, [2, 2, 3], wrong)).toThrow("one factor for each channel");
    }
    const image = { shape: [2, 1, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] };
    const flat = { shape: [2, 2], values: [10, 100, 1, -1] };
    for (const gates of [flat, { ...flat, shape: [2, 1, 1, 2] }]) {
      close(computed("multiply", {}, [image, gates]).values, [10, 200, 30, 400, 5, -6, 7, -8]);
      expect(computed("multiply", {}, [gates, image])).toMatchObject(computed("multiply", {}, [image, gates]));
    }
  });

  it("concat: along the channels", () => {
    expect(described("concat", {}, [2, 2, 1], [2, 2, 3]).shape).toEqual([2, 2, 4]);
    expect(() => described("concat", {}, [2, 2, 1], [2, 3, 1])).toThrow("differ in their channels only");
    const got = computed("concat", {}, [
      { shape: [1, 1, 2, 1], values: [1, 2] },
      { shape: [1, 1, 2, 2], values: [3, 4, 5, 6] },
    ]);
    close(got.values, [1, 3, 4, 2, 5, 6]);
  });

  it("flatten keeps the order (y * w + x) * channels + c; reshape any of the same size", () => {
    expect(described("flatten", {}, [2, 3, 4]).shape).toEqual([24]);
    expect(described("reshape", { shape: [2, 2, 1] }, [4]).shape).toEqual([2, 2, 1]);
    expect(() => described("reshape", { shape: [3] }, [4])).toThrow("reshape expected 3 values for [3], got [4]");
    const x = { shape: [2, 1, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] };
    expect(computed("flatten", {}, [x])).toEqual({ shape: [2, 4], values: Float32Array.from(x.values) });
    expect(computed("reshape", { shape: [4, 1, 1] }, [x]).shape).toEqual([2, 4, 1, 1]);
  });

  it("zero-pad: each side its own", () => {
    const attrs = { top: 1, bottom: 0, left: 2, right: 1 };
    expect(described("zero-pad", attrs, [2, 2, 3]).shape).toEqual([3, 5, 3]);
    close(computed("zero-pad", attrs, [{ shape: [1, 1, 1, 1], values: [7] }]).values, [0, 0, 0, 0, 0, 0, 7, 0]);
  });

  it("upsample: every pixel repeated, downwards and to the right", () => {
    const attrs = { size: [3, 2] } as const;
    expect(described("upsample", attrs, [2, 2, 3]).shape).toEqual([6, 4, 3]);
    // Pixels (1, 2) and (3, 4) of two channels: 1 2 1 2 3 4 3 4 in each of three rows.
    const { values } = computed("upsample", attrs, [{ shape: [1, 1, 2, 2], values: [1, 2, 3, 4] }]);
    const row = [1, 2, 1, 2, 3, 4, 3, 4];
    close(values, [...row, ...row, ...row]);
  });

  it("input passes its shape and its values on", () => {
    expect(described("input", { shape: [3, 3, 1] })).toEqual({ shape: [3, 3, 1], params: {}, macs: 0 });
    close(computed("input", { shape: [2] }, [{ shape: [1, 2], values: [1, 2] }]).values, [1, 2]);
    // An image where a flat input is wanted: (y * w + x) * channels + c.
    const flat = computed("input", { shape: [4] }, [{ shape: [2, 1, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] }]);
    expect(flat).toEqual({ shape: [2, 4], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  });
});

describe("dropout", () => {
  const x = { shape: [1, 1000], values: new Array<number>(1000).fill(3) };

  it("does nothing in inference, or at rate 0", () => {
    expect(described("dropout", { rate: 0.5 }, [4, 4, 2])).toEqual({ shape: [4, 4, 2], params: {}, macs: 0 });
    close(computed("dropout", { rate: 0.5 }, [x]).values, x.values);
    close(computed("dropout", { rate: 0 }, [x], {}, true).values, x.values);
  });

  it("in training keeps 1 - rate of the values and scales them by 1 / (1 - rate)", () => {
    const { values } = computed("dropout", { rate: 0.25 }, [x], {}, true);
    const kept = values.filter((v) => v !== 0);
    for (const v of kept) expect(v).toBeCloseTo(4, 5); // 3 / 0.75
    // 750 +- 4 standard deviations of sqrt(1000 * 0.25 * 0.75) = 13.7
    expect(Math.abs(kept.length - 750)).toBeLessThan(55);
    expect(computed("dropout", { rate: 0.25 }, [x], {}, true).values).toEqual(values);
  });

  const draw = (nodeId: string, noiseSeed: number) =>
    tf.tidy(() =>
      operations.dropout
        .forward({ rate: 0.5 }, [tf.ones([1, 200])], () => tf.scalar(0), { training: true, noiseSeed, nodeId })
        .dataSync(),
    );

  it("every seed is one, 0 too", () => {
    expect(draw("a", 0)).toEqual(draw("a", 0));
    expect(draw("a", 0)).not.toEqual(draw("a", 1));
  });

  it("two dropouts of one step draw apart", () => {
    const [a, b] = [draw("a", 5), draw("b", 5)];
    const same = a.filter((v, i) => (v === 0) === (b[i] === 0)).length;
    // Of independent coins half agree: 100 +- 4 * 7.1.
    expect(Math.abs(same - 100)).toBeLessThan(29);
  });
});

describe("shapesOf", () => {
  const network = (): Network => {
    const b = networkBuilder("n", [4, 4, 1]);
    return b.build(
      b.dense(b.flatten(b.conv2d(b.input, { filters: 2, kernelSize: 3, padding: "valid" })), { units: 3 }),
    );
  };

  it("gives every node its shape", () => {
    expect(Object.fromEntries(shapesOf(network()))).toEqual({
      input: [4, 4, 1],
      conv1: [2, 2, 2],
      flatten: [8],
      dense1: [3],
    });
  });

  it("names the layer that does not fit, or whose input is missing", () => {
    const { nodes, ...rest } = network();
    const without = (id: string) => ({ ...rest, nodes: nodes.filter((n) => n.id !== id) });
    expect(() => shapesOf(without("conv1"))).toThrow(
      "layer 'flatten': expected an earlier layer as input, got 'conv1'",
    );
    const unflattened = nodes
      .filter((n) => n.id !== "flatten")
      .map((n) => (n.id === "dense1" ? { ...n, inputs: ["conv1"] } : n));
    expect(() => shapesOf({ ...rest, nodes: unflattened })).toThrow(
      "layer 'dense1': dense expected one input of rank 1, got [2, 2, 2]",
    );
  });

  it("MACs and parameters of the whole agree with sizes by hand", () => {
    // 3*3*1*2 weights at 2 x 2 places; 8 * 3.
    const shapes = shapesOf(network());
    const macs = network().nodes.map((node) =>
      operationOf(node).macs(
        node.attrs,
        node.inputs.map((id) => shapes.get(id)!),
      ),
    );
    expect(macs).toEqual([0, 18 * 4, 0, 24]);
    expect(network().nodes.map((n) => Object.values(n.params).map((p) => sizeOfShape(p.shape)))).toEqual([
      [],
      [18, 2],
      [],
      [24, 3],
    ]);
  });
});
