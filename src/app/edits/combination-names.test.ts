import { describe, expect, it } from "vitest";
import { combinationIds, combinations } from "../../survey/combinations";
import { shortName } from "./combination-names";

describe("shortName", () => {
  it("drops the code and what its digits say", () => {
    expect(shortName(combinations["pk-c1"], "en")).toBe("prune while distilling");
    expect(shortName(combinations["pk-c1"], "zh")).toBe("边剪枝边蒸馏");
    expect(shortName(combinations["pq-a-1-1"], "en")).toBe("prune, then quantize");
    expect(shortName(combinations["pq-a-1-1"], "zh")).toBe("先剪枝后量化");
  });
  it.each(combinationIds)("%s is short and has no code in it, in both languages", (id) => {
    const combination = combinations[id];
    for (const language of ["en", "zh"] as const) {
      const name = shortName(combination, language);
      expect(name.length).toBeGreaterThan(3);
      expect(name.length).toBeLessThan(32);
      expect(name).not.toContain(combination.code);
    }
  });
});
