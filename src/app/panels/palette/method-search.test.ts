import { describe, expect, it } from "vitest";
import { citationTag, groupMethods, methods, searchMethods } from "./method-search";

const found = (query: string) => searchMethods(query).map(({ id }) => id);

describe("searchMethods", () => {
  it("finds all for an empty query", () => expect(found("  ")).toEqual(methods.map(({ id }) => id)));
  it.each([
    ["an English name, whatever its case", "MAGNITUDE prun", "prune.magnitude"],
    ["a Chinese name", "软标签", "distill.kd-logits"],
    ["an id", "quant.qat", "quant.qat-fake-quant"],
    ["a method that it covers", "sched-agp", "prune.magnitude"],
    ["the number in the survey", "[14]", "prune.filter-l1"],
    ["an author and a word of the title, in any order", "distilling hinton", "distill.kd-logits"],
    ["full-width letters", "ＩＮＴ８", "quant.affine-int8"],
  ])("finds by %s", (_, query, id) => expect(found(query)).toContain(id));
  it("finds a family by its name in both languages", () => {
    const prune = methods.filter(({ roles }) => roles.includes("prune")).map(({ id }) => id);
    expect(found("剪枝")).toEqual(expect.arrayContaining(prune));
  });
  it("finds nothing where a word occurs nowhere", () => expect(found("magnitude xyzzy")).toEqual([]));
});

describe("groupMethods", () => {
  it("keeps the order of families and leaves out empty ones", () => {
    const some = methods.filter(({ id }) => ["train.fine-tune", "model.replace", "prune.magnitude"].includes(id));
    expect(groupMethods(some).map(({ kind }) => kind)).toEqual(["prune", "train", "model"]);
  });
  it("loses none", () => expect(groupMethods(methods).flatMap(({ methods: own }) => own)).toHaveLength(methods.length));
});

describe("citationTag", () => {
  it("is the survey's number", () => expect(citationTag({ citations: ["han-pruning", "agp"] })).toBe("[21]"));
  it("else the author and the year", () => expect(citationTag({ citations: ["agp"] })).toBe("Zhu 2017"));
  it("is nothing where there is no source", () => expect(citationTag({ citations: [] })).toBe(""));
});
