/** Finding that a tensor has few distinct values, whoever made it so: the ground of codebook, ternary and shift forms. */

/** As many as a codebook may have, and zero besides. */
export const MAX_DISTINCT = 256;

export interface DistinctValues {
  /** The distinct values but +0, rising (-0 before what is above it). */
  readonly values: Float32Array;
  /** For each weight 0 for +0, else 1 + the index of its value. */
  readonly symbols: Uint16Array;
  /** Occurrences of each symbol. */
  readonly counts: Uint32Array;
}

const SLOT_BITS = 10;
const SLOTS = 1 << SLOT_BITS;

/** @returns undefined as soon as there are more than 256 distinct values besides +0 */
export function distinctValues(bits: Uint32Array): DistinctValues | undefined {
  // Open addressing, a quarter full at most; a slot's id is 0 where it is free.
  const keys = new Uint32Array(SLOTS);
  const ids = new Uint16Array(SLOTS);
  const found = new Uint32Array(MAX_DISTINCT);
  const symbols = new Uint16Array(bits.length);
  let distinct = 0;
  for (let i = 0; i < bits.length; i++) {
    const key = bits[i]!;
    if (key === 0) continue;
    let slot = Math.imul(key, 0x9e3779b1) >>> (32 - SLOT_BITS);
    while (ids[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
    if (ids[slot] === 0) {
      if (distinct === MAX_DISTINCT) return undefined;
      keys[slot] = key;
      found[distinct++] = key;
      ids[slot] = distinct;
    }
    symbols[i] = ids[slot]!;
  }
  const foundValues = new Float32Array(found.buffer, 0, distinct);
  const values = foundValues.slice().sort();
  const newSymbol = new Uint16Array(distinct + 1);
  const sortedBits = new Uint32Array(values.buffer);
  const rank = new Map(Array.from(sortedBits, (key, index) => [key, index + 1]));
  for (let id = 1; id <= distinct; id++) newSymbol[id] = rank.get(found[id - 1]!)!;
  const counts = new Uint32Array(distinct + 1);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = newSymbol[symbols[i]!]!;
    symbols[i] = symbol;
    counts[symbol]!++;
  }
  return { values, symbols, counts };
}
