import { describe, expect, it } from "vitest";
import { finalLearningRateFraction, learningRateFactor, learningRateSchedules } from "./learning-rate";

describe("learningRateFactor", () => {
  it.each([
    ["constant", 0.7, 1],
    // 0.05 + 0.95 (1 + cos(pi p)) / 2 (Loshchilov and Hutter 2017)
    ["cosine", 0, 1],
    ["cosine", 0.5, 0.525],
    ["cosine", 1 / 3, 0.05 + 0.95 * 0.75],
    ["cosine", 1, 0.05],
    // 1 - 0.95 p
    ["linear", 0, 1],
    ["linear", 0.5, 0.525],
    ["linear", 0.9, 0.145],
    ["step", 0.49, 1],
    ["step", 0.5, 0.1],
    ["step", 0.74, 0.1],
    ["step", 0.75, 0.05],
  ] as const)("%s at %d is %d", (schedule, progress, factor) => {
    expect(learningRateFactor(schedule, progress)).toBeCloseTo(factor, 12);
  });

  it.each(learningRateSchedules)("%s never rises, and stays in [0.05, 1], beyond the phase too", (schedule) => {
    let last = 1;
    for (let p = -0.2; p <= 1.2; p += 0.05) {
      const factor = learningRateFactor(schedule, p);
      expect(factor).toBeLessThanOrEqual(last + 1e-12);
      expect(factor).toBeGreaterThanOrEqual(finalLearningRateFraction - 1e-12);
      last = factor;
    }
  });
});
