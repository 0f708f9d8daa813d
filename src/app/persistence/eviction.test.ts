import { describe, expect, it } from "vitest";
import { runsToEvict } from "./eviction";

/** `usedAt` is the number in the id. */
const run = (usedAt: number, bytes = 1) => ({ id: `r${usedAt}`, usedAt, bytes });
const limits = { count: 3, bytes: 100 };

describe("runsToEvict", () => {
  it.each([
    ["nothing of nothing", [], []],
    ["nothing of as many as there may be", [run(1), run(2), run(3)], []],
    ["the least recently used of too many", [run(4), run(1), run(3), run(2)], ["r1"]],
    // 60 + 30 = 90 fit; 20 more are 110, and what is older goes with it.
    ["those beyond the bytes, oldest first to go", [run(3, 60), run(2, 30), run(1, 20)], ["r1"]],
    ["what is older than one that does not fit", [run(3, 60), run(2, 50), run(1, 1)], ["r2", "r1"]],
    ["never the latest, however large", [run(2, 1000), run(1, 1)], ["r1"]],
  ])("gives %s", (_, runs, expected) => expect(runsToEvict(runs, limits)).toEqual(expected));

  it("keeps 50 runs and 64 MiB by default", () => {
    const many = Array.from({ length: 60 }, (_, i) => run(i));
    expect(runsToEvict(many)).toHaveLength(10);
    const large = Array.from({ length: 5 }, (_, i) => run(i, 16 * 2 ** 20));
    expect(runsToEvict(large)).toEqual(["r0"]);
  });
});
