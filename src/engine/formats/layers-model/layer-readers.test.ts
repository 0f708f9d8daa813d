import { describe, expect, it } from "vitest";
import type { OpAttrs, OpName } from "../../core/network";
import {
  functional,
  inputLayer,
  layer,
  modelFile,
  nodesOf,
  readSnapshot,
  tinyDense,
  tinyWeights,
} from "./model-json.testing";

const attrsOf = async (...args: Parameters<typeof nodesOf>) =>
  (await nodesOf(...args)).map(({ op, attrs }) => ({ op, attrs }));
const one = <Op extends OpName>(op: Op, attrs: OpAttrs[Op]) => [{ op, attrs }];

describe("layers become operations", () => {
  it.each([
    ["relu", "relu"],
    ["relu6", "relu6"],
    ["elu", "elu"],
    ["selu", "selu"],
    ["sigmoid", "sigmoid"],
    ["hard_sigmoid", "hard-sigmoid"],
    ["hardSigmoid", "hard-sigmoid"],
    ["tanh", "tanh"],
    ["softplus", "softplus"],
    ["swish", "swish"],
    ["silu", "swish"],
    ["gelu", "gelu"],
    ["hard_swish", "hard-swish"],
    ["hard_silu", "hard-swish"],
    ["leaky_relu", "leaky-relu"],
  ])("Activation %s is %s", async (activation, kind) => {
    expect(await attrsOf("Activation", { activation })).toMatchObject([{ op: "activation", attrs: { kind } }]);
  });

  it.each([
    ["ReLU", {}, { kind: "relu" }],
    ["ReLU", { max_value: 6 }, { kind: "relu6" }],
    ["ReLU", { max_value: null, negative_slope: 0.25, threshold: 0 }, { kind: "leaky-relu", alpha: 0.25 }],
    ["LeakyReLU", {}, { kind: "leaky-relu", alpha: 0.3 }],
    ["LeakyReLU", { alpha: 0.1 }, { kind: "leaky-relu", alpha: 0.1 }],
    ["LeakyReLU", { negative_slope: 0.1 }, { kind: "leaky-relu", alpha: 0.1 }],
    ["ELU", { alpha: 0.5 }, { kind: "elu", alpha: 0.5 }],
  ] as const)("%s %j is %j", async (className, config, attrs) => {
    expect(await attrsOf(className, config)).toEqual(one("activation", attrs));
  });

  it.each([
    ["MaxPooling2D", {}, "max-pool", { poolSize: [2, 2], strides: [2, 2], padding: "valid" }],
    [
      "AveragePooling2D",
      { pool_size: 3, strides: [1, 2], padding: "same" },
      "avg-pool",
      { poolSize: [3, 3], strides: [1, 2], padding: "same" },
    ],
    ["GlobalAveragePooling2D", {}, "global-avg-pool", {}],
    ["GlobalAveragePooling2D", { keepdims: true }, "avg-pool", { poolSize: [8, 8], strides: [1, 1], padding: "valid" }],
    ["GlobalMaxPooling2D", { keepdims: true }, "max-pool", { poolSize: [8, 8], strides: [1, 1], padding: "valid" }],
    ["Flatten", {}, "flatten", {}],
    ["Reshape", { target_shape: [-1] }, "flatten", {}],
    ["Reshape", { target_shape: [4, -1, 2] }, "reshape", { shape: [4, 16, 2] }],
    ["ZeroPadding2D", {}, "zero-pad", { top: 1, bottom: 1, left: 1, right: 1 }],
    ["ZeroPadding2D", { padding: [2, 3] }, "zero-pad", { top: 2, bottom: 2, left: 3, right: 3 }],
    [
      "ZeroPadding2D",
      {
        padding: [
          [0, 1],
          [2, 3],
        ],
      },
      "zero-pad",
      { top: 0, bottom: 1, left: 2, right: 3 },
    ],
    ["UpSampling2D", {}, "upsample", { size: [2, 2] }],
    ["UpSampling2D", { size: [2, 3], interpolation: "nearest" }, "upsample", { size: [2, 3] }],
    ["Dropout", { rate: 0.25 }, "dropout", { rate: 0.25 }],
    ["SpatialDropout2D", { rate: 0.25 }, "dropout", { rate: 0.25 }],
  ] as const)("%s %j is %s", async (className, config, op, attrs) => {
    expect(await attrsOf(className, config)).toEqual([{ op, attrs }]);
  });

  it.each(["GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization"])(
    "%s disappears",
    async (className) => {
      expect(await nodesOf(className, {})).toEqual([]);
    },
  );

  it.each([
    ["Activation", { activation: "linear" }],
    ["Reshape", { target_shape: [8, 8, 2] }],
  ])("%s %j disappears", async (className, config) => {
    expect(await nodesOf(className, config)).toEqual([]);
  });

  it("SeparableConv2D is a depthwise and a pointwise convolution, bias with the second", async () => {
    const weights = [
      { name: "x/depthwise_kernel", shape: [3, 3, 2, 2] },
      { name: "x/pointwise_kernel", shape: [1, 1, 4, 5] },
      { name: "x/bias", shape: [5] },
    ];
    const nodes = await nodesOf(
      "SeparableConv2D",
      { filters: 5, kernel_size: [3, 3], depth_multiplier: 2, activation: "relu" },
      weights,
    );
    expect(nodes.map(({ id, op }) => [id, op])).toEqual([
      ["x", "depthwise-conv2d"],
      ["x_pointwise", "conv2d"],
      ["x_activation", "activation"],
    ]);
    expect(nodes.map(({ params }) => Object.keys(params))).toEqual([["kernel"], ["kernel", "bias"], []]);
  });

  it("BatchNormalization without scale and center has gamma 1 and beta 0", async () => {
    const weights = [
      { name: "x/moving_mean", shape: [2] },
      { name: "x/moving_variance", shape: [2] },
    ];
    const topology = functional([
      inputLayer([8, 8, 2]),
      layer("BatchNormalization", "x", { axis: [3], scale: false, center: false, epsilon: 0.01 }, "in"),
    ]);
    const { values, network } = await readSnapshot(modelFile(topology, weights));
    expect(network.nodes[1]).toMatchObject({ op: "batch-norm", attrs: { epsilon: 0.01, momentum: 0.99 } });
    expect(Object.fromEntries(values)).toEqual({
      "x/gamma": Float32Array.of(1, 1),
      "x/beta": Float32Array.of(0, 0),
      "x/movingMean": Float32Array.of(0, 0.1),
      "x/movingVariance": Float32Array.of(0, 0.1),
    });
  });

  it("a softmax in the middle stays, one at the end is the head", async () => {
    const middle = await readSnapshot(modelFile(tinyDense(layer("Softmax", "s", {}, "in")), tinyWeights()));
    expect(middle.network).toMatchObject({ head: "none", output: "d" });
    const topology = functional([
      inputLayer([2]),
      layer("Dense", "d", { units: 3, activation: "softmax" }, "in"),
      layer("Dropout", "o", { rate: 0 }, "d"),
    ]);
    expect((await readSnapshot(modelFile(topology, tinyWeights()))).network.head).toBe("none");
  });
});
