import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMask, roundHalfEven, uniformLevels } from "../core/effective";
import { codebookIndices } from "./weights/codebook";
import {
  dequantizeUniform,
  refreshScales,
  uniformCodes,
  uniformScales,
  type UniformQuantizer,
} from "./weights/uniform";
import { effectiveValues } from "./effective";

const f32 = (...values: number[]) => Float32Array.from(values);

function uniform(weights: Float32Array, bits: number, clips = f32(1)): UniformQuantizer {
  const granularity = clips.length === 1 ? "tensor" : "channel";
  return refreshScales(weights, { kind: "uniform", bits, granularity, clips, scales: clips });
}

describe("roundHalfEven", () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [2.4999999, 2],
    [2.5000001, 3],
    [-2.4999999, -2],
    [-2.5000001, -3],
    [7, 7],
    [0, 0],
  ])("%d -> %d", (x, expected) => {
    expect(roundHalfEven(x) + 0).toBe(expected + 0);
  });

  it("is the nearest integer, the even one on a tie", () => {
    fc.assert(
      fc.property(fc.integer({ min: -4000, max: 4000 }), (n) => {
        const x = n / 8; // An eighth in four is a tie.
        const r = roundHalfEven(x);
        const distance = Math.abs(r - x);
        return distance < 0.5 || (distance === 0.5 && r % 2 === 0);
      }),
    );
  });
});

describe("symmetric uniform quantizer (Krishnamoorthi 2018)", () => {
  it.each([
    [2, 1],
    [4, 7],
    [8, 127],
  ])("%i bits have levels up to %i", (bits, levels) => {
    expect(uniformLevels(bits)).toBe(levels);
  });

  it("8 bits, max |w| = 0.8: S = 0.8 / 127 = 0.00629921, 0.33 / S = 52.39 -> 52 -> 0.327559", () => {
    const weights = f32(0.8, 0.33);
    const { codes, scales } = uniformCodes(weights, uniform(weights, 8));
    expect(scales[0]).toBeCloseTo(0.00629921, 8);
    expect([...codes]).toEqual([127, 52]);
    expect(dequantizeUniform({ codes, scales })[1]).toBeCloseTo(0.327559, 6);
  });

  it("4 bits: the scale is max / 7", () => {
    expect([...uniformScales(f32(0.35, -0.7), f32(1), 4)]).toEqual([Math.fround(Math.fround(0.7) / 7)]);
  });

  it("2 bits leave -S, 0 and S; a half goes to the even code 0", () => {
    const weights = f32(-1, -0.5, -0.51, 0.2, 0.5, 1);
    expect([...uniformCodes(weights, uniform(weights, 2)).codes]).toEqual([-1, 0, -1, 0, 0, 1]);
  });

  it("one scale each: weight i is in group i % groups", () => {
    // Channels (2, 1) and (4, -4); at 3 bits L = 3: scales 2/3 and 4/3.
    const weights = f32(2, 4, 1, -4);
    const quantizer = uniform(weights, 3, f32(1, 1));
    expect([...quantizer.scales]).toEqual([Math.fround(2 / 3), Math.fround(4 / 3)]);
    expect([...uniformCodes(weights, quantizer).codes]).toEqual([3, 3, 2, -3]); // 1 / (2/3) = 1.5 -> 2
  });

  it("a clip of 0.5 halves the scale and saturates what is beyond", () => {
    // clip * max / L = 0.5 * 6 / 3 = 1
    const weights = f32(6, 2.5, -1.4);
    const quantizer = uniform(weights, 3, f32(0.5));
    expect([...quantizer.scales]).toEqual([1]);
    expect([...uniformCodes(weights, quantizer).codes]).toEqual([3, 2, -1]);
  });

  it("a group of zeros has scale 1 and stays zero", () => {
    const weights = f32(0, 3, 0, -3);
    const quantizer = uniform(weights, 4, f32(1, 1));
    expect(quantizer.scales[0]).toBe(1);
    expect([...effectiveValues(weights, { quantizer })].map((v) => v + 0)).toEqual([0, 3, 0, -3]);
  });

  it("never gives more than 2^k - 1 values a group, is odd, and moves nothing by more than half a scale", () => {
    const weight = fc.float({ min: -4, max: 4, noNaN: true });
    const cases = fc.record({
      bits: fc.integer({ min: 2, max: 8 }),
      groups: fc.integer({ min: 1, max: 3 }),
      rows: fc.integer({ min: 1, max: 60 }),
      seed: fc.array(weight, { minLength: 180, maxLength: 180 }),
    });
    fc.assert(
      fc.property(cases, ({ bits, groups, rows, seed }) => {
        const weights = Float32Array.from(seed.slice(0, rows * groups));
        const quantizer = uniform(weights, bits, new Float32Array(groups).fill(1));
        // Subnormal weights make a scale that rounds to 0; no real tensor is that small.
        fc.pre(quantizer.scales.every((s) => s > 1e-30));
        const out = effectiveValues(weights, { quantizer });
        const mirrored = effectiveValues(
          weights.map((w) => -w),
          { quantizer },
        );
        for (let g = 0; g < groups; g++) {
          const values = new Set(out.filter((_, i) => i % groups === g).map((v) => v + 0));
          if (values.size > 2 ** bits - 1) return false;
        }
        return out.every((v, i) => {
          const scale = quantizer.scales[i % groups]!;
          return Math.abs(v - weights[i]!) <= scale * 0.5001 && mirrored[i]! + v === 0;
        });
      }),
      { numRuns: 60 },
    );
  });

  it("quantizing what is quantized changes nothing", () => {
    const weights = f32(0.9, -0.31, 0.07, 0.5, -0.9, 0.2);
    const quantizer = uniform(weights, 4);
    const once = effectiveValues(weights, { quantizer });
    expect(effectiveValues(once, { quantizer })).toEqual(once);
  });
});

describe("codebook", () => {
  const quantizer = { kind: "codebook", values: f32(-1, 0, 0.5, 1) } as const;

  it("takes the nearest value, the smaller index on a tie", () => {
    expect([...codebookIndices(f32(-3, -0.5, 0.2, 0.25, 0.75, 9), quantizer)]).toEqual([0, 0, 1, 1, 2, 3]);
  });

  it("a removed weight is 0 whatever the codebook holds", () => {
    const out = effectiveValues(f32(2, 2, -2), {
      mask: Uint8Array.of(1, 0, 0),
      quantizer: { kind: "codebook", values: f32(-1, 1) },
    });
    expect([...out]).toEqual([1, 0, 0]);
  });
});

describe("effectiveValues", () => {
  it("gives the array itself where there is no state", () => {
    const raw = f32(1, 2);
    expect(effectiveValues(raw, undefined)).toBe(raw);
    expect(applyMask(raw, undefined)).toBe(raw);
  });

  it("applies the mask before the quantizer and leaves its input alone", () => {
    const raw = f32(4, 1, -1);
    const mask = Uint8Array.of(0, 1, 1);
    // The scale is of what is left: 1 / 1 at 2 bits; the removed 4 would have made it 4.
    const quantizer = uniform(applyMask(raw, mask), 2);
    expect([...effectiveValues(raw, { mask, quantizer })]).toEqual([0, 1, -1]);
    expect([...raw]).toEqual([4, 1, -1]);
  });
});
