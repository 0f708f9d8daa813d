import { describe, expect, it } from "vitest";
import { blockMeta, catalog } from "../../../engine/blocks/catalog";
import { idleReason } from "./param-rules";

const idle = (block: string, params: Record<string, number | string>) => {
  const meta = blockMeta(block);
  return Object.fromEntries(
    Object.keys(meta.params).flatMap((name) => {
      const reason = idleReason(name, meta, params);
      return reason ? [[name, reason]] : [];
    }),
  );
};

describe("idleReason", () => {
  it("a one-shot pruning, the default, has no rounds", () => {
    const expected = { rounds: "schedule", growth: "schedule", endFraction: "schedule" };
    expect(idle("prune.magnitude", {})).toEqual(expected);
    expect(idle("prune.filter-l1", { schedule: "one-shot" })).toEqual(expected);
  });

  it("AGP grows by its own rule", () =>
    expect(idle("prune.magnitude", { schedule: "agp" })).toEqual({ growth: "growth" }));

  it("an iterative schedule uses all", () => expect(idle("prune.magnitude", { schedule: "iterative" })).toEqual({}));

  it("without quantized activations nothing of them counts", () => {
    expect(idle("quant.qat-fake-quant", { aBits: 32, calibration: "percentile" })).toEqual({
      activationDelay: "activations",
      rangeDecay: "activations",
      freezeRangesAt: "activations",
      images: "activations",
    });
  });

  it("Adam takes no momentum, SGD does", () => {
    expect(idle("train.fine-tune", {})).toEqual({ momentum: "momentum" });
    expect(idle("train.fine-tune", { optimizer: "sgd" })).toEqual({});
  });

  it("progressive masks follow a share or a strength, and relevance has an epsilon by one of its rules", () => {
    expect(idle("prune.pp-res", {})).toEqual({});
    expect(idle("prune.pp-res", { aim: "strength" })).toEqual({ sparsity: "aim" });
    expect(idle("prune.lrp", { schedule: "iterative" })).toEqual({});
    expect(idle("prune.lrp", { schedule: "iterative", rule: "z-plus" })).toEqual({ epsilon: "rule" });
  });

  it("the parameters that decide are in the catalogue under these names", () => {
    const names = new Set(catalog.flatMap((meta) => Object.keys(meta.params)));
    for (const name of ["schedule", "calibration", "aBits", "optimizer", "aim", "rule"]) expect(names).toContain(name);
  });
});
