/**
 * k-means on numbers (Lloyd 1982). Clusters of numbers are intervals, so that one sort and sums of prefixes give each
 * round in `k log n`; nothing is drawn but the random start.
 */
import type { Rng } from "../../../core/rng";

/** Where the centroids begin (Han et al. 2016, section 3.2): evenly over the range, evenly over the ranks, at values drawn. */
export type CentroidStart = "linear" | "density" | "random";

export interface Clusters {
  /** Ascending, fp32; as many as were asked for, some perhaps without members. */
  readonly centroids: Float32Array;
  /** Number of the nearest centroid of each value; ties take the smaller number. */
  readonly members: Uint8Array;
}

/** @param sorted ascending, not empty */
function startingCentroids(sorted: Float32Array, k: number, start: CentroidStart, rng: Rng): Float64Array {
  const low = sorted[0]!;
  const high = sorted.at(-1)!;
  switch (start) {
    case "linear":
      return Float64Array.from({ length: k }, (_, j) =>
        k === 1 ? (low + high) / 2 : low + ((high - low) * j) / (k - 1),
      );
    case "density":
      return Float64Array.from({ length: k }, (_, j) => sorted[Math.floor(((j + 0.5) * sorted.length) / k)]!);
    case "random":
      return Float64Array.from({ length: k }, () => sorted[rng.integer(sorted.length)]!).sort();
  }
}

/** How many of `sorted` are at most `limit`. */
function countUpTo(sorted: Float32Array, limit: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Number of the nearest of ascending centroids; ties take the smaller number, as do equal centroids. */
export function nearestCentroid(value: number, centroids: ArrayLike<number>): number {
  let from = 0;
  let to = centroids.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (value <= (centroids[middle]! + centroids[middle + 1]!) / 2) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * @param values not empty
 * @param k 1 to 256; a centroid without members stays where it is
 * @param rounds at most so many, fewer where nothing moves
 */
export function kmeans(
  values: Float32Array,
  k: number,
  { start, rounds, rng }: { readonly start: CentroidStart; readonly rounds: number; readonly rng: Rng },
): Clusters {
  const sorted = values.slice().sort();
  const sums = new Float64Array(sorted.length + 1);
  for (let i = 0; i < sorted.length; i++) sums[i + 1] = sums[i]! + sorted[i]!;
  const centroids = startingCentroids(sorted, k, start, rng);
  for (let round = 0, moved = true; moved && round < rounds; round++) {
    moved = false;
    // Borders are those of the round's beginning: no centroid moves before all of them are known.
    const borders = Array.from({ length: k }, (_, j) =>
      j === k - 1 ? sorted.length : countUpTo(sorted, (centroids[j]! + centroids[j + 1]!) / 2),
    );
    for (let j = 0; j < k; j++) {
      const from = borders[j - 1] ?? 0;
      const size = borders[j]! - from;
      if (size === 0) continue;
      const mean = (sums[borders[j]!]! - sums[from]!) / size;
      if (mean !== centroids[j]) moved = true;
      centroids[j] = mean;
    }
  }
  const rounded = Float32Array.from(centroids);
  return { centroids: rounded, members: Uint8Array.from(values, (value) => nearestCentroid(value, rounded)) };
}
