import { describe, expect, it } from "vitest";
import { tinyDocument } from "./tiny.testing";
import { assertValid, validate } from "./validate";

type Clips = Parameters<typeof tinyDocument>[0];
const kd = { block: "distill.kd-logits", steps: 5, teacher: "original" };

describe("validate", () => {
  it.each<[string, Clips, Record<string, unknown>?]>([
    ["error unknown-block", [{ block: "prune.nothing" }]],
    [
      "error duplicate-id",
      [
        { id: "x", block: "prune.magnitude", steps: 1 },
        { id: "x", block: "train.fine-tune", steps: 2 },
      ],
    ],
    ["error invalid-params", [{ block: "prune.magnitude", steps: 5, params: { sparsity: 1 } }]],
    ["error invalid-params", [{ block: "prune.magnitude", steps: 5, params: { sparcity: 0.5 } }]],
    ["error needs-length", [{ block: "train.fine-tune" }]],
    ["error needs-instant", [{ block: "quant.uniform-kbit", steps: 3 }]],
    [
      "error schedule-needs-length",
      [
        { block: "prune.magnitude", params: { schedule: "agp" } },
        { block: "train.fine-tune", steps: 2 },
      ],
    ],
    ["error missing-teacher", [{ block: "distill.kd-logits", steps: 5 }]],
    ["error teacher-unknown-clip", [{ ...kd, teacher: "after:nobody" }]],
    [
      "error teacher-not-ready",
      [
        { ...kd, teacher: "after:c1" },
        { block: "train.fine-tune", steps: 9 },
      ],
    ],
    ["error teacher-unsupported", [{ ...kd, teacher: "peer" }]],
    ["error too-many-samples", [{ ...kd, samples: 300 }], { dataset: { id: "file:data", train: 200 } }],
    ["error unknown-network", [], { model: { source: "build:nothing" } }],
    ["warning unused-teacher", [{ block: "prune.magnitude", steps: 5, teacher: "original" }]],
    [
      "warning prune-after-quantize",
      [{ block: "quant.uniform-kbit" }, { block: "prune.magnitude", start: 1, steps: 4 }],
    ],
    ["warning untrained-source", [], { model: { source: "build:cnn-s" } }],
    [
      "warning model-discards",
      [
        { block: "prune.magnitude", steps: 2 },
        { block: "model.replace", start: 2 },
        { block: "train.fine-tune", start: 2, steps: 3 },
      ],
    ],
    ["hint prune-without-recovery", [{ block: "prune.magnitude" }]],
    ["hint quantize-without-recovery", [{ block: "quant.uniform-kbit", params: { wBits: 2 } }]],
    [
      "hint hot-labels-few-bits",
      [
        { block: "quant.qat-fake-quant", steps: 5, params: { wBits: 2 } },
        { ...kd, params: { temperature: 5 } },
      ],
    ],
    ["hint gap", [{ block: "train.fine-tune", start: 3, steps: 2 }]],
  ])("%s", (expected, clips, more) => {
    const found = validate(tinyDocument(clips, more)).map((f) => `${f.severity} ${f.code}`);
    expect(found).toContain(expected);
  });

  it("every finding has a cure", () => {
    const findings = validate(
      tinyDocument([{ block: "prune.nothing" }, { block: "train.fine-tune" }, { ...kd, teacher: "self" }]),
    );
    expect(findings.every((f) => f.cure.length > 0 && f.message.length > 0)).toBe(true);
  });

  it("a good document has none", () => {
    expect(validate(tinyDocument([{ block: "prune.magnitude" }, kd]))).toEqual([]);
  });

  it("assertValid throws the first error with its clip", () => {
    expect(() => assertValid(tinyDocument([{ id: "t", block: "train.fine-tune" }]))).toThrow(
      expect.objectContaining({ code: "invalid-document", clipId: "t" }) as Error,
    );
  });
});
