/**
 * Judging a recipe's claim from paired runs: both arms with the same seeds, one difference for each seed. The verdict is
 * about this machine's runs of stand-in tasks, not about the paper.
 */

export type Verdict = "reproduced" | "inconclusive" | "contradicted";

export interface Judgement {
  readonly verdict: Verdict;
  /** Percentage points of accuracy, better arm minus the other, one for each seed. */
  readonly differences: readonly number[];
  readonly mean: number;
}

/**
 * `reproduced` if the mean is at least the margin and two thirds of the differences are positive, `contradicted` if it is
 * so with the signs turned, `inconclusive` otherwise.
 * @param margin > 0, percentage points
 */
export function judge(differences: readonly number[], margin: number): Judgement {
  const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length;
  const enough = (sign: 1 | -1) =>
    sign * mean >= margin && 3 * differences.filter((d) => sign * d > 0).length >= 2 * differences.length;
  return { verdict: enough(1) ? "reproduced" : enough(-1) ? "contradicted" : "inconclusive", differences, mean };
}
