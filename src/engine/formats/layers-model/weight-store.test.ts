import { describe, expect, it } from "vitest";
import {
  type TestWeight,
  functional,
  inputLayer,
  layer,
  modelFile,
  readSnapshot,
  tinyDense,
  tinyWeights,
} from "./model-json.testing";
import { readLayersModel } from "./read";

describe("weights that do not fit", () => {
  const file = (weights: TestWeight[]) => modelFile(tinyDense(), weights);
  const [kernel, bias] = tinyWeights() as [TestWeight, TestWeight];
  it.each([
    [
      "invalid-file",
      "layer 'd' (Dense): expected a weight 'bias' [3], got none; weights without a layer: none",
      [kernel],
    ],
    [
      "invalid-file",
      "expected a layer for every weight, got 1 without one: e/kernel",
      [kernel, bias, { name: "e/kernel", shape: [1] }],
    ],
    [
      "shape-mismatch",
      "layer 'd' (Dense): expected weight 'd/kernel' [2, 3], got [3, 2]",
      [{ ...kernel, shape: [3, 2] }, bias],
    ],
    [
      "invalid-file",
      "weight 'd/bias': expected finite values, got NaN at index 1",
      [kernel, { ...bias, values: [0, NaN, 0] }],
    ],
    [
      "invalid-file",
      "weight 'd/bias': expected finite values, got -Infinity at index 2",
      [kernel, { ...bias, values: [0, 0, -Infinity] }],
    ],
    ["invalid-file", "expected weights of different names, got 'd/bias' twice", [kernel, bias, bias]],
    [
      "invalid-file",
      "layer 'd': expected one weight 'bias', got a/d/bias, b/d/bias",
      [kernel, { ...bias, name: "a/d/bias" }, { ...bias, name: "b/d/bias" }],
    ],
  ])("%s: %s", async (code, message, weights) => {
    await expect(readSnapshot(file(weights))).rejects.toMatchObject({ code, message });
  });

  it("shards that are too short or too long, and shapes beyond them, are refused without allocating", async () => {
    const { json, bytes } = file([kernel, bias]);
    await expect(readSnapshot({ json, bytes: bytes.subarray(0, -1) })).rejects.toMatchObject({
      code: "truncated-file",
      message: expect.stringContaining("'w.bin': expected 36 bytes up to weight 'd/bias' [3], got 35") as string,
    });
    await expect(readSnapshot({ json, bytes: Uint8Array.from([...bytes, 0]) })).rejects.toThrow(
      "expected 36 bytes for 2 weights, got 37",
    );
    const huge = file([{ ...kernel, shape: [2 ** 31, 2 ** 31], values: [] }, bias]);
    await expect(readSnapshot(huge)).rejects.toMatchObject({ code: "truncated-file" });
  });

  it("joins shards, and passes the optimizer's weights over", async () => {
    const { json, bytes } = file([kernel, bias, { name: "adam/m", shape: [2] }]);
    json.weightsManifest[0]!.weights[2]!.group = "optimizer";
    json.weightsManifest[0]!.paths.push("w2.bin");
    const shards = new Map([
      ["w.bin", bytes.subarray(0, 13)],
      ["w2.bin", bytes.subarray(13)],
    ]);
    const { snapshot } = await readLayersModel(json, (path) => Promise.resolve(shards.get(path)!));
    expect(snapshot.values.get("d/bias")).toEqual(Float32Array.of(0, 0.1, 0.2));
  });

  it("a negative variance is refused", async () => {
    const topology = functional([
      inputLayer([2]),
      layer("BatchNormalization", "b", { center: false, scale: false }, "in"),
    ]);
    const weights = [
      { name: "b/moving_mean", shape: [2] },
      { name: "b/moving_variance", shape: [2], values: [1, -1] },
    ];
    await expect(readSnapshot(modelFile(topology, weights))).rejects.toThrow(
      "variances of at least 0 in 'b/movingVariance', got -1 at index 1",
    );
  });
});
