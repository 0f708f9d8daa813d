import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameBytes } from "./codecs.testing";
import { gatherRows, keptRows, patternOf, scatterRows } from "./pattern";

const matrix = { inputs: 10, outputs: 2 };
/** Rows 0, 3 and 8: the second weight of row 3 happens to be zero. */
const positions = Uint32Array.of(0, 1, 6, 16, 17);

describe("a shared pattern", () => {
  it("has one bit for each row that has a weight, however many", () => {
    const rows = keptRows(positions, matrix);
    expect([...rows]).toEqual([0, 3, 8]);
    expect([...patternOf(rows, matrix)]).toEqual([0b10010000, 0b10000000]);
    const symbols = new Uint16Array(20);
    positions.forEach((position, j) => (symbols[position] = j + 1));
    expect([...gatherRows(symbols, rows, matrix)]).toEqual([1, 2, 3, 0, 4, 5]);
  });

  it("has no rows where nothing is stored, and all where nothing is left out", () => {
    expect([...keptRows(new Uint32Array(0), matrix)]).toEqual([]);
    expect([...keptRows(Uint32Array.of(0, 2, 5), { inputs: 3, outputs: 2 })]).toEqual([0, 1, 2]);
  });

  it("gives back what it gathered", () => {
    const cases = fc
      .record({ inputs: fc.integer({ min: 1, max: 30 }), outputs: fc.integer({ min: 1, max: 9 }) })
      .chain((shape) =>
        fc.tuple(
          fc.constant(shape),
          fc.array(fc.constantFrom(0, 0, 0, 1, 7), {
            minLength: shape.inputs * shape.outputs,
            maxLength: shape.inputs * shape.outputs,
          }),
        ),
      );
    fc.assert(
      fc.property(cases, ([shape, list]) => {
        const symbols = Uint16Array.from(list);
        const rows = keptRows(Uint32Array.from([...symbols.keys()].filter((i) => symbols[i] !== 0)), shape);
        const back = scatterRows(gatherRows(symbols, rows, shape), patternOf(rows, shape), shape);
        expect(sameBytes(back, symbols)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["part of a row", 5, Uint8Array.of(0b10010000, 0b10000000), /expected whole rows of 2 values, got 5 values/],
    ["fewer ones than rows", 6, Uint8Array.of(0b10010000, 0), /expected 3 ones in the bitmap, got 2/],
    ["more ones than rows", 4, Uint8Array.of(0b10010000, 0b10000000), /expected 2 ones.*got another at 8/],
    ["a row behind the last", 6, Uint8Array.of(0b10010000, 0b00100000), /expected 3 ones.*got another at 10/],
  ])("refuses %s", (_, entries, pattern, message) => {
    const scatter = () => scatterRows(new Uint16Array(entries), pattern, matrix);
    expect(scatter).toThrow(expect.objectContaining({ code: "invalid-file" }));
    expect(scatter).toThrow(message);
  });
});
