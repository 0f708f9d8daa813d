/**
 * Seeded randomness. Every random choice of a run comes from the document's seed through one of these streams,
 * so that the same document gives the same bytes. Not for cryptography.
 */
import { drawNormals } from "./normal-draws";

export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** The next numbers of `normal`, in fp32, faster. */
  fillNormal(out: Float32Array): void;
}

/** xmur3: spreads a string over a 32-bit state, so that `(7, "batch")` and `(7, "init")` are unrelated streams. */
function hashString(text: string): number {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A named stream of a seed. Separate names (`data`, `init`, `batch`, `noise`, ...) are independent streams, so that
 * changing how one is used does not move the others. Generator: mulberry32.
 */
export function createRng(seed: number, stream: string): Rng {
  let state = hashString(`${seed}/${stream}`);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fillNormal(out) {
      state = drawNormals(state, out);
    },
  };
}

/** In-place Fisher-Yates. Returns the same array. */
export function shuffle<T extends Uint32Array | number[]>(items: T, rng: Rng): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept;
  }
  return items;
}
