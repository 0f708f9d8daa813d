/** What all rounds of a structured pruner may remove together at most. */
export const largestSparsity = 0.95;
