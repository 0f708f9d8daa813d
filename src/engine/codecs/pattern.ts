/**
 * A pattern that all outputs share: of a matrix `[inputs, outputs]`, which rows have a nonzero weight at all. For a
 * convolution the rows are its shape columns (Wen et al. 2016), the places of the window in each input channel; the
 * weights of the rows that stay are stored one and all.
 */
import type { Symbols } from "./bitpack";
import type { Matrix } from "./matrix";
import { bitmapOf, emptyLike, scatterBitmap } from "./sparse";
import { malformed } from "./streams";

/** The rows that have a nonzero weight, rising. @param positions flat indices of the nonzero weights, rising */
export function keptRows(positions: Uint32Array, { inputs, outputs }: Matrix): Uint32Array {
  const rows = new Uint32Array(Math.min(inputs, positions.length));
  let kept = 0;
  for (let j = 0; j < positions.length; j++) {
    const row = Math.floor(positions[j]! / outputs);
    if (kept === 0 || rows[kept - 1] !== row) rows[kept++] = row;
  }
  return rows.subarray(0, kept);
}

/** One bit for each row, 1 where it is stored. */
export const patternOf = (rows: Uint32Array, { inputs }: Matrix): Uint8Array => bitmapOf(rows, inputs);

/** The symbols of those rows, one row after the other. */
export function gatherRows(symbols: Symbols, rows: Uint32Array, { outputs }: Matrix): Symbols {
  const out = emptyLike(symbols, rows.length * outputs);
  rows.forEach((row, at) => out.set(symbols.subarray(row * outputs, (row + 1) * outputs), at * outputs));
  return out;
}

/**
 * Puts whole rows back in their places; symbol 0 everywhere else.
 * @throws EngineError `invalid-file` when the entries are not as many whole rows as the pattern has ones
 */
export function scatterRows(entries: Symbols, pattern: Uint8Array, { inputs, outputs }: Matrix): Symbols {
  const kept = entries.length / outputs;
  if (!Number.isInteger(kept))
    throw malformed(`expected whole rows of ${outputs} values, got ${entries.length} values`);
  const out = emptyLike(entries, inputs * outputs);
  const isKept = scatterBitmap(new Uint16Array(kept).fill(1), pattern, inputs);
  for (let row = 0, at = 0; row < inputs; row++) {
    if (!isKept[row]) continue;
    out.set(entries.subarray(at, at + outputs), row * outputs);
    at += outputs;
  }
  return out;
}
