/**
 * What a search over widths decides, and what its decisions cost: pure code on plain arrays. A decision is the width of
 * one layer's kernel, or of what one layer reads; decisions are in the order of the layers, weights before inputs.
 */
import type { BitPlan, LayerWidths } from "../../../core/bit-plan";
import { roundHalfEven } from "../../../core/effective";
import { EngineError } from "../../../core/errors";

export interface Decision {
  readonly layer: string;
  readonly of: "wBits" | "aBits";
}

export interface PlanSpace {
  readonly decisions: readonly Decision[];
  /** Widths that nobody decides: the first and the last layer's, and those set by hand. */
  readonly fixed: BitPlan;
  readonly bMin: number;
  readonly bMax: number;
  /** Of a whole plan, in the budget's unit: bytes, bit operations or milliseconds. */
  cost(plan: BitPlan): number;
  readonly budget: number;
}

/** `round(bMin - 1/2 + a (bMax - bMin + 1))`, clipped, for an action a in [0, 1] (Wang et al. 2019, eq. 2). */
export function bitsOfAction(action: number, bMin: number, bMax: number): number {
  const bits = roundHalfEven(bMin - 0.5 + action * (bMax - bMin + 1));
  return Math.max(bMin, Math.min(bMax, bits));
}

/** `0.1 (accuracy - reference)`, both fractions (eq. 5). */
export const rewardOf = (accuracy: number, reference: number): number => 0.1 * (accuracy - reference);

export function planOf({ decisions, fixed }: Pick<PlanSpace, "decisions" | "fixed">, bits: readonly number[]): BitPlan {
  const plan = new Map<string, LayerWidths>(fixed);
  decisions.forEach(({ layer, of }, i) => plan.set(layer, { ...plan.get(layer), [of]: bits[i] }));
  return plan;
}

/** The fewest bits for all decisions that use the budget up; the most where none do. */
export function bitsOfBudget(space: PlanSpace): number {
  for (let bits = space.bMin; bits < space.bMax; bits++) {
    const all = space.decisions.map(() => bits);
    if (space.cost(planOf(space, all)) >= space.budget) return bits;
  }
  return space.bMax;
}

/**
 * The bits within the budget: while they are beyond it each decision loses one bit in turn, from the last to the first,
 * as in the authors' code.
 * @throws EngineError `invalid-params` where the fewest bits everywhere are beyond it
 */
export function lowered(space: PlanSpace, proposed: readonly number[]): number[] {
  const bits = [...proposed];
  const cost = () => space.cost(planOf(space, bits));
  let current = cost();
  while (current > space.budget) {
    let moved = false;
    for (let i = bits.length - 1; i >= 0 && current > space.budget; i--) {
      if (bits[i]! <= space.bMin) continue;
      bits[i]!--;
      moved = true;
      current = cost();
    }
    if (!moved) {
      throw new EngineError(
        "invalid-params",
        `share expected a budget of at least ${current}, which ${space.bMin} bits everywhere cost, got ` +
          `${space.budget}; raise the share, or lower the widths that are set`,
        { details: { parameter: "share", least: current, got: space.budget } },
      );
    }
  }
  return bits;
}
