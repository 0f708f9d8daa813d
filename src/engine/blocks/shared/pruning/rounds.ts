/** Pruners that remove the same share of all units in each round, ranked over the whole network. */

/** What all rounds may remove together at most: as much as any pruner of channels. */
const largestSparsity = 0.95;

/** The schedule of `structuredPruning` for them. */
export const perRoundSchedule = ({ perRound, rounds }: { readonly perRound: number; readonly rounds: number }) =>
  ({
    sparsity: Math.min(largestSparsity, perRound * rounds),
    schedule: "iterative",
    growth: "linear",
    scope: "global",
  }) as const;
