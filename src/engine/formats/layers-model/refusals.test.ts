import { describe, expect, it } from "vitest";
import {
  type Json,
  inputLayer,
  layer,
  modelFile,
  nodesOf,
  readSnapshot,
  tinyDense,
  tinyWeights,
} from "./model-json.testing";
import { readLayersModel } from "./read";

describe("what is not supported says layer, class, field, value and what would do", () => {
  it.each([
    ["LSTM", { units: 3 }, "layer 'x' (LSTM): expected one of Conv2D, "],
    ["Lambda", {}, "got class Lambda"],
    ["toString", {}, "got class toString"],
    ["__proto__", {}, "got class __proto__"],
    [
      "Conv2D",
      { filters: 1, kernel_size: [1, 1], data_format: "channels_first" },
      "field data_format: expected 'channels_last'; build the model with channels last, got \"channels_first\"",
    ],
    [
      "Conv2D",
      { filters: 1, kernel_size: [1, 1], groups: 2 },
      "field groups: expected 1; use DepthwiseConv2D, or one Conv2D for each group, got 2",
    ],
    [
      "Conv2D",
      { filters: 1, kernel_size: [3, 3], padding: "causal" },
      "field padding: expected 'same' or 'valid', got \"causal\"",
    ],
    [
      "Conv2D",
      { filters: 1, kernel_size: [3, 3], strides: 2, dilation_rate: 2 },
      "field dilation_rate: expected 1 where strides are above 1, got 2",
    ],
    ["DepthwiseConv2D", { kernel_size: 3, dilation_rate: [2, 2] }, "field dilation_rate: expected 1; use Conv2D"],
    ["Activation", { activation: "softsign" }, "field activation: expected one of linear, relu, "],
    ["Activation", { activation: { class_name: "Custom" } }, 'got {"class_name":"Custom"}'],
    ["ReLU", { threshold: 1 }, "field threshold: expected 0; use plain ReLU, got 1"],
    ["ReLU", { max_value: 4 }, "field max_value: expected none or 6, got 4"],
    ["BatchNormalization", { axis: 1 }, "field axis: expected -1 (channels last), got 1"],
    ["Softmax", { axis: 1 }, "field axis: expected -1 (the last), got 1"],
    [
      "Dense",
      { units: 3 },
      "layer 'x' (Dense): expected a flat input, got [8, 8, 2]; put Flatten or global pooling before it",
    ],
    ["Add", {}, "layer 'x' (Add): expected two inputs or more, got 1"],
    ["Reshape", { target_shape: [null, null] }, "field target_shape: expected one to four known dimensions"],
  ])("%s %j", async (className, config, message) => {
    await expect(nodesOf(className, config)).rejects.toMatchObject({
      code: "unsupported-layer",
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([
    [
      "Conv2D",
      { filters: 0, kernel_size: 3 },
      "invalid-file",
      "field filters: expected a whole number of at least 1, got 0",
    ],
    [
      "Conv2D",
      { filters: 1 },
      "invalid-file",
      "field kernel_size: expected one or two whole numbers of at least 1, got nothing",
    ],
    ["Dropout", { rate: 1 }, "invalid-file", "field rate: expected a number in [0, 1), got 1"],
    [
      "Reshape",
      { target_shape: [3] },
      "shape-mismatch",
      "layer 'x' (Reshape): reshape expected 3 values for [3], got [8, 8, 2]",
    ],
    [
      "MaxPooling2D",
      { pool_size: 9 },
      "shape-mismatch",
      "layer 'x' (MaxPooling2D): max-pool expected an input of at least 9, got 8",
    ],
    ["ZeroPadding2D", { padding: 100000 }, "shape-mismatch", "expected an output of at most 268435456 values"],
  ])("%s %j is wrong", async (className, config, code, message) => {
    await expect(nodesOf(className, config)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  const broken = (change: (model: Json & { config: Json & { layers: Json[] } }) => void) => {
    const topology = tinyDense() as Parameters<typeof change>[0];
    change(topology);
    return readSnapshot(modelFile(topology, tinyWeights()));
  };
  it.each([
    [
      "shared layers",
      "layer 'd' (Dense): expected a layer that is used once, got 2 uses (shared weights)",
      (m) => (m.config.layers[1]!.inbound_nodes = [[["in", 0, 0, {}]], [["in", 0, 0, {}]]]),
    ],
    [
      "two inputs",
      "field input_layers: expected one layer, got 2",
      (m) =>
        (m.config.input_layers = [
          ["in", 0, 0],
          ["in2", 0, 0],
        ]),
    ],
    [
      "two outputs",
      "field output_layers: expected one layer, got 2",
      (m) =>
        (m.config.output_layers = [
          ["in", 0, 0],
          ["d", 0, 0],
        ]),
    ],
    [
      "a second InputLayer",
      "expected a model with one input, got a second one at layer 'in2'",
      (m) => m.config.layers.push(inputLayer([2], "in2")),
    ],
    [
      "functions for layers",
      "expected a call without arguments, got y = 2; use a layer in place of the function",
      (m) => (m.config.layers[1]!.inbound_nodes = [[["in", 0, 0, { y: 2 }]]]),
    ],
    [
      "an unknown size",
      "field batch_input_shape: expected one to four known dimensions",
      (m) => (m.config.layers[0] = layer("InputLayer", "in", { batch_input_shape: [null, null] })),
    ],
    [
      "a subclassed model",
      'expected a model of class Sequential or Functional or Model, got "MyModel"',
      (m) => (m.class_name = "MyModel"),
    ],
  ] as [string, string, Parameters<typeof broken>[0]][])("%s", async (_, message, change) => {
    await expect(broken(change)).rejects.toMatchObject({
      code: "unsupported-layer",
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([
    [
      "a cycle",
      "expected a graph without cycles, got one through layer 'd'",
      (m) => (m.config.layers[1]!.inbound_nodes = [[["d", 0, 0]]]),
    ],
    [
      "an unknown input",
      "layer 'd': expected an input among the model's layers, got 'nope'",
      (m) => (m.config.layers[1]!.inbound_nodes = [[["nope", 0, 0]]]),
    ],
    [
      "a loose end",
      "expected every layer to lead to the output, got 'r', which does not",
      (m) => m.config.layers.push(layer("ReLU", "r", {}, "in")),
    ],
    [
      "two layers of one name",
      "expected layers of different names, got 'd' twice",
      (m) => m.config.layers.push(layer("ReLU", "d", {}, "in")),
    ],
    ["no layers", "expected layers from its input to its output, got none", (m) => (m.config.layers = [])],
  ] as [string, string, Parameters<typeof broken>[0]][])("%s", async (_, message, change) => {
    await expect(broken(change)).rejects.toMatchObject({
      code: "invalid-file",
      message: expect.stringContaining(message) as string,
    });
  });

  it("a GraphModel is told apart", async () => {
    await expect(
      readLayersModel({ format: "graph-model", modelTopology: { node: [] }, weightsManifest: [] }, () =>
        Promise.reject(new Error()),
      ),
    ).rejects.toMatchObject({ code: "unknown-format" });
  });
});
