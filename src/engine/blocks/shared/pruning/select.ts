/** Choosing what goes: the smallest scores, with the counts and ties that hold everywhere. */

/** `floor(fraction * total + 0.5)`: how many of `total` go. */
export const removalCount = (fraction: number, total: number): number => Math.floor(fraction * total + 0.5);

/**
 * Marks the `count` smallest of `scores` with 1. Equal scores: the smaller index goes first. O(n log n) on typed arrays.
 * @param protectedItems 1 marks what may not go; `count` is cut to what may
 */
export function smallest(scores: Float32Array, count: number, protectedItems?: Uint8Array): Uint8Array {
  const free = protectedItems ? scores.filter((_, i) => !protectedItems[i]) : scores.slice();
  const chosen = new Uint8Array(scores.length);
  const wanted = Math.min(count, free.length);
  if (wanted <= 0) return chosen;
  free.sort();
  const threshold = free[wanted - 1]!;
  let atThreshold = wanted;
  for (const score of free) {
    if (score >= threshold) break;
    atThreshold--;
  }
  for (let i = 0; i < scores.length; i++) {
    if (protectedItems?.[i]) continue;
    if (scores[i]! < threshold) chosen[i] = 1;
    else if (scores[i] === threshold && atThreshold > 0) {
      chosen[i] = 1;
      atThreshold--;
    }
  }
  return chosen;
}

/** Scores of one layer or group, and how many of its items must stay. */
export interface ScoreSet {
  readonly scores: Float32Array;
  readonly keepAtLeast: number;
  /** 1 marks what must stay whatever its score. */
  readonly vetoed?: Uint8Array;
}

export type ScoreNormalization = "none" | "l2" | "mean";

function normalized({ scores }: ScoreSet, how: ScoreNormalization): Float32Array {
  if (how === "none") return scores;
  let sum = 0;
  for (const s of scores) sum += how === "l2" ? s * s : Math.abs(s);
  const size = how === "l2" ? Math.sqrt(sum) : sum / scores.length;
  return size > 0 ? scores.map((s) => s / size) : scores;
}

/**
 * What goes of each set at a fraction of all items. `local` ranks inside each set; `global` ranks all together, after
 * the normalization. The best `keepAtLeast` items of a set stay; what they spare is taken elsewhere (`global`).
 */
export function selectRemovals(
  sets: readonly ScoreSet[],
  fraction: number,
  scope: "local" | "global",
  normalization: ScoreNormalization = "none",
): Uint8Array[] {
  if (scope === "local") {
    return sets.map(({ scores, keepAtLeast, vetoed }) =>
      smallest(scores, Math.min(removalCount(fraction, scores.length), scores.length - keepAtLeast), vetoed),
    );
  }
  const total = sets.reduce((sum, s) => sum + s.scores.length, 0);
  const all = new Float32Array(total);
  const safe = new Uint8Array(total);
  let at = 0;
  for (const set of sets) {
    all.set(normalized(set, normalization), at);
    const losers = smallest(set.scores, set.scores.length - set.keepAtLeast, set.vetoed);
    for (let i = 0; i < losers.length; i++) safe[at + i] = losers[i] ? 0 : 1;
    at += set.scores.length;
  }
  const chosen = smallest(all, removalCount(fraction, total), safe);
  at = 0;
  return sets.map(({ scores }) => chosen.subarray(at, (at += scores.length)));
}
