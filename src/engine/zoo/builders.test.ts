import { describe, expect, it } from "vitest";
import { parametersOf, sizeOfShape } from "../core/network";
import { shapesOf } from "../ops/registry";
import { buildIds } from "./build-ids";
import { builders } from "./builders";
import { initializeValues } from "./initialize";

/** Of these the logits are a class for each pixel. */
const ofPixels: readonly string[] = ["unet-digit", "unet-digit/2"];

describe("builders", () => {
  it("gives every network ten logits, and unique names", () => {
    for (const id of buildIds) {
      const network = builders[id]();
      expect(network.name).toBe(id);
      expect(shapesOf(network).get(network.output)).toEqual(ofPixels.includes(id) ? [28, 28, 10] : [10]);
      expect(new Set(network.nodes.map((n) => n.id)).size).toBe(network.nodes.length);
    }
  });

  it("takes another input shape and class count", () => {
    for (const id of buildIds) {
      const network = builders[id]([32, 32, 3], 100);
      expect(shapesOf(network).get(network.output)).toEqual(ofPixels.includes(id) ? [32, 32, 100] : [100]);
    }
  });

  it("names layers readably", () => {
    expect(builders["cnn-s"]().nodes.map((n) => n.id)).toEqual([
      ...["input", "conv1", "conv1-bn", "conv1-relu", "pool1", "conv2", "conv2-bn", "conv2-relu", "pool2"],
      ...["conv3", "conv3-bn", "conv3-relu", "gap", "logits"],
    ]);
    expect(builders.resnet8().nodes.map((n) => n.id)).toContain("block2-proj");
  });

  it("pools lenet5c to 4 x 4 x 50 = 800 inputs of the first dense layer", () => {
    expect(builders.lenet5c().nodes.find((n) => n.id === "dense1")?.params.kernel?.shape).toEqual([800, 500]);
  });
});

describe("initializeValues", () => {
  it("fills every parameter, the same for the same seed", () => {
    const network = builders.resnet8();
    const values = initializeValues(network, 7);
    for (const { name, shape } of parametersOf(network)) expect(values.get(name)?.length).toBe(sizeOfShape(shape));
    expect(initializeValues(network, 7)).toEqual(values);
    expect(initializeValues(network, 8).get("conv1/kernel")).not.toEqual(values.get("conv1/kernel"));
  });

  it("has He's variance 2 / fanIn before relu and Glorot's limit at the logits", () => {
    const values = initializeValues(builders["mlp-300-100"](), 1);
    const kernel = values.get("dense1/kernel")!;
    const variance = kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length;
    expect(variance / (2 / 784)).toBeCloseTo(1, 1);
    const limit = Math.sqrt(6 / 110);
    const logits = values.get("logits/kernel")!;
    expect(Math.max(...logits.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...logits.map(Math.abs))).toBeGreaterThan(0.98 * limit);
    expect(values.get("logits/bias")!.every((b) => b === 0)).toBe(true);
  });

  it("does not move the other layers when one is added", () => {
    const small = initializeValues(builders["cnn-s"](), 3);
    const large = initializeValues(builders.resnet8(), 3);
    expect(small.get("conv1/kernel")).toEqual(large.get("conv1/kernel"));
  });
});
