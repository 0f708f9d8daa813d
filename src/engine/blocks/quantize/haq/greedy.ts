/**
 * The baseline: from the most bits down, the decision that rounds least for what it saves loses the next bit, until the
 * budget holds. Looks at rounding alone; nothing is tried. Pure code on plain arrays.
 */
import type { PlanSpace } from "./plan-space";
import { lowered, planOf } from "./plan-space";

/** @param errorOf relative squared error of a decision's values at these bits */
export function greedyBits(space: PlanSpace, errorOf: (decision: number, bits: number) => number): number[] {
  const bits = space.decisions.map(() => space.bMax);
  let cost = space.cost(planOf(space, bits));
  while (cost > space.budget) {
    let best: { readonly at: number; readonly worth: number; readonly cost: number } | undefined;
    for (let at = 0; at < bits.length; at++) {
      const now = bits[at]!;
      if (now <= space.bMin) continue;
      const next = bits.with(at, now - 1);
      const saved = cost - space.cost(planOf(space, next));
      if (saved <= 0) continue;
      const worth = (errorOf(at, now - 1) - errorOf(at, now)) / saved;
      if (!best || worth < best.worth) best = { at, worth, cost: cost - saved };
    }
    // A device may save nothing for one bit alone: then all lose bits in turn.
    if (!best) return lowered(space, bits);
    bits[best.at]!--;
    cost = best.cost;
  }
  return bits;
}
