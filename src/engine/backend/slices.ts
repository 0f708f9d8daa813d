/**
 * How work is cut so that several threads can share it. It runs nothing.
 */

/** A part of a row of things, from an index on. */
export interface Slice {
  readonly from: number;
  readonly count: number;
}

/** 0..total in at most `count` slices of about equal length, whose bounds are multiples but for the last. */
export function cut(total: number, count: number, multiple: number): readonly Slice[] {
  const length = Math.max(multiple, Math.ceil(total / Math.max(1, count) / multiple) * multiple);
  const slices: Slice[] = [];
  for (let from = 0; from < total; from += length) slices.push({ from, count: Math.min(length, total - from) });
  return slices;
}

/** Into how many parts a sum is cut, whatever the number of threads, so that bits do not depend on it. */
const PARTS = 8;
/** Floats that the partial sums may take together. */
const MAX_PARTIAL_FLOATS = 2 ** 22;

/**
 * The parts of a sum over so many things, each of which gives `floats` numbers, to be added up in their order. One part
 * where each would have fewer than `least`, or where the partial sums are too large.
 */
export function fixedParts(total: number, least: number, floats: number, multiple = 1): readonly Slice[] {
  const parts = total < PARTS * least || PARTS * floats > MAX_PARTIAL_FLOATS ? 1 : PARTS;
  return cut(total, parts, multiple);
}
