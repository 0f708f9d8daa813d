import { describe, expect, it } from "vitest";
import {
  type Json,
  functional,
  inputLayer,
  layer,
  modelFile,
  readSnapshot,
  tinyDense,
  tinyWeights,
} from "./model-json.testing";

describe("dialects", () => {
  it.each(["", "model/", "model/d/", "outer/inner/"])("weights may be called '%sd/kernel'", async (prefix) => {
    const snapshot = await readSnapshot(modelFile(tinyDense(), tinyWeights(prefix)));
    expect([...snapshot.values.keys()]).toEqual(["d/kernel", "d/bias"]);
  });

  it("reads what tensorflowjs_converter writes: model_config, ':0', cell names", async () => {
    const { json, bytes } = modelFile({ keras_version: "2.15.0", backend: "tensorflow", model_config: tinyDense() }, [
      { name: "d/d/kernel:0", shape: [2, 3] },
      { name: "d/d/bias:0", shape: [3] },
    ]);
    expect((await readSnapshot({ json, bytes })).values.get("d/bias")).toEqual(Float32Array.of(0, 0.1, 0.2));
  });

  it("reads Keras 3's inbound nodes and batch_shape, and refuses its other hard_sigmoid", async () => {
    const tensor = (name: string) => ({
      class_name: "__keras_tensor__",
      config: { shape: [null, 2], keras_history: [name, 0, 0] },
    });
    const config = (activation: string) => ({
      class_name: "Functional",
      config: {
        name: "m",
        layers: [
          { class_name: "InputLayer", name: "in", config: { name: "in", batch_shape: [null, 2] }, inbound_nodes: [] },
          {
            class_name: "Dense",
            name: "d",
            config: { name: "d", units: 3, activation },
            inbound_nodes: [{ args: [tensor("in")], kwargs: {} }],
          },
        ],
        input_layers: ["in", 0, 0],
        output_layers: ["d", 0, 0],
      },
    });
    const file = (activation: string) =>
      modelFile({ keras_version: "3.4.1", model_config: config(activation) }, tinyWeights());
    expect((await readSnapshot(file("relu"))).network.nodes.map((n) => n.op)).toEqual(["input", "dense", "activation"]);
    await expect(readSnapshot(file("hard_sigmoid"))).rejects.toThrow("Keras 2's hard_sigmoid");
  });

  it("reads Sequential models with the shape on the first layer, and layers as a bare list", async () => {
    const layers = [layer("Dense", "d", { units: 3, batch_input_shape: [null, 2] })];
    for (const config of [{ name: "s", layers }, layers]) {
      const { network } = await readSnapshot(modelFile({ class_name: "Sequential", config }, tinyWeights()));
      expect(network.nodes.map((n) => n.id)).toEqual(["d_input", "d"]);
    }
  });

  it("keeps layers of one name in different nested models apart", async () => {
    const inner = (name: string, first: string) => ({
      ...layer(
        "Functional",
        name,
        functional([inputLayer([2]), layer("Dense", "d", { units: 2 }, "in")], name).config as Json,
        first,
      ),
    });
    const topology = functional([inputLayer([2]), inner("a", "in"), inner("b", "a")]);
    const weights = ["a", "b"].flatMap((m) => [
      { name: `${m}/d/kernel`, shape: [2, 2] },
      { name: `${m}/d/bias`, shape: [2], values: m === "a" ? [1, 1] : [2, 2] },
    ]);
    const { values } = await readSnapshot(modelFile(topology, weights));
    expect([...values.keys()]).toEqual(["a_d/kernel", "a_d/bias", "b_d/kernel", "b_d/bias"]);
    expect(values.get("b_d/bias")).toEqual(Float32Array.of(2, 2));
  });

  it("sorts layers that are out of order", async () => {
    const file = modelFile(tinyDense(layer("ReLU", "r", {}, "in")), tinyWeights());
    const { config } = file.json.modelTopology as { config: { layers: Json[] } };
    config.layers.reverse();
    expect((await readSnapshot(file)).network.nodes.map((n) => n.id)).toEqual(["in", "r", "d"]);
  });
});

describe("quantized weights", () => {
  const quantized = (quantization: Json, bytes: Uint8Array) => {
    const { json } = modelFile(tinyDense(), [...tinyWeights(), { name: "d/bias", shape: [3] }].slice(0, 2));
    json.weightsManifest[0]!.weights[0]!.quantization = quantization;
    return { json, bytes: Uint8Array.from([...bytes, ...new Uint8Array(12)]) };
  };

  // value = code * scale + min
  it.each([
    [{ dtype: "uint8", scale: 0.5, min: -1 }, Uint8Array.of(0, 1, 2, 3, 4, 255), [-1, -0.5, 0, 0.5, 1, 126.5]],
    [
      { dtype: "uint16", scale: 0.25, min: 0 },
      new Uint8Array(Uint16Array.of(0, 1, 2, 3, 4, 65535).buffer),
      [0, 0.25, 0.5, 0.75, 1, 16383.75],
    ],
    // IEEE 754 halves: 1, -2, the largest, the smallest subnormal 2^-24, 0, 1/3 rounded
    [
      { dtype: "float16" },
      new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 1, 0, 0x3555).buffer),
      [1, -2, 65504, 2 ** -24, 0, 0.333251953125],
    ],
  ])("%j", async (quantization, bytes, expected) => {
    expect([...(await readSnapshot(quantized(quantization, bytes))).values.get("d/kernel")!]).toEqual(expected);
  });

  it("without a scale are refused", async () => {
    await expect(readSnapshot(quantized({ dtype: "uint8", min: 0 }, new Uint8Array(6)))).rejects.toThrow(
      "expected scale and min",
    );
  });
});
