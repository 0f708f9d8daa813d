import { describe, expect, it } from "vitest";
import { networkBuilder } from "../zoo/builder";
import { EngineError, fromErrorData, toErrorData } from "./errors";
import { consumersOf, nodeById, parametersOf, sizeOfShape, weightedNodes } from "./network";
import { checkSnapshot, plainSnapshot, valuesOf } from "./snapshot";

function residual() {
  const b = networkBuilder("residual", [4, 4, 1]);
  const x = b.conv2d(b.input, { filters: 2, kernelSize: 3, useBias: false });
  const y = b.batchNorm(x);
  return b.build(b.dense(b.globalAvgPool(b.add([x, y])), { units: 3 }));
}

describe("network", () => {
  it("lists parameters in node order, then role order", () => {
    expect(parametersOf(residual()).map((p) => p.name)).toEqual([
      "conv1/kernel",
      "conv1-bn/gamma",
      "conv1-bn/beta",
      "conv1-bn/movingMean",
      "conv1-bn/movingVariance",
      "dense1/kernel",
      "dense1/bias",
    ]);
  });

  it("weighted nodes are those with a kernel; consumers are counted once", () => {
    const network = residual();
    expect(weightedNodes(network).map((n) => n.id)).toEqual(["conv1", "dense1"]);
    expect(
      consumersOf(network)
        .get("conv1")!
        .map((n) => n.id),
    ).toEqual(["conv1-bn", "add1"]);
    expect(consumersOf(network).get("dense1")).toEqual([]);
    expect(() => nodeById(network, "conv9")).toThrow("expected a node of 'residual', got 'conv9'");
  });

  it("the size of [] is 1", () => {
    expect([sizeOfShape([]), sizeOfShape([3, 3, 2])]).toEqual([1, 18]);
  });
});

describe("checkSnapshot", () => {
  const values = () =>
    new Map(parametersOf(residual()).map(({ name, shape }) => [name, new Float32Array(sizeOfShape(shape))]));

  it("takes what fits", () => {
    expect(() => checkSnapshot(plainSnapshot(residual(), values()))).not.toThrow();
  });

  it.each([
    ["a parameter is missing", "shape-mismatch", (v: Map<string, Float32Array>) => v.delete("dense1/bias")],
    ["a size is wrong", "shape-mismatch", (v: Map<string, Float32Array>) => v.set("dense1/bias", new Float32Array(4))],
    [
      "a value is NaN",
      "invalid-file",
      (v: Map<string, Float32Array>) => v.set("dense1/bias", Float32Array.of(0, NaN, 0)),
    ],
  ])("refuses when %s", (_, code, spoil) => {
    const spoiled = values();
    spoil(spoiled);
    const snapshot = plainSnapshot(residual(), spoiled);
    expect(() => checkSnapshot(snapshot)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => checkSnapshot(snapshot)).toThrow("dense1/bias");
  });

  it("valuesOf names what is missing", () => {
    expect(() => valuesOf(plainSnapshot(residual(), new Map()), "a/kernel")).toThrow("'a/kernel'");
  });
});

describe("errors cross a thread as data", () => {
  it("and come back with code, clip and details", () => {
    const error = new EngineError("diverged", "expected a finite loss, got NaN", {
      clipId: "c1",
      details: { step: 3 },
    });
    const data = toErrorData(error);
    expect(structuredClone(data)).toEqual(data);
    expect(fromErrorData(data)).toMatchObject({
      code: "diverged",
      message: error.message,
      clipId: "c1",
      details: { step: 3 },
    });
  });

  it("anything else is internal", () => {
    expect(toErrorData(new RangeError("oh"))).toEqual({ code: "internal", message: "oh" });
    expect(toErrorData("oh")).toEqual({ code: "internal", message: "oh" });
  });
});
