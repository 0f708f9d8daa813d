/**
 * Permuted block-diagonal matrices (Deng et al. 2018): of each `p x p` tile only what has `(column - row) mod p = k` can
 * be nonzero, with one offset `k` for each tile. Rows are inputs, columns are outputs; tiles at the edge are cut off, as
 * if the matrix went on with zeros. Tiles are numbered row by row.
 */
import { unpackBits, widthOf } from "./bitpack";
import type { Matrix } from "./matrix";
import { malformed, type StreamSize } from "./streams";

/** Sides of a tile that are looked for: those that the pruner has. */
export const TILE_SIDES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] as const;
export type TileSide = (typeof TILE_SIDES)[number];

const UNSEEN = 255;

const tileCount = ({ inputs, outputs }: Matrix, side: number): number =>
  Math.ceil(inputs / side) * Math.ceil(outputs / side);

/** The offset of each tile, 0 where it has no weight; undefined where a tile has two diagonals. @param positions rising */
export function tileOffsets(positions: Uint32Array, matrix: Matrix, side: TileSide): Uint8Array | undefined {
  const { inputs, outputs } = matrix;
  const across = Math.ceil(outputs / side);
  // A row has at most one weight in each tile: this alone rules out most of the matrices that are not block-diagonal.
  if (positions.length > inputs * across) return undefined;
  const offsets = new Uint8Array(tileCount(matrix, side)).fill(UNSEEN);
  for (let j = 0; j < positions.length; j++) {
    const row = Math.floor(positions[j]! / outputs);
    const column = positions[j]! - row * outputs;
    const tile = Math.floor(row / side) * across + Math.floor(column / side);
    const offset = ((column % side) - (row % side) + side) % side;
    if (offsets[tile] === UNSEEN) offsets[tile] = offset;
    else if (offsets[tile] !== offset) return undefined;
  }
  return offsets.map((offset) => (offset === UNSEEN ? 0 : offset));
}

/** Flat indices of what lies on the diagonals, rising. */
export function diagonalPositions(offsets: Uint8Array, { inputs, outputs }: Matrix, side: TileSide): Uint32Array {
  const across = Math.ceil(outputs / side);
  const positions = new Uint32Array(inputs * across);
  let count = 0;
  for (let row = 0; row < inputs; row++) {
    const first = Math.floor(row / side) * across;
    for (let tile = 0; tile < across; tile++) {
      const column = tile * side + ((row + offsets[first + tile]!) % side);
      if (column < outputs) positions[count++] = row * outputs + column;
    }
  }
  return positions.subarray(0, count);
}

export const offsetSizes = (matrix: Matrix, side: TileSide): readonly StreamSize[] => [
  { stream: "offsets", bits: tileCount(matrix, side) * widthOf(side) },
];

/** @throws EngineError `invalid-file` for another number of offsets than tiles, or one that a tile does not have */
export function readOffsets(bytes: Uint8Array, matrix: Matrix, side: TileSide): Uint8Array {
  const offsets = unpackBits(bytes, widthOf(side), tileCount(matrix, side));
  const odd = offsets.findIndex((offset) => offset >= side);
  if (odd >= 0) throw malformed(`expected offsets below ${side}, got ${offsets[odd]} at tile ${odd}`);
  return Uint8Array.from(offsets);
}
