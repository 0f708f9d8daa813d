import { describe, expect, it } from "vitest";
import type { Clip } from "../../../engine/document/document";
import { decisionsOf, learningRateOf, sparsityStair } from "./schedule-curve";

const clip = (params: Clip["params"], fields: Partial<Clip> = {}): Clip => ({
  id: "c",
  block: "prune.magnitude",
  start: 100,
  steps: 400,
  params,
  ...fields,
});

describe("decisionsOf", () => {
  it("AGP follows the cubic, over the part of the clip before its last decision", () => {
    const decisions = decisionsOf(clip({ sparsity: 0.9, schedule: "agp", rounds: 10 }))!;
    // s_f = 0.9, n = 10: the published values; a step every 400 * 0.5 / 10 = 20.
    const expected = [0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9];
    expect(decisions.map(({ sparsity }) => Number(sparsity.toFixed(4)))).toEqual(expected);
    expect(decisions.map(({ step }) => step)).toEqual([100, 120, 140, 160, 180, 200, 220, 240, 260, 280]);
  });

  it("geometric rounds take an equal part of what is left: 1 - sqrt(0.1), then 0.9", () => {
    const decisions = decisionsOf(
      clip({ sparsity: 0.9, schedule: "iterative", growth: "geometric", rounds: 2, endFraction: 1 }),
    )!;
    expect(decisions[0]!.sparsity).toBeCloseTo(0.683772, 6);
    expect(decisions[1]).toEqual({ step: 300, sparsity: expect.closeTo(0.9, 9) as number });
  });

  it("one shot decides once, at the start, also of an instant", () => {
    expect(decisionsOf(clip({ sparsity: 0.5 }))).toEqual([{ step: 100, sparsity: 0.5 }]);
    expect(decisionsOf(clip({ sparsity: 0.5 }, { steps: 0 }))).toEqual([{ step: 100, sparsity: 0.5 }]);
  });

  it.each<[string, Clip]>([
    ["a value that cannot be", clip({ sparsity: 2 })],
    ["a schedule of rounds on an instant", clip({ schedule: "agp" }, { steps: 0 })],
    ["a clip that does not prune", clip({}, { block: "train.fine-tune" })],
    ["an unknown block", clip({}, { block: "prune.nothing" })],
  ])("none of %s", (_, other) => expect(decisionsOf(other)).toBeNull());
});

describe("sparsityStair", () => {
  it("rises at each decision and stays until the next", () => {
    const two = [
      { step: 100, sparsity: 0.25 },
      { step: 300, sparsity: 0.5 },
    ];
    expect(sparsityStair({ start: 100, steps: 400 }, two).points).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
      { x: 0, y: 0.25 },
      { x: 0.5, y: 0.25 },
      { x: 0.5, y: 0.5 },
      { x: 1, y: 0.5 },
    ]);
  });

  it("an instant stands in the middle", () => {
    expect(sparsityStair({ start: 7, steps: 0 }, [{ step: 7, sparsity: 0.5 }]).marks).toEqual([{ x: 0.5, y: 0.5 }]);
  });
});

describe("learningRateOf", () => {
  it("falls to 5 % of the peak by the cosine", () => {
    const { peak, points } = learningRateOf(clip({ learningRate: 0.01 }, { block: "train.fine-tune" }))!;
    expect([peak, points[0]!.y, points[30]!.y, points[60]!.y]).toEqual([
      0.01,
      1,
      // Half way: 0.05 + 0.95 / 2.
      expect.closeTo(0.525, 9),
      expect.closeTo(0.05, 9),
    ]);
  });

  it("none of a pruner", () => expect(learningRateOf(clip({}))).toBeNull());
});
