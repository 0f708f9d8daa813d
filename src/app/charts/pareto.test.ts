import { describe, expect, it } from "vitest";
import { outcomeOf, paretoFront, staircase } from "./pareto";

const point = (compressionRatio: number, accuracy: number) => ({ compressionRatio, accuracy });

describe("paretoFront", () => {
  it.each([
    ["nothing of nothing", [], []],
    ["what is best in one", [point(1, 0.92), point(8, 0.9)], [point(1, 0.92), point(8, 0.9)]],
    // 4x at 0.89 loses to 8x at 0.90 in both.
    ["none that is beaten in both", [point(4, 0.89), point(8, 0.9), point(1, 0.92)], [point(1, 0.92), point(8, 0.9)]],
    [
      "none that is beaten in one and equal in the other",
      [point(8, 0.9), point(8, 0.91), point(4, 0.91)],
      [point(8, 0.91)],
    ],
    ["one of two that are equal", [point(8, 0.9), point(8, 0.9)], [point(8, 0.9)]],
  ])("keeps %s", (_, all, front) => {
    expect(paretoFront(all)).toEqual(front);
  });
});

describe("staircase", () => {
  it("falls where the better one ends, then goes right", () => {
    expect(staircase([point(1, 0.92), point(8, 0.9), point(20, 0.8)])).toEqual([
      point(1, 0.92),
      point(1, 0.9),
      point(8, 0.9),
      point(8, 0.8),
      point(20, 0.8),
    ]);
  });
});

it("takes for a run's outcome its last point that was tested on all images", () => {
  const [original, pruned, between] = [{ testImages: 2000 }, { testImages: 2000 }, { testImages: 1000 }];
  expect(outcomeOf([original, between, pruned, between])).toBe(pruned);
  expect(outcomeOf([original, between])).toBeUndefined();
  expect(outcomeOf([original])).toBeUndefined();
  expect(outcomeOf([])).toBeUndefined();
});
