import { describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { removeChannels } from "../surgery/remove-channels";
import { fourFilters } from "../blocks/shared/pruning/pruning.testing";
import { networkBuilder } from "../zoo/builder";
import { composeKept, removesAnything, traceLayers } from "./decisions";

/** `logits` reads three inputs and makes two outputs; row by row. */
function dense(weights: readonly number[]): Snapshot {
  const b = networkBuilder("dense", [3]);
  const network = b.build(b.dense(b.input, { units: 2, useBias: false }, "logits"));
  return plainSnapshot(network, new Map([["logits/kernel", Float32Array.from(weights)]]));
}

const masked = (snapshot: Snapshot, mask: readonly number[]): Snapshot => ({
  ...snapshot,
  states: new Map([["logits/kernel", { mask: Uint8Array.from(mask) }]]),
});

describe("single weights", () => {
  const before = masked(dense([0.5, -4, 0.25, 2, -1, 3]), [1, 1, 1, 1, 1, 0]);
  const after = masked(before, [0, 1, 0, 1, 0, 0]);
  const [layer] = traceLayers(before, after, new Map());

  it("of five that were there three go; one that was gone counts no more", () => {
    expect(layer!.weights).toEqual({ before: 5, removed: 3 });
  });

  it("an output that lost all its weights is gone", () => {
    // The first column is 0.5, 0.25, -1.
    expect([...layer!.units.removed]).toEqual([0]);
    expect(layer!.units.before).toBe(2);
  });

  it("the histogram parts at the threshold", () => {
    const { largest, kept, removed, threshold } = layer!.picture!.histogram;
    expect([largest, threshold]).toEqual([4, 1]);
    // 48 bins of 1/12: 0.25 is in bin 3, 0.5 in 6, 1 in 12, 2 in 24, 4 in the last.
    expect([3, 6, 12].map((bin) => removed[bin])).toEqual([1, 1, 1]);
    expect([24, 47].map((bin) => kept[bin])).toEqual([1, 1]);
    expect([...kept, ...removed].reduce((sum, n) => sum + n, 0)).toBe(5);
  });

  it("there is no threshold where something smaller stays", () => {
    const [other] = traceLayers(before, masked(before, [1, 0, 1, 1, 1, 0]), new Map());
    expect(other!.picture!.histogram.threshold).toBeNull();
  });

  it("the map has a cell for each weight of a small kernel, in shares of the largest", () => {
    const { rows, columns, largest, before: old, after: now, removed } = layer!.picture!.map;
    expect([rows, columns, largest]).toEqual([3, 2, 4]);
    // 255 * |w| / 4
    expect([...old]).toEqual([32, 255, 16, 128, 64, 0]);
    expect([...now]).toEqual([0, 255, 0, 128, 0, 0]);
    expect([...removed]).toEqual([255, 0, 255, 0, 255, 0]);
  });

  it("a filter that a block sets to zero is gone like a masked one", () => {
    const zeroed = { ...before, values: new Map([["logits/kernel", Float32Array.of(0, -4, 0, 2, 0, 3)]]) };
    expect(traceLayers(before, zeroed, new Map())[0]).toEqual(layer);
  });
});

describe("units", () => {
  it("go with the layer that makes them, and their weights in the one that reads them", () => {
    const before = fourFilters();
    const { snapshot, kept } = removeChannels(before, new Map([["conv", [3, 0]]]));
    const [conv, logits] = traceLayers(before, snapshot, kept);
    // Filters #0 [3, 0, 0, 0] and #3 [0.5, 0.5, 0.5, 0.5]: five of the eleven weights that are not zero.
    expect(conv).toMatchObject({ layer: "conv", weights: { before: 11, removed: 5 }, units: { before: 4 } });
    expect([...conv!.units.removed]).toEqual([0, 3]);
    // Two of four rows of ones.
    expect(logits).toMatchObject({ weights: { before: 8, removed: 4 } });
    expect(logits!.units.removed).toHaveLength(0);
  });

  it("one that was zero already is gone when it is cut out", () => {
    const base = fourFilters();
    const kernel = base.values.get("conv/kernel")!.map((w, i) => (i % 4 === 1 ? 0 : w));
    const before = { ...base, values: new Map(base.values).set("conv/kernel", kernel) };
    const { snapshot, kept } = removeChannels(before, new Map([["conv", [1]]]));
    const [conv] = traceLayers(before, snapshot, kept);
    expect([...conv!.units.removed]).toEqual([1]);
    expect([conv!.weights.removed, conv!.picture]).toEqual([0, null]);
  });

  it("two cuts one after the other are one cut", () => {
    const before = fourFilters();
    const first = removeChannels(before, new Map([["conv", [1]]]));
    const second = removeChannels(first.snapshot, new Map([["conv", [2]]]));
    const both = removeChannels(before, new Map([["conv", [1, 3]]]));
    const layers = traceLayers(before, second.snapshot, composeKept(first.kept, second.kept));
    expect(layers).toEqual(traceLayers(before, both.snapshot, both.kept));
    expect([...layers[0]!.units.removed]).toEqual([1, 3]);
  });
});

describe("what is no decision", () => {
  it("the same network: nothing goes", () => {
    const before = fourFilters();
    const layers = traceLayers(before, before, new Map());
    expect(removesAnything(layers)).toBe(false);
    expect(layers.map(({ picture }) => picture)).toEqual([null, null]);
  });

  it("another network: nothing to compare", () => {
    expect(traceLayers(dense([1, 2, 3, 4, 5, 6]), fourFilters(), new Map())).toEqual([]);
  });

  it("a large kernel is shown in 64 by 64 cells", () => {
    const b = networkBuilder("wide", [130]);
    const network = b.build(b.dense(b.input, { units: 100, useBias: false }, "logits"));
    const values = new Map([["logits/kernel", new Float32Array(13_000).fill(1)]]);
    const before = plainSnapshot(network, values);
    const [layer] = traceLayers(
      before,
      { ...before, values: new Map([["logits/kernel", Float32Array.from({ length: 13_000 }, (_, i) => i % 2)]]) },
      new Map(),
    );
    const { rows, columns, before: old, removed } = layer!.picture!.map;
    expect([rows, columns, new Set(old).size]).toEqual([64, 64, 1]);
    // Cells of one column are of an even one, that went, or an odd one; those of two are half gone.
    expect([...new Set(removed)].sort((x, y) => x - y)).toEqual([0, 128, 255]);
  });
});
