import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
import {
  decodedOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { fillKnapsack, unitMacs } from "./knapsack";
import { dropGreedily, type Item, solveExactly } from "./solve";

beforeAll(startTiny);

const items: readonly Item[] = [
  { value: 6, cost: 1 },
  { value: 10, cost: 2 },
  { value: 12, cost: 3 },
];
const total = (keep: Uint8Array, of: readonly Item[], what: keyof Item) =>
  of.reduce((sum, item, i) => sum + (keep[i] ? item[what] : 0), 0);

describe("values 6, 10, 12 at costs 1, 2, 3 within 5", () => {
  it("exactly: the last two, 22", () => {
    expect([...solveExactly(items, 5)]).toEqual([0, 1, 1]);
  });

  it("greedily, worth 6, 5 and 4 each: the last goes, 16", () => {
    expect([...dropGreedily(items, 5)]).toEqual([1, 1, 0]);
  });

  it("costs in millions are divided by what they share", () => {
    const large = items.map(({ value, cost }) => ({ value, cost: cost * 7_000_000 }));
    expect([...solveExactly(large, 35_000_000)]).toEqual([0, 1, 1]);
  });
});

it("dynamic programming finds what trying everything finds", () => {
  const item = fc.record({ value: fc.integer({ min: 0, max: 30 }), cost: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 9 }), fc.integer({ min: 0, max: 40 }), (some, budget) => {
      let best = 0;
      for (let subset = 0; subset < 2 ** some.length; subset++) {
        const keep = Uint8Array.from(some, (_, i) => (subset >> i) & 1);
        if (total(keep, some, "cost") <= budget) best = Math.max(best, total(keep, some, "value"));
      }
      const found = solveExactly(some, budget);
      expect(total(found, some, "cost")).toBeLessThanOrEqual(budget);
      expect(total(found, some, "value")).toBe(best);
    }),
    { seed: 5, numRuns: 60 },
  );
});

describe("channels as items", () => {
  it("a channel costs what makes it and what reads it", async () => {
    const { network } = await trainedTiny();
    const [conv1, conv2] = unitMacs(network, channelGroups(network));
    // conv1 12 x 12: 9 weights; conv2 at 6 x 6 reads it with 9 * 8. conv2: 9 * 6 at 6 x 6; logits read 3 x 3 places of 4.
    expect([...new Set(conv1)]).toEqual([144 * 9 + 36 * 72]);
    expect([...new Set(conv2)]).toEqual([36 * 54 + 36]);
  });

  it("masked is shrunk, within the budget, the best of each layer and what is vetoed kept", async () => {
    const snapshot = await trainedTiny();
    const groups = channelGroups(snapshot.network);
    const values = groups.map(({ units }) => Float64Array.from({ length: units }, (_, u) => u));
    const options = { budget: 0.4, solver: "dp", roundTo: 1 } as const;
    const removals = fillKnapsack(snapshot, groups, values, options, new Map([["conv1", { keep: [0] }]]));
    expect(removals.get("conv1")).not.toContain(0);
    for (const { id, units } of groups) expect(removals.get(id)).not.toContain(units - 1);
    const images = tinyPixels(4);
    expectMaskedIsShrunk(snapshot, removals, images);
  });

  it("says when the budget is out of reach", async () => {
    const snapshot = await trainedTiny();
    const groups = channelGroups(snapshot.network).slice(1);
    const values = groups.map(({ units }) => new Float64Array(units));
    expect(() => fillKnapsack(snapshot, groups, values, { budget: 0.05, solver: "dp", roundTo: 1 })).toThrow(
      /raise the budget/,
    );
  });
});

describe("on the timeline", () => {
  it.each(["dp", "greedy"])("by %s: at most half of the MACs stay, and not far less", async (solver) => {
    const clip = { block: "prune.knapsack", params: { solver, images: 64, batchSize: 32 } };
    const run = await runTiny(tinyDocument([clip]), { platform: await tinyPlatform(), useCache: false });
    const share = run.result.final.macs / run.result.original.macs;
    expect(share).toBeLessThanOrEqual(0.5);
    expect(share).toBeGreaterThan(0.3);
    expect(decodedOf(run).network.nodes.some((n) => n.op === "conv2d" && n.attrs.filters < 6)).toBe(true);
  });
});
