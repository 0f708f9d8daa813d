import { describe, expect, it } from "vitest";
import { appendLosses, drawnLosses, type LossHistory, lossLines, noLosses } from "./loss-history";

/** Steps `from` to `to`, each with its number as its loss, half of it from hard labels and the rest from a term. */
const series = (from: number, to: number, term = "soft labels") => {
  const steps = Uint32Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const half = Float32Array.from(steps, (step) => step / 2);
  return { names: ["hard labels", term], steps, total: Float32Array.from(steps), parts: [half, half] };
};
const stepsOf = ({ rows }: LossHistory) => rows.map(({ step }) => step);

describe("appendLosses", () => {
  it("keeps totals and parts of each step by name", () => {
    const history = appendLosses(noLosses, [series(2, 3)]);
    expect(history).toEqual({
      rows: [
        { step: 2, total: 2, parts: { "hard labels": 1, "soft labels": 1 } },
        { step: 3, total: 3, parts: { "hard labels": 1.5, "soft labels": 1.5 } },
      ],
      names: ["hard labels", "soft labels"],
    });
  });

  it("gives the same history back for no steps", () => {
    const history = appendLosses(noLosses, [series(0, 1)]);
    expect(appendLosses(history, [])).toBe(history);
  });

  it("leaves a term out of the steps that do not have it", () => {
    const history = appendLosses(appendLosses(noLosses, [series(0, 0)]), [series(1, 1, "hints")]);
    expect(history.names).toEqual(["hard labels", "soft labels", "hints"]);
    expect(history.rows.map(({ parts }) => Object.keys(parts))).toEqual([
      ["hard labels", "soft labels"],
      ["hard labels", "hints"],
    ]);
  });

  it("takes the later telling of a step where a run goes on from before it", () => {
    const history = appendLosses(appendLosses(noLosses, [series(0, 9)]), [series(5, 6)]);
    expect(stepsOf(history)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("never holds more than 800 rows, the latest among them and some from the beginning", () => {
    let history = noLosses;
    for (let step = 0; step < 10_000; step += 50) history = appendLosses(history, [series(step, step + 49)]);
    const steps = stepsOf(history);
    expect(steps.length).toBeLessThanOrEqual(800);
    expect(steps.length).toBeGreaterThan(300);
    expect(steps.at(-1)).toBe(9999);
    expect(steps[0]).toBeLessThan(100);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });
});

describe("drawnLosses", () => {
  it("draws 400 rows at most, the last among them", () => {
    const drawn = drawnLosses(appendLosses(noLosses, [series(1, 799)]));
    // Every second of 799 from the last: 799, 797, ... 1.
    expect(drawn.rows).toHaveLength(400);
    expect(drawn.rows.at(-1)!.step).toBe(799);
  });

  it("draws few as they are", () => {
    const history = appendLosses(noLosses, [series(1, 3)]);
    expect(stepsOf(drawnLosses(history))).toEqual([1, 2, 3]);
  });
});

describe("lossLines", () => {
  it("is nothing of nothing", () => {
    expect(lossLines(noLosses)).toEqual([]);
  });

  it("is the total, then each part over the steps that have it", () => {
    const history = appendLosses(appendLosses(noLosses, [series(2, 2)]), [series(4, 4, "hints")]);
    expect(lossLines(history)).toEqual([
      { name: null, steps: [2, 4], values: [2, 4] },
      { name: "hard labels", steps: [2, 4], values: [1, 2] },
      { name: "soft labels", steps: [2], values: [1] },
      { name: "hints", steps: [4], values: [2] },
    ]);
  });

  it("draws a loss of one part once", () => {
    const only = Float32Array.of(1);
    const history = appendLosses(noLosses, [
      { names: ["hard labels"], steps: Uint32Array.of(0), total: only, parts: [only] },
    ]);
    expect(lossLines(history)).toEqual([{ name: null, steps: [0], values: [1] }]);
  });
});
