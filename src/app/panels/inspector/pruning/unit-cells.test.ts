import { describe, expect, it } from "vitest";
import { mostCells, placeAfter, shownUnits } from "./unit-cells";

describe("which units are shown", () => {
  it("all of a small group, by their numbers", () => expect(shownUnits(Float32Array.of(3, 1, 2))).toEqual([0, 1, 2]));
  it("the lowest scores of a large one, lowest first", () => {
    const scores = Float32Array.from({ length: 200 }, (_, unit) => 200 - unit);
    const shown = shownUnits(scores);
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([mostCells, 199, 104]);
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
