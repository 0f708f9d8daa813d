import { describe, expect, it } from "vitest";
import type { BitPlan } from "../../../core/bit-plan";
import { createRng } from "../../../core/rng";
import { drawBits, elitesOf, follow, logitsAround, populationOf, softmax } from "./cross-entropy";
import { greedyBits } from "./greedy";
import { bitsOfAction, lowered, type PlanSpace, planOf, rewardOf, bitsOfBudget } from "./plan-space";

describe("HAQ's arithmetic (Wang et al. 2019)", () => {
  it("actions 0, .25, .5, .75, 1 are 2, 3, 5, 7, 8 bits of 2 to 8", () => {
    // 1.5 + 7 a: 1.5, 3.25, 5, 6.75, 8.5; halves go to the even neighbour, 8.5 is clipped.
    expect([0, 0.25, 0.5, 0.75, 1].map((a) => bitsOfAction(a, 2, 8))).toEqual([2, 3, 5, 7, 8]);
  });

  it("the reward is a tenth of what the accuracy changed", () => {
    expect(rewardOf(0.88, 0.9)).toBeCloseTo(-0.002, 12);
  });
});

/** Weights of two layers of 100 and 300 weights, the second layer's inputs; cost in bits of weights. */
function space(budget: number, fixed: BitPlan = new Map()): PlanSpace {
  const sizes = new Map([
    ["a", 100],
    ["b", 300],
  ]);
  return {
    decisions: [
      { layer: "a", of: "wBits" },
      { layer: "b", of: "wBits" },
      { layer: "b", of: "aBits" },
    ],
    fixed,
    bMin: 2,
    bMax: 8,
    cost: (plan) => [...plan].reduce((sum, [id, { wBits = 0 }]) => sum + wBits * (sizes.get(id) ?? 0), 0),
    budget,
  };
}

describe("within the budget", () => {
  it("bits are lowered in turn from the last decision on, until it holds", () => {
    // 800 + 2,400 = 3,200. Inputs 8 -> 7, b -> 7: 2,900; a -> 7: 2,800; inputs -> 6, b -> 6: 2,500.
    expect(lowered(space(2500), [8, 8, 8])).toEqual([7, 6, 6]);
    expect(lowered(space(3200), [8, 8, 8])).toEqual([8, 8, 8]);
  });

  it("a decision at the fewest bits is left out", () => {
    // 500 + 600 = 1,100; only a can go on: 400 + 600.
    expect(lowered(space(1000), [5, 2, 2])).toEqual([4, 2, 2]);
  });

  it("says when the fewest bits are too many", () => {
    expect(() => lowered(space(700), [8, 8, 8])).toThrow(/at least 800, which 2 bits everywhere cost, got 700; raise/);
  });

  it("a single width uses it up", () => {
    // 400 for each bit.
    expect([4000, 3200, 3199, 1600, 100].map((budget) => bitsOfBudget(space(budget)))).toEqual([8, 8, 8, 4, 2]);
  });

  it("a plan holds what is fixed besides", () => {
    const fixed: BitPlan = new Map([["first", { wBits: 8, aBits: 8 }]]);
    expect([...planOf(space(0, fixed), [2, 3, 4])]).toEqual([
      ["first", { wBits: 8, aBits: 8 }],
      ["a", { wBits: 2 }],
      ["b", { wBits: 3, aBits: 4 }],
    ]);
  });
});

describe("the greedy baseline", () => {
  it("takes the bit that rounds least for what it saves", () => {
    // Errors double with each bit less; a's are a hundred times b's. A bit of a saves 100, one of b 300.
    const error = (at: number, bits: number) => (at === 0 ? 100 : 1) * 2 ** -bits;
    // From 3,200: b falls to 2 (1,400) before a's first bit (100 x 2^-8 / 100 against 2^-2 / 300): to 7 at 2^-7 x 3 < 1.
    const bits = greedyBits(space(1400), error);
    expect(bits).toEqual([8, 2, 8]);
    expect(greedyBits(space(1200), error)).toEqual([6, 2, 8]);
  });

  it("where no bit alone saves anything, all are lowered in turn", () => {
    const steps = {
      ...space(400),
      cost: (plan: BitPlan) => ([...plan.values()].every((l) => l.wBits! <= 4) ? 100 : 900),
    };
    expect(greedyBits(steps, () => 1)).toEqual([4, 4, 4]);
  });
});

describe("cross-entropy", () => {
  it("logits follow the elites, half of each choice spread over its neighbours", () => {
    const [row] = follow([[0, 0, 0]], [[3]], 2);
    // f = (1/4, 1/2, 1/4): 0.3 / 3 + 0.7 f.
    expect(softmax(row!)).toEqual([0.275, 0.45, 0.275].map((p) => expect.closeTo(p, 12)));
    // At the end there is one neighbour: f = (3/4, 1/4, 0).
    const [end] = follow([[0, 0, 0]], [[2]], 2);
    expect(softmax(end!)).toEqual([0.625, 0.275, 0.1].map((p) => expect.closeTo(p, 12)));
  });

  it("begins around a width: of one bit more or less exp(-1 / 4.5) as likely", () => {
    const [row] = logitsAround(4, 1, 2, 8);
    const p = softmax(row!);
    expect(p[3]! / p[2]!).toBeCloseTo(Math.exp(-1 / 4.5), 12);
    expect(p[1]).toBeCloseTo(p[3]!, 12);
  });

  it("draws by probability, the same from the same stream", () => {
    const logits = [[Math.log(0.1), Math.log(0.6), Math.log(0.3)]];
    const draws = (stream: string) => {
      const rng = createRng(1, stream);
      return Array.from({ length: 3000 }, () => drawBits(logits, 2, rng)[0]!);
    };
    const counts = [2, 3, 4].map((bits) => draws("a").filter((b) => b === bits).length / 3000);
    [0.1, 0.6, 0.3].forEach((p, k) => expect(counts[k]).toBeCloseTo(p, 1));
    expect(draws("a")).toEqual(draws("a"));
    expect(draws("a")).not.toEqual(draws("b"));
  });

  it("finds good plans: of 40 episodes the best is nearer than of 40 random draws, in the median of 20 seeds", () => {
    const target = [2, 8, 5, 3, 7, 4, 6, 2, 8, 5];
    const worth = (bits: readonly number[]) => -bits.reduce((sum, b, d) => sum + (b - target[d]!) ** 2, 0);
    const bestOf = (seed: number, learns: boolean): number => {
      let logits = logitsAround(5, target.length, 2, 8);
      let best = -Infinity;
      const population = populationOf(40);
      for (let g = 0; g < 40 / population; g++) {
        const rng = createRng(seed, `g${g}`);
        const plans = Array.from({ length: population }, () => drawBits(logits, 2, rng));
        plans.sort((a, b) => worth(b) - worth(a));
        best = Math.max(best, worth(plans[0]!));
        if (learns) logits = follow(logits, plans.slice(0, elitesOf(population)), 2);
      }
      return best;
    };
    const gains = Array.from({ length: 20 }, (_, seed) => bestOf(seed, true) - bestOf(seed, false));
    expect(gains.toSorted((a, b) => a - b)[10]).toBeGreaterThan(5);
  });
});
