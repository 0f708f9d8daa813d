/**
 * Compressed sparse rows: the nonzero weights of one output after the other, each with its column (its input), and for
 * each row (output) where its entries begin. Positions are flat indices of a matrix `[inputs, outputs]`, so the rows
 * of the CSR are the columns of the tensor.
 */
import { MAX_WIDTH, packBits, type Symbols, unpackBits, widthOf } from "./bitpack";
import type { Matrix } from "./matrix";
import { malformed, type Stream, type StreamSet, type StreamSize } from "./streams";

/** Bits of a column, and of a row pointer: 0 .. entries. */
const widthsOf = ({ inputs }: Matrix, entries: number) =>
  ({ column: widthOf(inputs), pointer: widthOf(entries + 1) }) as const;

const writable = (matrix: Matrix, entries: number): boolean => {
  const { column, pointer } = widthsOf(matrix, entries);
  return Math.max(column, pointer) <= MAX_WIDTH;
};

/** @returns undefined where a number would be too wide to be packed (a matrix of more than 2^24 inputs or entries) */
export function csrSizes(matrix: Matrix, entries: number): readonly StreamSize[] | undefined {
  if (!writable(matrix, entries)) return undefined;
  const { column, pointer } = widthsOf(matrix, entries);
  return [
    { stream: "columns", bits: entries * column },
    { stream: "rowPointers", bits: (matrix.outputs + 1) * pointer },
  ];
}

/** Where the entries of each output begin, and, last, how many there are: a counting sort's sums. */
function rowPointers(positions: Uint32Array, { outputs }: Matrix): Uint32Array {
  const pointers = new Uint32Array(outputs + 1);
  for (let j = 0; j < positions.length; j++) pointers[(positions[j]! % outputs) + 1]!++;
  for (let row = 0; row < outputs; row++) pointers[row + 1]! += pointers[row]!;
  return pointers;
}

/** The same positions, those of one output after the other. @param positions rising */
export function csrOrder(positions: Uint32Array, matrix: Matrix): Uint32Array {
  const next = rowPointers(positions, matrix);
  const order = new Uint32Array(positions.length);
  for (let j = 0; j < positions.length; j++) order[next[positions[j]! % matrix.outputs]!++] = positions[j]!;
  return order;
}

/** @param positions rising */
export function csrStreams(positions: Uint32Array, matrix: Matrix): Stream[] {
  const { column, pointer } = widthsOf(matrix, positions.length);
  const columns = csrOrder(positions, matrix).map((position) => Math.floor(position / matrix.outputs));
  return [
    { stream: "columns", bytes: packBits(columns, column) },
    { stream: "rowPointers", bytes: packBits(rowPointers(positions, matrix), pointer) },
  ];
}

/**
 * The flat index of each of `entries` entries, in their order.
 * @throws EngineError `invalid-file` when row pointers do not lead from 0 to `entries` without going back, or the columns of a
 *   row do not rise within the matrix
 */
export function readCsr(streams: StreamSet, matrix: Matrix, entries: number): Uint32Array {
  const { inputs, outputs } = matrix;
  if (!writable(matrix, entries)) throw malformed(`expected at most 2^${MAX_WIDTH} columns and entries, got more`);
  const { column, pointer } = widthsOf(matrix, entries);
  const columns = unpackBits(streams.get("columns"), column, entries);
  const pointers = unpackBits(streams.get("rowPointers"), pointer, outputs + 1);
  checkPointers(pointers, entries);
  const positions = new Uint32Array(entries);
  for (let row = 0; row < outputs; row++) {
    let before = -1;
    for (let j = pointers[row]!; j < pointers[row + 1]!; j++) {
      const at = columns[j]!;
      if (at >= inputs) throw malformed(`expected columns below ${inputs}, got ${at} at entry ${j}`);
      if (at <= before) throw malformed(`expected columns of row ${row} to rise, got ${at} after ${before}`);
      positions[j] = at * outputs + row;
      before = at;
    }
  }
  return positions;
}

function checkPointers(pointers: Symbols, entries: number): void {
  if (pointers[0] !== 0) throw malformed(`expected the first row pointer to be 0, got ${pointers[0]}`);
  for (let row = 1; row < pointers.length; row++) {
    if (pointers[row]! < pointers[row - 1]!) {
      throw malformed(`expected row pointers that never fall, got ${pointers[row]} after ${pointers[row - 1]}`);
    }
  }
  if (pointers.at(-1) !== entries) {
    throw malformed(`expected the last row pointer to be ${entries}, got ${pointers.at(-1)}`);
  }
}
