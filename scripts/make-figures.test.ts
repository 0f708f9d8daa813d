import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { figuresFile, makeFigures } from "./make-figures";

describe("the page's figures", () => {
  it("are what the methods compute today; else run scripts/make-figures.ts", async () => {
    expect(JSON.parse(readFileSync(figuresFile, "utf8"))).toEqual(await makeFigures());
  });

  it("show half of the kernel gone, each in its own way", async () => {
    const { kinds } = (await makeFigures()).granularity;
    const gone = (kept: string, of: (row: number, column: number) => number, groups: number) => {
      const counts = new Array<number>(groups).fill(0);
      [...kept].forEach((stays, i) => stays === "0" && counts[of(Math.floor(i / 8), i % 8)]!++);
      return counts;
    };
    // Of 288 weights; of the nine places of a slice five, as 4.5 rounds up.
    const counts = Object.values(kinds).map(({ kept }) => kept.replaceAll("1", "").length);
    expect(counts).toEqual([144, 160, 144, 144, 144]);
    // Rows are place * 4 + channel: whole filters of 36 weights, whole channels of 72.
    expect(gone(kinds.filters.kept, (_, column) => column, 8).sort()).toEqual([0, 0, 0, 0, 36, 36, 36, 36]);
    expect(gone(kinds.channels.kept, (row) => row % 4, 4).sort()).toEqual([0, 0, 72, 72]);
    expect(new Set(gone(kinds.weights.kept, (_, column) => column, 8)).size).toBeGreaterThan(2);
  });

  it("reach 0.8 at once, or in five decisions", async () => {
    const { kinds } = (await makeFigures()).schedule;
    expect(kinds.oneShot).toHaveLength(1);
    expect(kinds.oneShot[0]![1]).toBeCloseTo(0.8, 2);
    for (const kind of ["linear", "geometric", "agp"] as const) {
      expect(kinds[kind].map(([step]) => step)).toEqual([0, 20, 40, 60, 80]);
      expect(kinds[kind].at(-1)![1]).toBeCloseTo(0.8, 2);
    }
    // 0.8 / 5, 1 - 0.2^(1/5), 0.8 (1 - 0.8^3)
    expect(kinds.linear[0]![1]).toBeCloseTo(0.16, 2);
    expect(kinds.geometric[0]![1]).toBeCloseTo(0.275, 2);
    expect(kinds.agp[0]![1]).toBeCloseTo(0.39, 2);
  });
});
