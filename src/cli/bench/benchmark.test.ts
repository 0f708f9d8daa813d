import { describe, expect, it } from "vitest";
import { fittedExponent, meetsGoal, median, overRounds } from "./benchmark";

const figure = { name: "f", unit: "ratio" };

describe("figures", () => {
  it("median and spread of rounds", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([1, 2, 3, 4])).toBe(3);
    expect(overRounds([5, 9, 7])).toEqual({ value: 7, spread: [5, 9] });
  });

  it("meets a goal at its bound, misses it beyond, and misses nothing where there is no figure", () => {
    expect(meetsGoal({ ...figure, value: 50, goal: { atLeast: 50 } })).toBe(true);
    expect(meetsGoal({ ...figure, value: 49.9, goal: { atLeast: 50 } })).toBe(false);
    expect(meetsGoal({ ...figure, value: 1.16, goal: { atMost: 1.15 } })).toBe(false);
    expect(meetsGoal({ ...figure, value: null, goal: { atLeast: 50 } })).toBe(true);
    expect(meetsGoal({ ...figure, value: 0 })).toBe(true);
  });

  it("finds the exponent of a power law", () => {
    const sizes = [16, 32, 64, 128];
    expect(fittedExponent(sizes.map((x) => [x, 3 * x]))).toBeCloseTo(1, 10);
    expect(fittedExponent(sizes.map((x) => [x, 0.5 * x ** 2]))).toBeCloseTo(2, 10);
    // 7 at every size does not grow.
    expect(fittedExponent(sizes.map((x) => [x, 7]))).toBeCloseTo(0, 10);
  });
});
