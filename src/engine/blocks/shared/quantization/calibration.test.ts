import { describe, expect, it } from "vitest";
import { uniformLevels } from "../../../core/effective";
import { activationQuantizer, bestClip, percentile, symmetricClip, symmetricError } from "./calibration";

const f32 = (...values: number[]) => Float32Array.from(values);

describe("percentile, with linear interpolation", () => {
  it.each([
    ["0..100, 99 %", Array.from({ length: 101 }, (_, i) => i), 99, 99],
    // place 0.9 * 4 = 3.6: 0.4 + 0.6 (10 - 0.4)
    ["one outlier, 90 %", [0.1, 0.2, 0.3, 0.4, 10], 90, 6.16],
    ["100 % is the largest", [1, 5], 100, 5],
    ["0 % is the smallest", [1, 5], 0, 1],
    ["of one value", [3], 50, 3],
  ])("%s", (_, sorted, p, expected) => {
    expect(percentile(sorted, p)).toBeCloseTo(expected, 12);
  });
});

describe("least squared error", () => {
  // Levels -3 .. 3, the grid 0.5, 0.75, .. 4.
  const x = [-1, -0.5, -0.25, 0, 0.25, 0.5, 1, 4];
  const clips = Array.from({ length: 15 }, (_, i) => 0.5 + 0.25 * i);
  const meanError = (clip: number) => symmetricError(x, clip, uniformLevels(3)) / x.length;

  it("clips 4 to 3.75: MSE 0.1015625 instead of 0.105903", () => {
    expect(bestClip(clips, meanError)).toBe(3.75);
    expect(meanError(3.75)).toBe(0.1015625);
    expect(meanError(4)).toBeCloseTo(0.105903, 6);
    expect(meanError(0.5)).toBeCloseTo(1.595486, 6);
  });

  it("ties take the larger clip", () => {
    expect(bestClip([1, 2, 3], () => 5)).toBe(3);
    expect(bestClip([1, 2, 3], (c) => (c === 3 ? 1 : 0))).toBe(2);
  });
});

describe("symmetricClip, as a fraction of the largest magnitude", () => {
  const weights = f32(-1, -0.5, -0.25, 0, 0.25, 0.5, 1, 4);

  it("minmax takes all", () => {
    expect(symmetricClip(weights, 3, "minmax", 99)).toBe(1);
  });

  it("percentile does not count zeros: of 0.25, 0.25, 0.5, 0.5, 1, 1, 4 half are below 0.5", () => {
    expect(symmetricClip(weights, 3, "percentile", 50)).toBeCloseTo(0.5 / 4, 12);
    expect(symmetricClip(f32(0, 0, 0), 3, "percentile", 99)).toBe(1);
  });

  it("mse: no clip of its grid (0.2 .. 1 in 100 steps) is better", () => {
    const best = symmetricClip(weights, 3, "mse", 99);
    const error = (fraction: number) => symmetricError(weights, fraction * 4, 3);
    expect(best).toBeGreaterThan(0.2);
    expect(best).toBeLessThan(1);
    for (let k = 1; k <= 100; k++) expect(error(best)).toBeLessThanOrEqual(error(0.2 + 0.008 * k));
  });
});

describe("activationQuantizer", () => {
  const sample = (...values: number[]) => ({
    min: Math.min(...values),
    max: Math.max(...values),
    values: f32(...values),
  });

  it("minmax: [-1.02, 1.98] at 8 bits has Z = 87 (Jacob et al. 2018)", () => {
    const quantizer = activationQuantizer(sample(-1.02, 0, 1.98), 8, "minmax", 99);
    expect(quantizer).toEqual({ kind: "affine", bits: 8, scale: Math.fround(Math.fround(3) / 255), zeroPoint: 87 });
  });

  it("percentile cuts both ends: 0..100 at 99 %: [1, 99] and 0 made part of it", () => {
    const { scale, zeroPoint } = activationQuantizer(
      sample(...Array.from({ length: 101 }, (_, i) => i)),
      8,
      "percentile",
      99,
    );
    expect(scale).toBeCloseTo(99 / 255, 6);
    expect(zeroPoint).toBe(0);
  });

  it("mse clips a lone outlier, minmax does not", () => {
    const values = [...Array.from({ length: 200 }, (_, i) => i / 200), 8];
    const mse = activationQuantizer(sample(...values), 3, "mse", 99);
    const minmax = activationQuantizer(sample(...values), 3, "minmax", 99);
    expect(mse.scale).toBeLessThan(0.8 * minmax.scale);
  });

  it("a sample without values falls back to its ends", () => {
    expect(activationQuantizer({ min: 0, max: 3, values: f32() }, 2, "mse", 99)).toEqual({
      kind: "affine",
      bits: 2,
      scale: 1,
      zeroPoint: 0,
    });
  });
});
