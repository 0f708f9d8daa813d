import { describe, expect, it } from "vitest";
import { mostCells, placeAfter, shownUnits } from "./unit-cells";

describe("which units are shown", () => {
  it("all of a small group, by their numbers", () =>
    expect(shownUnits(Float32Array.of(3, 1, 2), 1)).toEqual([0, 1, 2]));
  it.each([
    // 48 before the decision and 48 behind it, as far as there are so many.
    [0, 1, 96],
    [100, 53, 148],
    [190, 105, 200],
  ])("of a large one, of which %d go, those with scores %d to %d", (going, first, last) => {
    const scores = Float32Array.from({ length: 200 }, (_, unit) => 200 - unit);
    const shown = shownUnits(scores, going).map((unit) => scores[unit]);
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([mostCells, first, last]);
  });
});

describe("keys", () => {
  // Ten cells in rows of four.
  it.each([
    ["ArrowRight", 3, 4],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 5, 9],
    ["ArrowDown", 7, 7],
    ["ArrowUp", 5, 1],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["Tab", 5, undefined],
  ])("%s from %d leads to %s", (key, at, to) => expect(placeAfter(key, at, 10, 4)).toBe(to));
});
