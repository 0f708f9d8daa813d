/**
 * Where the nonzero values of a tensor lie. "Nonzero" is by bits: only +0 is left out, so that -0 comes back as -0.
 *
 * Relative index (Han et al. 2016): each entry says how many zeros come before its value, 0 .. 2^k - 1. A longer gap
 * inserts fillers: entries of value zero that say 2^k - 1, and stand for 2^k positions (those zeros and themselves).
 * Zeros behind the last entry cost nothing.
 */
import type { Symbols } from "./bitpack";
import { malformed } from "./streams";

/** Index widths that are tried; the paper uses 5 for dense and 8 for convolution layers. */
export const GAP_BITS = [2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
export type GapBits = (typeof GAP_BITS)[number];
const MAX_GAP_BITS = 10;

/** How often each gap (zeros before a nonzero value) occurs. */
export interface GapStatistics {
  readonly entries: number;
  /** Occurrences of gaps below 2^10. */
  readonly small: Uint32Array;
  /** Each gap of 2^10 and more. */
  readonly large: readonly number[];
}

/** Flat indices of the nonzero values, rising. */
export function positionsOf(bits: Uint32Array, nonZero: number): Uint32Array {
  const positions = new Uint32Array(nonZero);
  for (let i = 0, at = 0; at < nonZero; i++) if (bits[i] !== 0) positions[at++] = i;
  return positions;
}

export function gapStatistics(positions: Uint32Array): GapStatistics {
  const small = new Uint32Array(1 << MAX_GAP_BITS);
  const large: number[] = [];
  let next = 0;
  for (let j = 0; j < positions.length; j++) {
    const gap = positions[j]! - next;
    if (gap < small.length) small[gap]!++;
    else large.push(gap);
    next = positions[j]! + 1;
  }
  return { entries: positions.length, small, large };
}

export interface RelativeCount {
  /** Entries of value zero. */
  readonly fillers: number;
  /** How often each index occurs, fillers included; cut after the largest that does. */
  readonly counts: Uint32Array;
}

/** What the relative index at `k` bits will hold, from the gaps alone. */
export function countRelative({ small, large }: GapStatistics, k: number): RelativeCount {
  const top = (1 << k) - 1;
  const counts = new Uint32Array(1 << k);
  let fillers = 0;
  for (let gap = 0; gap < small.length; gap++) {
    const times = small[gap]!;
    if (times === 0) continue;
    fillers += times * (gap >>> k);
    counts[gap & top]! += times;
  }
  for (const gap of large) {
    fillers += gap >>> k;
    counts[gap & top]!++;
  }
  counts[top]! += fillers;
  let used = counts.length;
  while (used > 0 && counts[used - 1] === 0) used--;
  return { fillers, counts: counts.subarray(0, used) };
}

/** The index of each entry, fillers included. @param entries nonzero values and fillers */
export function relativeIndices(positions: Uint32Array, k: number, entries: number): Uint16Array {
  const top = (1 << k) - 1;
  const out = new Uint16Array(entries);
  let next = 0;
  let at = 0;
  for (let j = 0; j < positions.length; j++) {
    let gap = positions[j]! - next;
    for (; gap > top; gap -= top + 1) out[at++] = top;
    out[at++] = gap;
    next = positions[j]! + 1;
  }
  return out;
}

/** The symbol of each entry; symbol 0 (the zero value) at fillers. */
export function gatherRelative(symbols: Symbols, positions: Uint32Array, k: number, entries: number): Symbols {
  const out = emptyLike(symbols, entries);
  let next = 0;
  let at = 0;
  for (let j = 0; j < positions.length; j++) {
    const position = positions[j]!;
    at += (position - next) >>> k;
    out[at++] = symbols[position]!;
    next = position + 1;
  }
  return out;
}

/**
 * Puts entries back in their places; symbol 0 everywhere else.
 * @throws EngineError `invalid-file` when they reach past `count`, or a zero is stored that is no filler
 */
export function scatterRelative(entries: Symbols, indices: Symbols, k: number, count: number): Symbols {
  const top = (1 << k) - 1;
  const out = emptyLike(entries, count);
  let position = -1;
  for (let j = 0; j < entries.length; j++) {
    position += indices[j]! + 1;
    if (position >= count)
      throw malformed(`expected relative indices within ${count} values, got position ${position}`);
    if (entries[j] === 0 && indices[j] !== top) {
      throw malformed(`expected a filler's index to be ${top}, got ${indices[j]} at entry ${j}`);
    }
    out[position] = entries[j]!;
  }
  return out;
}

/** One bit for each value, 1 where it is stored. */
export function bitmapOf(positions: Uint32Array, count: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(count / 8));
  for (let j = 0; j < positions.length; j++) out[positions[j]! >>> 3]! |= 0x80 >>> (positions[j]! & 7);
  return out;
}

export function gatherPositions(symbols: Symbols, positions: Uint32Array): Symbols {
  const out = emptyLike(symbols, positions.length);
  for (let j = 0; j < positions.length; j++) out[j] = symbols[positions[j]!]!;
  return out;
}

/** Puts each entry in its place; symbol 0 everywhere else. @param positions of the entries, below `count` */
export function scatterPositions(entries: Symbols, positions: Uint32Array, count: number): Symbols {
  const out = emptyLike(entries, count);
  for (let j = 0; j < positions.length; j++) out[positions[j]!] = entries[j]!;
  return out;
}

/** @throws EngineError `invalid-file` when the bitmap has not as many ones as there are entries, or ones past `count` */
export function scatterBitmap(entries: Symbols, bitmap: Uint8Array, count: number): Symbols {
  const out = emptyLike(entries, count);
  let at = 0;
  for (let b = 0; b < bitmap.length; b++) {
    for (let byte = bitmap[b]!; byte !== 0;) {
      const bit = Math.clz32(byte) - 24;
      byte &= ~(0x80 >>> bit);
      const position = 8 * b + bit;
      if (at >= entries.length || position >= count) {
        throw malformed(`expected ${entries.length} ones in a bitmap of ${count}, got another at ${position}`);
      }
      out[position] = entries[at++]!;
    }
  }
  if (at !== entries.length) throw malformed(`expected ${entries.length} ones in the bitmap, got ${at}`);
  return out;
}

/** As many zeros, as wide. */
export const emptyLike = (symbols: Symbols, length: number): Symbols =>
  symbols instanceof Uint32Array ? new Uint32Array(length) : new Uint16Array(length);
