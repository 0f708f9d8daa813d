import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packBits } from "./bitpack";
import { sameBytes } from "./codecs.testing";
import { csrOrder, csrSizes, csrStreams, readCsr } from "./csr";
import { bytesOfStreams, StreamSet } from "./streams";

/** Three inputs, four outputs: weights at (0, 1), (0, 3), (1, 1), (2, 0). */
const matrix = { inputs: 3, outputs: 4 };
const positions = Uint32Array.of(1, 3, 5, 8);

const streamsOf = (columns: number[], pointers: number[]) =>
  new StreamSet([
    { stream: "columns", bytes: packBits(Uint16Array.from(columns), 2) },
    { stream: "rowPointers", bytes: packBits(Uint16Array.from(pointers), 3) },
  ]);

describe("compressed sparse rows", () => {
  it("have one output after the other, and where each begins", () => {
    // Output 0: input 2. Output 1: inputs 0, 1. Output 2: none. Output 3: input 0.
    expect([...csrOrder(positions, matrix)]).toEqual([8, 1, 5, 3]);
    expect(csrStreams(positions, matrix)).toEqual([
      // 2, 0, 1, 0 at ceil(log2 3) = 2 bits.
      { stream: "columns", bytes: Uint8Array.of(0b10000100) },
      // 0, 1, 3, 3, 4 at ceil(log2 5) = 3 bits: 000 001 011 011 100.
      { stream: "rowPointers", bytes: Uint8Array.of(0b00000101, 0b10111000) },
    ]);
    expect(csrSizes(matrix, 4)).toEqual([
      { stream: "columns", bits: 8 },
      { stream: "rowPointers", bits: 15 },
    ]);
  });

  it("give back the order that was written, in the bytes that were counted", () => {
    const cases = fc
      .record({ inputs: fc.integer({ min: 1, max: 40 }), outputs: fc.integer({ min: 1, max: 40 }) })
      .chain((shape) =>
        fc.tuple(fc.constant(shape), fc.uniqueArray(fc.nat(shape.inputs * shape.outputs - 1), { maxLength: 200 })),
      );
    fc.assert(
      fc.property(cases, ([shape, list]) => {
        const rising = Uint32Array.from(list).sort();
        const streams = csrStreams(rising, shape);
        expect(streams.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(
          bytesOfStreams(csrSizes(shape, rising.length)!),
        );
        const read = readCsr(new StreamSet(streams), shape, rising.length);
        expect(sameBytes(read, csrOrder(rising, shape))).toBe(true);
        expect(sameBytes(read.slice().sort(), rising)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("have inputs and entries of more than 16 bits", () => {
    const wide = { inputs: 100_000, outputs: 2 };
    const all = Uint32Array.from({ length: 100_000 }, (_, i) => 2 * i + (i & 1));
    const read = readCsr(new StreamSet(csrStreams(all, wide)), wide, all.length);
    expect(sameBytes(read.sort(), all)).toBe(true);
    expect(csrSizes({ inputs: 2 ** 24 + 1, outputs: 1 }, 5)).toBeUndefined();
  });

  it.each([
    ["pointers that begin late", [2, 0, 1, 0], [1, 1, 3, 3, 4], "expected the first row pointer to be 0, got 1"],
    ["pointers that run backwards", [2, 0, 1, 0], [0, 3, 1, 3, 4], "row pointers that never fall, got 1 after 3"],
    ["pointers that end early", [2, 0, 1, 0], [0, 1, 3, 3, 3], "expected the last row pointer to be 4, got 3"],
    ["pointers that end late", [2, 0, 1, 0], [0, 1, 3, 3, 7], "expected the last row pointer to be 4, got 7"],
    ["a column out of range", [3, 0, 1, 0], [0, 1, 3, 3, 4], "expected columns below 3, got 3 at entry 0"],
    ["columns that fall", [2, 1, 0, 0], [0, 1, 3, 3, 4], "expected columns of row 1 to rise, got 0 after 1"],
    ["a column twice", [2, 1, 1, 0], [0, 1, 3, 3, 4], "expected columns of row 1 to rise, got 1 after 1"],
  ])("refuse %s", (_, columns, pointers, message) => {
    const read = () => readCsr(streamsOf(columns, pointers), matrix, 4);
    expect(read).toThrow(expect.objectContaining({ code: "invalid-file" }));
    expect(read).toThrow(message);
  });

  it("refuse streams of another length, and counts that no stream could have", () => {
    expect(() => readCsr(streamsOf([2, 0, 1, 0, 0], [0, 1, 3, 3, 4]), matrix, 4)).toThrow(/expected 1 bytes for 4/);
    expect(() => readCsr(streamsOf([2, 0, 1, 0], [0, 1]), matrix, 4)).toThrow(/expected 2 bytes for 5/);
    expect(() => readCsr(streamsOf([], []), matrix, 2 ** 25)).toThrow(/expected at most 2\^24 columns and entries/);
  });
});
