/** Which images a seed draws. Pure index arithmetic; reading them is the sources' business. */
import { EngineError } from "../core/errors";
import { createRng, type Rng, shuffle } from "../core/rng";
import type { Split } from "./manifest";

/** The stream of the document's seed that all data sets draw from. */
export const dataStream = (seed: number): Rng => createRng(seed, "data");

/** @throws EngineError `invalid-params` unless `count` is an integer in [1, available] */
export function checkCount(id: string, split: Split, count: number, available: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= available) return;
  throw new EngineError(
    "invalid-params",
    `dataset '${id}' has ${available} images in its ${split} split; expected a count in [1, ${available}], got ${count}`,
    { details: { id, split, available, count } },
  );
}

/** The first `count` of a random permutation of 0 .. size-1: a smaller draw begins a larger one. */
export function drawIndices(size: number, count: number, rng: Rng): Uint32Array {
  const indices = shuffle(
    Uint32Array.from({ length: size }, (_, i) => i),
    rng,
  );
  return indices.slice(0, count);
}

/**
 * Shards to draw `count` images from, so that a small subset does not fetch the whole set: in random order until they
 * hold twice what is wanted (which leaves a choice within each), or all of them. Ascending.
 */
export function drawShards(sizes: readonly number[], count: number, rng: Rng): number[] {
  const drawn: number[] = [];
  let held = 0;
  for (const index of drawIndices(sizes.length, sizes.length, rng)) {
    if (held >= 2 * count) break;
    drawn.push(index);
    held += sizes[index]!;
  }
  return drawn.sort((a, b) => a - b);
}
