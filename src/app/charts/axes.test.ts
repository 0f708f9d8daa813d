import { describe, expect, it } from "vitest";
import { scoreRange, rangeFromZero, ratioRange, stepRange } from "./axes";

describe("scoreRange", () => {
  it("is everything while there is nothing", () => {
    expect(scoreRange([])).toEqual({ domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] });
  });

  it("fits the data with some air and ends at ticks", () => {
    // 0.84 to 0.91 spans 0.07; 12 % of it is 0.0084 on each side: 0.8316 to 0.9184, in steps of 0.02.
    const { domain, ticks } = scoreRange([0.91, 0.84]);
    expect(domain[0]).toBeCloseTo(0.82);
    expect(domain[1]).toBeCloseTo(0.92);
    expect(ticks).toEqual([0.82, 0.84, 0.86, 0.88, 0.9, 0.92]);
  });

  it("spans two points in a hundred at least", () => {
    // 0.90 alone: 0.89 to 0.91 and 0.0024 of air; steps of 0.005.
    const { domain } = scoreRange([0.9]);
    expect(domain[0]).toBeCloseTo(0.885);
    expect(domain[1]).toBeCloseTo(0.915);
  });

  it("is never below 0 or above 1", () => {
    expect(scoreRange([0, 1]).domain).toEqual([0, 1]);
    expect(scoreRange([0.999]).domain[1]).toBe(1);
  });
});

describe("ratioRange", () => {
  it("shows 1x to 8x at least", () => {
    expect(ratioRange([]).ticks).toEqual([1, 2, 4, 8]);
    expect(ratioRange([1, 2.5]).ticks).toEqual([1, 2, 4, 8]);
  });

  it("goes to the power of two above the largest, with room for its dot", () => {
    // 1.12 * 36.3 = 40.7, and 1.12 * 15 = 16.8 is above 16.
    expect(ratioRange([1, 36.3]).ticks).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(ratioRange([1, 15]).domain[1]).toBe(32);
  });

  it("leaves out every second tick where there are many", () => {
    expect(ratioRange([1, 400]).ticks).toEqual([1, 4, 16, 64, 256]);
  });

  it("shows what got larger", () => {
    const { domain, ticks } = ratioRange([0.7]);
    expect(ticks[0]).toBe(0.5);
    expect(domain[0]).toBeCloseTo(0.45);
  });
});

describe("stepRange", () => {
  it("ends at the last step", () => {
    expect(stepRange(940)).toEqual({ domain: [0, 940], ticks: [0, 200, 400, 600, 800] });
  });
  it("has whole steps", () => {
    expect(stepRange(2).ticks).toEqual([0, 1, 2]);
    expect(stepRange(0).domain).toEqual([0, 1]);
  });
});

describe("rangeFromZero", () => {
  it.each([
    [2.3, [0, 1, 2]],
    [0.31, [0, 0.1, 0.2, 0.3]],
    [0, [0, 0.5, 1]],
  ])("of %s has ticks %j", (largest, ticks) => {
    expect(rangeFromZero(largest).ticks).toEqual(ticks);
  });
});
