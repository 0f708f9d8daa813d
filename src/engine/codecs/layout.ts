/**
 * Layouts: which weights are stored, and in what order. Each says, before anything is written, how many entries it has
 * and how many of them are zeros; then it gathers the symbols of those entries, or scatters them back.
 */
import { packBits, unpackBits, type Symbols, widthOf } from "./bitpack";
import { diagonalPositions, offsetSizes, readOffsets, TILE_SIDES, tileOffsets, type TileSide } from "./block-diagonal";
import { csrOrder, csrSizes, csrStreams, readCsr } from "./csr";
import type { EffectiveTensor } from "./effective-tensor";
import { codeTableBits, decodeHuffman, encodeHuffman, huffmanCode, packCodeTable, unpackCodeTable } from "./huffman";
import type { Matrix } from "./matrix";
import { gatherRows, keptRows, patternOf, scatterRows } from "./pattern";
import {
  bitmapOf,
  countRelative,
  GAP_BITS,
  type GapBits,
  gatherPositions,
  gatherRelative,
  relativeIndices,
  scatterBitmap,
  scatterPositions,
  scatterRelative,
} from "./sparse";
import { bytesOfStreams, malformed, type Stream, type StreamSet, type StreamSize } from "./streams";

/** What the file says of a layout, by its kind. */
export interface LayoutFields {
  /** Every weight in order. */
  dense: { readonly kind: "dense" };
  /** The nonzero weights, and one bit for every weight. */
  bitmap: { readonly kind: "bitmap"; readonly entries: number };
  /** Nonzero weights and fillers, each with the number of zeros before it (`sparse.ts`). */
  relative: {
    readonly kind: "relative";
    readonly entries: number;
    readonly gapBits: GapBits;
    /** Huffman-coded indices 0 .. gapSymbols - 1; absent where they are written at `gapBits` each. */
    readonly gapSymbols?: number;
  };
  /** The nonzero weights of one output after the other, each with its input (`csr.ts`). */
  csr: { readonly kind: "csr"; readonly entries: number };
  /** Every weight of the inputs that have any, and one bit for every input (`pattern.ts`). */
  pattern: { readonly kind: "pattern"; readonly entries: number };
  /** One diagonal of each tile of `side x side` weights, and its offset (`block-diagonal.ts`). */
  "block-diagonal": { readonly kind: "block-diagonal"; readonly entries: number; readonly side: TileSide };
}
export type LayoutKind = keyof LayoutFields;
export type AnyLayout = LayoutFields[LayoutKind];

export interface LayoutPlan<Kind extends LayoutKind = LayoutKind> {
  readonly fields: LayoutFields[Kind];
  /** Symbols that will be stored. */
  readonly entries: number;
  /** How many of them are symbol 0. */
  readonly zeros: number;
  /** The layout's own streams. */
  readonly sizes: readonly StreamSize[];
}

/** What a decoder knows of the tensor. */
export interface TensorExtent {
  readonly count: number;
  readonly matrix: Matrix | undefined;
}

interface Layout<Kind extends LayoutKind> {
  /** The first version of the format that has it. */
  readonly since: number;
  /** For people, in front of what is stored. */
  label(fields: LayoutFields[Kind]): string;
  plans(tensor: EffectiveTensor): readonly LayoutPlan<Kind>[];
  streams(tensor: EffectiveTensor, plan: LayoutPlan<Kind>): readonly Stream[];
  gather(symbols: Symbols, tensor: EffectiveTensor, plan: LayoutPlan<Kind>): Symbols;
  /** @throws EngineError `invalid-file` when streams and entries do not fit the tensor */
  scatter(entries: Symbols, fields: LayoutFields[Kind], streams: StreamSet, extent: TensorExtent): Symbols;
}

export const entriesOf = (fields: AnyLayout, count: number): number =>
  fields.kind === "dense" ? count : fields.entries;

const layouts: { readonly [Kind in LayoutKind]: Layout<Kind> } = {
  dense: {
    since: 1,
    label: () => "dense ",
    plans: ({ count, nonZero }) => [{ fields: { kind: "dense" }, entries: count, zeros: count - nonZero, sizes: [] }],
    streams: () => [],
    gather: (symbols) => symbols,
    scatter: (entries) => entries,
  },

  bitmap: {
    since: 1,
    label: () => "bitmap + ",
    plans: ({ count, nonZero }) => [
      {
        fields: { kind: "bitmap", entries: nonZero },
        entries: nonZero,
        zeros: 0,
        sizes: [{ stream: "mask", bits: count }],
      },
    ],
    streams: (tensor) => [{ stream: "mask", bytes: bitmapOf(tensor.positions(), tensor.count) }],
    gather: (symbols, tensor) => gatherPositions(symbols, tensor.positions()),
    scatter: (entries, _, streams, { count }) =>
      scatterBitmap(entries, streams.get("mask", Math.ceil(count / 8)), count),
  },

  relative: {
    since: 1,
    label: ({ gapBits }) => `relative index ${gapBits} b + `,
    plans: (tensor) => GAP_BITS.map((k) => relativePlan(tensor, k)),
    streams(tensor, { fields: { gapBits, gapSymbols, entries } }) {
      const indices = relativeIndices(tensor.positions(), gapBits, entries);
      const code = gapSymbols === undefined ? undefined : huffmanCode(countRelative(tensor.gaps(), gapBits).counts);
      if (!code) return [{ stream: "indices", bytes: packBits(indices, gapBits) }];
      return [
        { stream: "indices", bytes: encodeHuffman(indices, code) },
        { stream: "indexCodeTable", bytes: packCodeTable(code.lengths) },
      ];
    },
    gather: (symbols, tensor, { fields: { gapBits, entries } }) =>
      gatherRelative(symbols, tensor.positions(), gapBits, entries),
    scatter(entries, { gapBits, gapSymbols }, streams, { count }) {
      const bytes = streams.get("indices");
      if (gapSymbols === undefined) {
        return scatterRelative(entries, unpackBits(bytes, gapBits, entries.length), gapBits, count);
      }
      if (gapSymbols > 1 << gapBits) throw malformed(`expected at most ${1 << gapBits} indices, got ${gapSymbols}`);
      const lengths = unpackCodeTable(streams.get("indexCodeTable"), gapSymbols);
      return scatterRelative(entries, decodeHuffman(bytes, lengths, entries.length), gapBits, count);
    },
  },

  csr: {
    since: 2,
    label: () => "CSR + ",
    plans({ matrix, nonZero: entries }) {
      const sizes = matrix && csrSizes(matrix, entries);
      return sizes ? [{ fields: { kind: "csr", entries }, entries, zeros: 0, sizes }] : [];
    },
    streams: (tensor) => csrStreams(tensor.positions(), matrixIn(tensor)),
    gather: (symbols, tensor) => gatherPositions(symbols, csrOrder(tensor.positions(), matrixIn(tensor))),
    scatter: (entries, _, streams, extent) =>
      scatterPositions(entries, readCsr(streams, matrixIn(extent), entries.length), extent.count),
  },

  pattern: {
    since: 2,
    label: () => "pattern + ",
    plans(tensor) {
      const { matrix, nonZero } = tensor;
      const kept = matrix ? keptRows(tensor.positions(), matrix).length : 0;
      // Where every row stays, the pattern only adds to the dense layout.
      if (!matrix || kept === matrix.inputs) return [];
      const entries = kept * matrix.outputs;
      const sizes = [{ stream: "pattern", bits: matrix.inputs }] as const;
      return [{ fields: { kind: "pattern", entries }, entries, zeros: entries - nonZero, sizes }];
    },
    streams(tensor) {
      const matrix = matrixIn(tensor);
      return [{ stream: "pattern", bytes: patternOf(keptRows(tensor.positions(), matrix), matrix) }];
    },
    gather(symbols, tensor) {
      const matrix = matrixIn(tensor);
      return gatherRows(symbols, keptRows(tensor.positions(), matrix), matrix);
    },
    scatter(entries, _, streams, extent) {
      const matrix = matrixIn(extent);
      return scatterRows(entries, streams.get("pattern", Math.ceil(matrix.inputs / 8)), matrix);
    },
  },

  "block-diagonal": {
    since: 2,
    label: ({ side }) => `block-diagonal ${side} x ${side} + `,
    plans: (tensor) => (tensor.nonZero === 0 ? [] : TILE_SIDES.flatMap((side) => diagonalPlan(tensor, side) ?? [])),
    streams: (tensor, { fields: { side } }) => [
      { stream: "offsets", bytes: packBits(diagonalsOf(tensor, side).offsets, widthOf(side)) },
    ],
    gather: (symbols, tensor, { fields: { side } }) => gatherPositions(symbols, diagonalsOf(tensor, side).positions),
    scatter(entries, { side }, streams, extent) {
      const matrix = matrixIn(extent);
      const positions = diagonalPositions(readOffsets(streams.get("offsets"), matrix, side), matrix, side);
      if (positions.length !== entries.length) {
        throw malformed(`expected ${positions.length} values on the diagonals, got ${entries.length}`);
      }
      return scatterPositions(entries, positions, extent.count);
    },
  },
};

function diagonalPlan(tensor: EffectiveTensor, side: TileSide): LayoutPlan<"block-diagonal"> | undefined {
  const { matrix, nonZero } = tensor;
  const offsets = matrix && tileOffsets(tensor.positions(), matrix, side);
  if (!offsets) return undefined;
  const entries = diagonalPositions(offsets, matrix, side).length;
  const fields = { kind: "block-diagonal", entries, side } as const;
  return { fields, entries, zeros: entries - nonZero, sizes: offsetSizes(matrix, side) };
}

/** Of a tensor that has been planned so. */
function diagonalsOf(tensor: EffectiveTensor, side: TileSide) {
  const matrix = matrixIn(tensor);
  const offsets = tileOffsets(tensor.positions(), matrix, side);
  if (!offsets) throw new RangeError(`expected one diagonal in each tile of side ${side}, got two`);
  return { offsets, positions: diagonalPositions(offsets, matrix, side) };
}

/** @throws EngineError `invalid-file`: a file says that a vector is stored as a matrix */
function matrixIn({ matrix, count }: TensorExtent): Matrix {
  if (!matrix) throw malformed(`expected a matrix for this layout, got a vector of ${count}`);
  return matrix;
}

/** Indices at `k` bits each or Huffman-coded, whichever is smaller: that does not depend on the values' form. */
function relativePlan(tensor: EffectiveTensor, k: GapBits): LayoutPlan<"relative"> {
  const { fillers, counts } = countRelative(tensor.gaps(), k);
  const entries = tensor.nonZero + fillers;
  const fields = { kind: "relative", entries, gapBits: k } as const;
  const fixed: StreamSize[] = [{ stream: "indices", bits: entries * k }];
  const code = huffmanCode(counts);
  const coded: StreamSize[] = [
    { stream: "indices", bits: code?.bits ?? Infinity },
    { stream: "indexCodeTable", bits: codeTableBits(counts.length) },
  ];
  return bytesOfStreams(coded) < bytesOfStreams(fixed)
    ? { fields: { ...fields, gapSymbols: counts.length }, entries, zeros: fillers, sizes: coded }
    : { fields, entries, zeros: fillers, sizes: fixed };
}

export const layoutKinds = Object.keys(layouts) as LayoutKind[];

/** The layout of some fields, typed so that it takes them. */
export const layoutOf = (kind: LayoutKind): Layout<LayoutKind> => layouts[kind] as unknown as Layout<LayoutKind>;

/** What is worth trying: without zeros to leave out, the sparse layouts only add to the dense one. */
export function layoutPlans(tensor: EffectiveTensor): LayoutPlan[] {
  const kinds = tensor.nonZero === tensor.count ? (["dense"] as const) : layoutKinds;
  return kinds.flatMap((kind) => [...layouts[kind].plans(tensor)]);
}
