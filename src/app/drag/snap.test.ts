import { describe, expect, it } from "vitest";
import { parseDocument } from "../../engine/document/document";
import { emptyDocument } from "../edits/default-document";
import { gridOf, nextMagnet, niceStep, snap, type Snapping, snapping, toPixels, toStep } from "./snap";

describe("steps and pixels", () => {
  it("go back and forth", () => expect(toStep(toPixels(470, 0.85), 0.85)).toBe(470));
  it("take the nearest step, and none before the first", () => expect([toStep(14, 4), toStep(-9, 4)]).toEqual([4, 0]));
});

describe("niceStep", () => {
  it.each([
    [0.2, 1],
    [1, 1],
    [1.5, 2],
    [3, 5],
    [9.4, 10],
    [10, 10],
    [11, 20],
    [84.7, 100],
    [1000, 1000],
    [1001, 2000],
  ])("at least %d is %d", (least, expected) => expect(niceStep(least)).toBe(expected));
  // 8 pixels at 0.85 pixels a step are 9.4 steps.
  it("makes the grid of a scale", () => expect([gridOf(0.85), gridOf(40)]).toEqual([10, 1]));
});

describe("snap", () => {
  const places: Snapping = { magnets: [0, 470, 940], grid: 10, reach: 8 };
  it("goes to a magnet in reach", () => expect([snap(463, places), snap(477.9, places)]).toEqual([470, 470]));
  it("goes to the grid elsewhere", () => expect([snap(484, places), snap(486, places)]).toEqual([480, 490]));
  it("is never before 0", () => expect(snap(0, places)).toBe(0));
  // A clip of 300 steps whose beginning is at 166 ends at 466, 4 from a magnet: it begins at 170.
  it("draws a moved clip by its other end too", () => expect(snap(166, places, 300)).toBe(170));
  // Begins at 3 (3 from 0), ends at 473 (3 from 470): both lead to 0.
  it("and by the nearer one", () => expect(snap(3, places, 470)).toBe(0));
  it("but does not push it before 0", () => expect(snap(2, { magnets: [90], grid: 10, reach: 8 }, 100)).toBe(0));
  it("finds the next magnet to both sides", () =>
    expect([nextMagnet(470, 1, places), nextMagnet(470, -1, places), nextMagnet(940, 1, places)]).toEqual([
      940, 0, 940,
    ]));
});

describe("snapping", () => {
  it("has the beginning and every end once, in order", () => {
    const clips = [
      { id: "a", block: "prune.magnitude", start: 100, steps: 400 },
      { id: "b", block: "quant.uniform-kbit", start: 500, steps: 0 },
    ];
    expect(snapping(parseDocument({ ...emptyDocument, clips }), 2)).toEqual({
      magnets: [0, 100, 500],
      grid: 5, // 8 pixels are 4 steps.
      reach: 4,
    });
  });
});
