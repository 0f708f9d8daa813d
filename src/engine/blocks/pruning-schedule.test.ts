import { describe, expect, it } from "vitest";
import { pruningRounds, scheduledSparsity } from "./pruning-schedule";

const base = { rounds: 10, growth: "linear", endFraction: 0.5 } as const;
const ladder = (target: number, settings: Parameters<typeof scheduledSparsity>[2]) =>
  Array.from({ length: settings.rounds }, (_, round) => scheduledSparsity(target, round, settings));

describe("scheduledSparsity", () => {
  it("agp: 0.9 (1 - (1 - p)^3) (Zhu and Gupta 2017)", () => {
    const expected = [0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9];
    ladder(0.9, { ...base, schedule: "agp" }).forEach((s, i) => expect(s).toBeCloseTo(expected[i]!, 10));
  });

  it("iterative, linear: equal parts", () => {
    const settings = { ...base, schedule: "iterative", rounds: 4 } as const;
    ladder(0.8, settings).forEach((s, i) => expect(s).toBeCloseTo([0.2, 0.4, 0.6, 0.8][i]!, 12));
  });

  it("iterative, geometric: equal fractions of what is left; 0.9 in two: 1 - sqrt(0.1) = 0.683772", () => {
    const [first, second] = ladder(0.9, { ...base, schedule: "iterative", growth: "geometric", rounds: 2 });
    expect(first).toBeCloseTo(0.683772, 6);
    expect(second).toBeCloseTo(0.9, 12);
    expect((1 - second!) / (1 - first!)).toBeCloseTo(1 - first!, 12);
  });

  it("one-shot: the whole at once", () => {
    expect(scheduledSparsity(0.7, 0, { ...base, schedule: "one-shot" })).toBe(0.7);
  });

  it.each(["iterative", "agp"] as const)("%s ends at the target and never falls", (schedule) => {
    for (const growth of ["linear", "geometric"] as const) {
      const steps = ladder(0.95, { ...base, schedule, growth, rounds: 7 });
      expect(steps.at(-1)).toBeCloseTo(0.95, 12);
      steps.slice(1).forEach((s, i) => expect(s).toBeGreaterThan(steps[i]!));
    }
  });
});

describe("pruningRounds", () => {
  it("one-shot decides once, with or without length", () => {
    expect(pruningRounds(0, { ...base, schedule: "one-shot" }).count).toBe(1);
    expect(pruningRounds(100, { ...base, schedule: "one-shot" }).count).toBe(1);
  });

  it("the others as often as they have rounds; on an instant they are refused", () => {
    expect(pruningRounds(100, { ...base, schedule: "agp" })).toEqual({ count: 10, endFraction: 0.5 });
    expect(() => pruningRounds(0, { ...base, schedule: "iterative" })).toThrow(
      "schedule iterative expected a clip with length, got an instant; give it steps or choose one-shot",
    );
  });
});
