import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float16Bits, float32Bits } from "./float16";

const bitsOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const valueOf = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0]!;

describe("half precision", () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [0.333251953125, 0x3555],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1023 * 2 ** -24, 0x03ff],
  ])("holds %f exactly", (value, half) => {
    expect(float16Bits(bitsOf(value))).toBe(half);
    expect(valueOf(float32Bits(half))).toBe(value);
  });

  it.each([
    ["more than 11 significant bits", 1 + 2 ** -11],
    ["too large", 65536],
    ["below half of the smallest", 2 ** -25],
    ["between two subnormal halves", 1.5 * 2 ** -24],
    ["a subnormal float", 2 ** -140],
    ["not finite", Infinity],
    ["not a number", NaN],
  ])("refuses what is %s", (_, value) => expect(float16Bits(bitsOf(value))).toBe(-1));

  it("gives back every finite half there is", () => {
    const finite = Array.from({ length: 65536 }, (_, half) => half).filter((half) => ((half >>> 10) & 31) !== 31);
    expect(finite.filter((half) => float16Bits(float32Bits(half)) !== half)).toEqual([]);
  });

  it("never rounds: a float that has a half is that half", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const half = float16Bits(bitsOf(value));
        if (half >= 0) expect(valueOf(float32Bits(half))).toBe(value);
      }),
    );
  });
});
