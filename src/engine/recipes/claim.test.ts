import { describe, expect, it } from "vitest";
import { type ArmFigures, type Claim, judge, judgeDifferences, overall } from "./claim";

const figures = (value: number, more: Partial<ArmFigures> = {}): ArmFigures => ({
  value,
  trainedSteps: 100,
  sizeBytes: 1000,
  merit: value,
  ...more,
});
const claim = (more: Partial<Claim>): Claim => ({
  kind: "difference",
  metric: "accuracy",
  arms: ["a", "b"],
  point: "final",
  margin: 0.01,
  strength: "medium",
  given: [],
  ...more,
});
const seeds = (...rows: readonly number[][]) => rows.map((row) => row.map((value) => figures(value)));

it.each([
  // means: 1; 0.4 with one seed of three positive; -1; 0.1 is within the margin; one seed alone
  [[1.5, 1, 0.5], "reproduced"],
  [[3, -0.9, -0.9], "inconclusive"],
  [[-1.5, -1, -0.5], "contradicted"],
  [[0.2, 0.1, 0], "inconclusive"],
  [[0.3], "reproduced"],
])("%j at a margin of 0.3 points is %s", (differences, verdict) => {
  expect(judgeDifferences(differences, 0.3)).toBe(verdict);
});

describe("each kind of claim", () => {
  it.each<[string, Partial<Claim>, number[][], string]>([
    [
      "difference",
      {},
      [
        [0.95, 0.93],
        [0.94, 0.93],
      ],
      "reproduced",
    ], // .02 and .01, mean .015
    ["difference the other way", {}, [[0.91, 0.93]], "contradicted"],
    // Of the loss less is better: 0.3 beats 0.5 by 0.2.
    ["difference of a loss", { metric: "loss" }, [[0.3, 0.5]], "reproduced"],
    ["difference of bytes", { metric: "sizeBytes", margin: 100 }, [[900, 1000]], "reproduced"],
    // Factors 2 and 8: the geometric mean is 4.
    [
      "ratio",
      { kind: "ratio", metric: "compressionRatio", margin: 4 },
      [
        [20, 10],
        [80, 10],
      ],
      "reproduced",
    ],
    [
      "ratio short of it",
      { kind: "ratio", metric: "compressionRatio", margin: 4.1 },
      [
        [20, 10],
        [80, 10],
      ],
      "inconclusive",
    ],
    ["ratio turned round", { kind: "ratio", metric: "compressionRatio", margin: 4 }, [[10, 40]], "contradicted"],
    ["threshold", { kind: "threshold", margin: 0.9 }, [[0.9], [0.92]], "reproduced"],
    ["threshold missed", { kind: "threshold", margin: 0.9 }, [[0.89], [0.88]], "contradicted"],
    // The mean is above, and only one seed of three is.
    ["threshold by luck", { kind: "threshold", margin: 0.9 }, [[0.99], [0.89], [0.89]], "inconclusive"],
    ["threshold of a loss", { kind: "threshold", metric: "loss", margin: 0.3 }, [[0.2]], "reproduced"],
    ["order", { kind: "order" }, [[0.9, 0.85, 0.8]], "reproduced"],
    ["order with a tie", { kind: "order" }, [[0.9, 0.9, 0.8]], "inconclusive"],
    ["order broken", { kind: "order" }, [[0.9, 0.8, 0.85]], "contradicted"],
    ["spread", { kind: "spread", margin: 0.05 }, [[0.9, 0.86, 0.88]], "reproduced"], // .04
    ["spread too wide", { kind: "spread", margin: 0.03 }, [[0.9, 0.86, 0.88]], "contradicted"],
    ["describe", { kind: "describe" }, [[0.1, 0.9]], "described"],
  ])("%s", (_, more, rows, verdict) => {
    expect(judge(claim(more), seeds(...rows)).verdict).toBe(verdict);
  });

  it("says by how much: of an order the closest pair of each seed", () => {
    const { values, mean } = judge(claim({ kind: "order" }), seeds([0.9, 0.85, 0.7], [0.9, 0.7, 0.69]));
    expect(values).toEqual([expect.closeTo(0.05), expect.closeTo(0.01)]);
    expect(mean).toBeCloseTo(0.03);
  });
});

describe("what is given", () => {
  const better = (more: Partial<ArmFigures>) => [[figures(0.95, more), figures(0.9)]];
  it.each<[string, Partial<Claim>, Partial<ArmFigures>, readonly string[]]>([
    ["steps differ", { given: ["equal steps"] }, { trainedSteps: 101 }, ["equal steps"]],
    ["bytes within 2 %", { given: ["equal bits"] }, { sizeBytes: 1020 }, []], // 20 of 1020
    ["bytes beyond", { given: ["equal bits"] }, { sizeBytes: 1021 }, ["equal bits"]], // 21 > 20.42
    ["scores alike", { given: ["equal accuracy"], metric: "macs", margin: 0 }, { merit: 0.904 }, []],
    ["scores apart", { given: ["equal accuracy"], metric: "macs", margin: 0 }, { merit: 0.906 }, ["equal accuracy"]],
  ])("%s", (_, more, figuresOf, unmet) => {
    const judgement = judge(claim(more), better(figuresOf));
    expect(judgement.unmet).toEqual(unmet);
    if (unmet.length > 0) expect(judgement.verdict).toBe("inconclusive");
  });
});

it("a recipe is reproduced where all its claims are", () => {
  expect(overall(["reproduced", "described"])).toBe("reproduced");
  expect(overall(["reproduced", "inconclusive"])).toBe("inconclusive");
  expect(overall(["inconclusive", "contradicted", "reproduced"])).toBe("contradicted");
  expect(overall(["described"])).toBe("described");
});
