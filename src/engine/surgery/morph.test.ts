import { beforeAll, describe, expect, it } from "vitest";
import * as tf from "@tensorflow/tfjs-core";
import { parametersOf } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { networkBuilder } from "../zoo/builder";
import { builders } from "../zoo/builders";
import { livelySnapshot, logitsOf, randomInput } from "./check.testing";
import { addLayer, moveBlock, placesForLayers } from "./morph";
import { residualBlocks } from "./remove-block";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** The largest difference of logits, as a fraction of the largest logit. */
function change(before: Snapshot, after: Snapshot): number {
  const x = randomInput(before.network);
  const [a, b] = [logitsOf(before, x), logitsOf(after, x)];
  const scale = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / scale;
}

function convolutions(batchNorm: boolean) {
  const b = networkBuilder("two", [6, 6, 2]);
  const unit = (from: string, filters: number, id: string) => {
    const conv = b.conv2d(from, { filters, kernelSize: 3, useBias: !batchNorm }, id);
    return b.activation(batchNorm ? b.batchNorm(conv) : conv);
  };
  const x = unit(unit(b.input, 3, "conv1"), 4, "conv2");
  return livelySnapshot(b.build(b.dense(b.globalAvgPool(x), { units: 3 }, "logits")));
}

describe("adding a layer keeps the function", () => {
  it.each([true, false])("with batch normalization: %s", (batchNorm) => {
    const before = convolutions(batchNorm);
    expect(placesForLayers(before.network)).toEqual(["conv1-relu", "conv2-relu"]);
    for (const place of placesForLayers(before.network)) {
      const { snapshot, id } = addLayer(before, place, 5);
      expect(id).toBe(`${place}-added`);
      expect(change(before, snapshot)).toBeLessThanOrEqual(1e-5);
    }
  });

  it("a residual block `x + 0 * norm(conv(x))` costs its kernel and its normalization", () => {
    const before = convolutions(true);
    const { snapshot } = addLayer(before, "conv1-relu", 5);
    const count = ({ network }: Snapshot) =>
      parametersOf(network).reduce((n, p) => n + p.shape.reduce((a, b) => a * b, 1), 0);
    // 3x3 of 3 to 3 channels, and gamma, beta, mean, variance.
    expect(count(snapshot) - count(before)).toBe(9 * 3 * 3 + 4 * 3);
    expect([...snapshot.values.get("conv1-relu-added-bn/gamma")!]).toEqual([0, 0, 0]);
    expect(residualBlocks(snapshot.network).map(({ id }) => id)).toEqual(["conv1-relu-added-add"]);
  });

  it("one after another, at the same place", () => {
    const before = convolutions(false);
    const twice = addLayer(addLayer(before, "conv1-relu", 1).snapshot, "conv1-relu", 2);
    expect(twice.id).toBe("conv1-relu-added2");
    expect(change(before, twice.snapshot)).toBeLessThanOrEqual(1e-5);
  });

  it.each(["lenet5c", "cnn-m", "resnet8", "mobile-t"] as const)("in %s, at every place", (name) => {
    const before = livelySnapshot(builders[name]());
    const places = placesForLayers(before.network);
    expect(places.length).toBeGreaterThan(0);
    const middle = places[Math.floor(places.length / 2)]!;
    expect(change(before, addLayer(before, middle, 3).snapshot)).toBeLessThanOrEqual(1e-5);
  });

  it("a place that is none is refused, with those that are", () => {
    expect(() => addLayer(convolutions(true), "logits", 1)).toThrow(
      "expected a rectified image to add a layer behind (conv1-relu, conv2-relu), got 'logits'",
    );
  });
});

it("a block moves: where it was the skip is left, where it goes nothing changes, and its kernel goes with it", () => {
  const plain = convolutions(true);
  const kernel = Float32Array.from({ length: 81 }, (_, i) => i / 81);
  const { snapshot } = addLayer(plain, "conv1-relu", 5);
  const values = new Map([...snapshot.values, ["conv1-relu-added/kernel", kernel]]);
  const moved = moveBlock({ ...snapshot, values }, "conv1-relu-added-add", "conv1-relu", 9);
  expect(change(plain, moved)).toBeLessThanOrEqual(1e-5);
  expect(moved.values.get("conv1-relu-added/kernel")).toBe(kernel);
  // Four channels there: nothing to inherit.
  const elsewhere = moveBlock({ ...snapshot, values }, "conv1-relu-added-add", "conv2-relu", 9);
  expect(elsewhere.values.get("conv2-relu-added/kernel")).toHaveLength(9 * 4 * 4);
  expect(change(plain, elsewhere)).toBeLessThanOrEqual(1e-5);
});
