import { describe, expect, it } from "vitest";
import { layerRows, nextSorting, sorted, totalsOf } from "./layer-rows";
import { tensor } from "../../charts/layers.testing";

const before = [tensor("a/kernel", [3, 3, 1, 10], 360, 90), tensor("b/kernel", [10, 10], 400, 100)];
const now = [tensor("a/kernel", [3, 3, 1, 10], 360, 90), tensor("b/kernel", [10, 10], 40, 25, "bitmap + 4-bit codes")];
// 360 + 40 bytes of weights and 16 of activation quantizers.
const rows = layerRows(before, now, 416);

describe("layerRows", () => {
  it("tells what became of each layer", () => {
    expect(rows[1]).toEqual({
      id: "b",
      op: "dense",
      shape: [10, 10],
      parameters: 100,
      nonZero: 25,
      sparsity: 0.75,
      codec: "bitmap + 4-bit codes",
      bits: 4,
      before: 400,
      now: 40,
      ratio: 10,
      share: 40 / 416,
      gone: false,
    });
  });

  it("shows a layer that is gone with nothing left of it", () => {
    expect(layerRows(before, now.slice(0, 1), 360)[1]).toMatchObject({
      id: "b",
      gone: true,
      before: 400,
      now: 0,
      ratio: null,
    });
  });
});

it("adds up to the file, with what the activations take", () => {
  expect(totalsOf(rows, 416)).toEqual({
    parameters: 190,
    nonZero: 115,
    sparsity: 1 - 115 / 190,
    before: 760,
    now: 416,
    ratio: 760 / 416,
    activations: 16,
  });
  expect(totalsOf(layerRows(null, now, 400), 400)).toMatchObject({ before: null, ratio: null });
});

describe("sorting", () => {
  it("goes down for figures, then up, then back to the network's own order", () => {
    const down = nextSorting(null, "now");
    expect(sorted(rows, down).map(({ id }) => id)).toEqual(["a", "b"]);
    const up = nextSorting(down, "now");
    expect(sorted(rows, up).map(({ id }) => id)).toEqual(["b", "a"]);
    expect(nextSorting(up, "now")).toBeNull();
    expect(sorted(rows, null)).toBe(rows);
  });

  it("goes up for words first", () => {
    expect(nextSorting(null, "id")).toEqual({ key: "id", down: false });
  });
});
