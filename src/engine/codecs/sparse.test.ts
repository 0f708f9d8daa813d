import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameBytes } from "./codecs.testing";
import {
  bitmapOf,
  countRelative,
  GAP_BITS,
  gapStatistics,
  gatherPositions,
  gatherRelative,
  positionsOf,
  relativeIndices,
  scatterBitmap,
  scatterRelative,
} from "./sparse";

/** Symbol 0 nine times of ten, in runs long enough for fillers at every k. */
const sparseSymbols = fc
  .array(fc.tuple(fc.oneof(fc.nat(20), fc.nat(3000)), fc.integer({ min: 1, max: 500 })), { maxLength: 12 })
  .chain((runs) =>
    fc
      .nat(50)
      .map((tail) =>
        Uint16Array.from(
          runs.flatMap(([zeros, s]) => [...Array<number>(zeros).fill(0), s]).concat(Array<number>(tail).fill(0)),
        ),
      ),
  );

const positionsIn = (symbols: Uint16Array) => {
  const bits = Uint32Array.from(symbols);
  return positionsOf(bits, bits.filter((b) => b !== 0).length);
};

describe("relative index", () => {
  it("holds positions 1, 4, 15 of 16 in 4 entries of 3 bits", () => {
    // Zeros before each: 1, 2, 10. 10 > 7: a filler (7 zeros and itself), then 2. 4 entries, 1 filler, 4 * (3 + b) bits.
    const positions = Uint32Array.of(1, 4, 15);
    const { fillers, counts } = countRelative(gapStatistics(positions), 3);
    expect(fillers).toBe(1);
    // Index 1 once, 2 twice, 7 once.
    expect([...counts]).toEqual([0, 1, 2, 0, 0, 0, 0, 1]);
    expect([...relativeIndices(positions, 3, 4)]).toEqual([1, 2, 7, 2]);
    const symbols = new Uint16Array(16);
    symbols.set([5], 1);
    symbols.set([6], 4);
    symbols.set([7], 15);
    expect([...gatherRelative(symbols, positions, 3, 4)]).toEqual([5, 6, 0, 7]);
  });

  it("needs no filler for a gap of exactly 2^k - 1, and one for 2^k", () => {
    expect(countRelative(gapStatistics(Uint32Array.of(7)), 3).fillers).toBe(0);
    expect(countRelative(gapStatistics(Uint32Array.of(8)), 3).fillers).toBe(1);
    expect([...relativeIndices(Uint32Array.of(8), 3, 2)]).toEqual([7, 0]);
  });

  it("spends nothing on zeros behind the last entry, nor on a tensor of zeros", () => {
    expect(countRelative(gapStatistics(new Uint32Array(0)), 4)).toEqual({ fillers: 0, counts: new Uint32Array(0) });
    expect(scatterRelative(new Uint16Array(0), new Uint16Array(0), 4, 9)).toEqual(new Uint16Array(9));
  });

  it("counts, from the gaps alone, what it will write, for k = 2 .. 10", () => {
    fc.assert(
      fc.property(sparseSymbols, (symbols) => {
        const positions = positionsIn(symbols);
        const gaps = gapStatistics(positions);
        for (const k of GAP_BITS) {
          const { fillers, counts } = countRelative(gaps, k);
          const entries = positions.length + fillers;
          const indices = relativeIndices(positions, k, entries);
          const gathered = gatherRelative(symbols, positions, k, entries);
          expect(gathered.filter((s) => s === 0).length).toBe(fillers);
          const written = new Uint32Array(counts.length);
          indices.forEach((index) => written[index]!++);
          expect(sameBytes(written, counts)).toBe(true);
          expect(sameBytes(scatterRelative(gathered, indices, k, symbols.length), symbols)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("refuses entries that reach past the tensor, and a zero that is no filler", () => {
    expect(() => scatterRelative(Uint16Array.of(1, 1), Uint16Array.of(3, 3), 2, 7)).toThrow(/got position 7/);
    expect(() => scatterRelative(Uint16Array.of(0, 1), Uint16Array.of(2, 0), 2, 7)).toThrow(/filler's index to be 3/);
  });
});

describe("bitmap", () => {
  it("has the first weight in the top bit", () => {
    expect([...bitmapOf(Uint32Array.of(0, 2, 9), 10)]).toEqual([0b10100000, 0b01000000]);
  });

  it("gives back what it gathered", () => {
    fc.assert(
      fc.property(sparseSymbols, (symbols) => {
        const positions = positionsIn(symbols);
        const bitmap = bitmapOf(positions, symbols.length);
        expect(sameBytes(scatterBitmap(gatherPositions(symbols, positions), bitmap, symbols.length), symbols)).toBe(
          true,
        );
      }),
      { numRuns: 50 },
    );
  });

  it("refuses another number of ones, or ones behind the last weight", () => {
    expect(() => scatterBitmap(Uint16Array.of(1), Uint8Array.of(0b11000000), 8)).toThrow(/got another at 1/);
    expect(() => scatterBitmap(Uint16Array.of(1, 1), Uint8Array.of(0b10000000), 8)).toThrow(/expected 2 ones.*got 1/);
    expect(() => scatterBitmap(Uint16Array.of(1), Uint8Array.of(0b00000001), 7)).toThrow(/got another at 7/);
  });
});
