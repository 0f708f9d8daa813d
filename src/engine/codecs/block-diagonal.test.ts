import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagonalPositions, offsetSizes, readOffsets, TILE_SIDES, tileOffsets } from "./block-diagonal";

/** Offsets 1, 2, 0 | 0, 1, 2 of the 3 x 3 tiles of a matrix whose last column and last two rows are cut off. */
const matrix = { inputs: 4, outputs: 8 };
const offsets = Uint8Array.of(1, 2, 0, 0, 1, 2);

const sideAndOffsets = fc
  .record({ inputs: fc.integer({ min: 1, max: 40 }), outputs: fc.integer({ min: 1, max: 40 }) })
  .chain((shape) =>
    fc.constantFrom(...TILE_SIDES).chain((side) => {
      const tiles = Math.ceil(shape.inputs / side) * Math.ceil(shape.outputs / side);
      return fc.record({
        shape: fc.constant(shape),
        side: fc.constant(side),
        drawn: fc.array(fc.nat(side - 1), { minLength: tiles, maxLength: tiles }).map((list) => Uint8Array.from(list)),
      });
    }),
  );

describe("a permuted block-diagonal matrix", () => {
  it("has (column - row) mod p = k in each tile, cut off at the edge", () => {
    // Row 0: columns 1; 3 + 2; 6 + 0. Row 1: 2; 3 + 0; 7. Row 2: 0; 3 + 1; 6 + 2 is outside. Row 3, of the second row
    // of tiles: 0; 3 + 1; 6 + 2 is outside.
    expect([...diagonalPositions(offsets, matrix, 3)]).toEqual([1, 5, 6, 10, 11, 15, 16, 20, 24, 28]);
    // ceil(4 / 3) * ceil(8 / 3) = 6 tiles of ceil(log2 3) = 2 bits.
    expect(offsetSizes(matrix, 3)).toEqual([{ stream: "offsets", bits: 12 }]);
  });

  it("is found from its weights alone; a tile without any has offset 0", () => {
    // The last tile's only place lies outside.
    expect(tileOffsets(diagonalPositions(offsets, matrix, 3), matrix, 3)).toEqual(Uint8Array.of(1, 2, 0, 0, 1, 0));
    expect(tileOffsets(new Uint32Array(0), matrix, 3)).toEqual(new Uint8Array(6));
  });

  it("is none where a tile has weights on two diagonals, or a row more weights than tiles", () => {
    expect(tileOffsets(Uint32Array.of(1, 8), matrix, 3)).toBeUndefined();
    expect(
      tileOffsets(
        Uint32Array.from({ length: 13 }, (_, i) => i),
        matrix,
        3,
      ),
    ).toBeUndefined();
  });

  it("covers every weight that it was found from, at any side, shape and offsets, with zeros among them", () => {
    fc.assert(
      fc.property(sideAndOffsets, fc.nat(), ({ shape, side, drawn }, salt) => {
        const all = diagonalPositions(drawn, shape, side);
        const some = all.filter((_, i) => (i + salt) % 3 !== 0);
        const found = tileOffsets(some, shape, side)!;
        const covered = new Set(diagonalPositions(found, shape, side));
        expect(some.every((position) => covered.has(position))).toBe(true);
        // No more than one of `side` in each row of tiles, but for the last, narrower one.
        expect(covered.size).toBeLessThanOrEqual(shape.inputs * Math.ceil(shape.outputs / side));
        // What was found once is found again.
        expect(tileOffsets(diagonalPositions(found, shape, side), shape, side)).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses an offset of p and more, and another number of them", () => {
    // 0, 1, 2, 3 at 2 bits.
    const read = () => readOffsets(Uint8Array.of(0b00011011), { inputs: 3, outputs: 12 }, 3);
    expect(read).toThrow(expect.objectContaining({ code: "invalid-file" }));
    expect(read).toThrow("expected offsets below 3, got 3 at tile 3");
    expect(() => readOffsets(Uint8Array.of(0), { inputs: 4, outputs: 12 }, 3)).toThrow(/expected 2 bytes for 8 values/);
    expect(() => readOffsets(new Uint8Array(3), { inputs: 4, outputs: 12 }, 3)).toThrow(
      /expected 2 bytes for 8 values/,
    );
  });
});
