/** The 0/1 knapsack: which items to keep so that their value is largest and their cost fits. */

export interface Item {
  /** At least 0. */
  readonly value: number;
  /** At least 0, in any unit. */
  readonly cost: number;
}

/** So many units of cost at most: costs beyond are rounded up to coarser units, so that a solution always fits. */
export const maximumUnits = 4096;

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** Exact by dynamic programming over whole units of cost. 1 keeps the item. */
export function solveExactly(items: readonly Item[], budget: number): Uint8Array {
  const keep = new Uint8Array(items.length);
  const divisor = items.reduce((g, { cost }) => greatestCommonDivisor(g, Math.round(cost)), 0) || 1;
  const unit = Math.max(divisor, budget / maximumUnits);
  const capacity = Math.floor(budget / unit + 1e-9);
  const costs = items.map(({ cost }) => Math.ceil(cost / unit - 1e-9));
  // best[c]: largest value within cost c; taken[i, c]: whether item i is part of it.
  const best = new Float64Array(capacity + 1);
  const taken = new Uint8Array(items.length * (capacity + 1));
  items.forEach(({ value }, i) => {
    for (let c = capacity; c >= costs[i]!; c--) {
      const withItem = best[c - costs[i]!]! + value;
      if (withItem > best[c]!) {
        best[c] = withItem;
        taken[i * (capacity + 1) + c] = 1;
      }
    }
  });
  for (let i = items.length - 1, c = capacity; i >= 0; i--) {
    if (!taken[i * (capacity + 1) + c]) continue;
    keep[i] = 1;
    c -= costs[i]!;
  }
  return keep;
}

/** Drops the items of the least value for their cost until the rest fits; equal ones from the first on. */
export function dropGreedily(items: readonly Item[], budget: number): Uint8Array {
  const keep = new Uint8Array(items.length).fill(1);
  let cost = items.reduce((sum, item) => sum + item.cost, 0);
  const worth = ({ value, cost: of }: Item) => (of > 0 ? value / of : Number.POSITIVE_INFINITY);
  const order = [...items.keys()].sort((a, b) => worth(items[a]!) - worth(items[b]!) || a - b);
  for (const i of order) {
    if (cost <= budget) break;
    keep[i] = 0;
    cost -= items[i]!.cost;
  }
  return keep;
}
