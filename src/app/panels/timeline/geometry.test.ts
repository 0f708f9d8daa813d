import { describe, expect, it } from "vitest";
import { emptyDocument } from "../../edits/default-document";
import { extentOf, fitScale, instantPixels, laneRows, leastClipPixels, stepsPerEpoch, ticks } from "./geometry";

const extent = (from: number, to: number) => ({ from, to });

describe("laneRows", () => {
  it.each([
    ["one after the other share a row", [extent(0, 10), extent(10, 20)], [0, 0]],
    ["an overlap opens a second row", [extent(0, 10), extent(5, 15)], [0, 1]],
    ["the first free row is taken", [extent(0, 10), extent(5, 15), extent(10, 20)], [0, 1, 0]],
    ["three at once", [extent(0, 9), extent(0, 9), extent(0, 9)], [0, 1, 2]],
    ["what comes earlier in the document stays where it is", [extent(20, 30), extent(0, 25)], [0, 1]],
    ["nothing", [], []],
  ])("%s", (_, extents, rows) => expect(laneRows(extents)).toEqual(rows));
});

describe("extentOf", () => {
  it("is as long as the steps", () => expect(extentOf({ start: 100, steps: 400 }, 0.5)).toEqual(extent(50, 250)));
  it("leaves something to take hold of", () =>
    expect(extentOf({ start: 100, steps: 2 }, 0.5)).toEqual(extent(50, 50 + leastClipPixels)));
  it("gives an instant room for its words", () =>
    expect(extentOf({ start: 100, steps: 0 }, 0.5)).toEqual(extent(50, 50 + instantPixels)));
});

describe("fitScale", () => {
  // 1000 - 76 of names - 14 before step 0 - 36 behind = 874 pixels.
  it("lays the last end near the right edge", () => expect(fitScale([{ start: 0, steps: 437 }], 1000)).toBe(2));
  // 874 - 150 of words + the 36 behind = 760.
  it("leaves room for the words of an instant at the end", () =>
    expect(fitScale([{ start: 380, steps: 0 }], 1000)).toBe(2));
  it("takes the tightest of all", () =>
    expect(
      fitScale(
        [
          { start: 0, steps: 437 },
          { start: 0, steps: 874 },
        ],
        1000,
      ),
    ).toBe(1));
  it("shows a thousand steps of an empty timeline", () => expect(fitScale([], 1000)).toBe(0.874));
  it("is some scale even where there is no room", () => expect(fitScale([{ start: 0, steps: 100 }], 0)).toBe(1));
});

describe("ticks", () => {
  // 72 pixels at 0.9 a step are 80 steps: every 100.
  it("are round and legible", () => expect(ticks(350, 0.9)).toEqual([0, 100, 200, 300]));
  it("include the last where it is round", () => expect(ticks(200, 0.9)).toEqual([0, 100, 200]));
  it("are every step where there is room", () => expect(ticks(3, 80)).toEqual([0, 1, 2, 3]));
});

describe("stepsPerEpoch", () => {
  const { training, dataset } = emptyDocument;
  // 1000 / 64 = 15.6
  it("counts the last, smaller batch", () =>
    expect(stepsPerEpoch({ training: { ...training, batchSize: 64 }, dataset: { ...dataset, train: 1000 } })).toBe(16));
  it("is unknown where all images are used", () =>
    expect(stepsPerEpoch({ training, dataset: { id: "fashion-mnist", normalize: "none" } })).toBeNull());
});
