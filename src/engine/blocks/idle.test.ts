import { describe, expect, it } from "vitest";
import { blockMeta, catalog } from "./catalog";
import type { BlockMeta } from "./block";
import { idleReason, paramProblem, type ParamValue } from "./params";

const idle = (block: string, params: Record<string, ParamValue>) => {
  const meta = blockMeta(block);
  return Object.fromEntries(
    Object.keys(meta.params).flatMap((name) => {
      const reason = idleReason(name, meta.params, params);
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

  it("a rule names a parameter of its block, and values that it can have", () => {
    for (const { params } of catalog as readonly BlockMeta[]) {
      for (const { when, is = [], unless = [] } of Object.values(params).flatMap(({ idle: rules }) => rules ?? [])) {
        // Shared parameters bring their rules into blocks that lack the one that decides.
        const decides = params[when];
        for (const value of decides ? [...is, ...unless] : []) {
          expect(paramProblem(when, decides!, value)).toBeUndefined();
        }
      }
    }
  });
});
