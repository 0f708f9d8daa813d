import { describe, expect, it } from "vitest";
import { tinyDocument } from "./tiny-document.testing";
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
    ["warning prune-after-quantize", [{ block: "quant.uniform-kbit" }, { block: "prune.magnitude" }, kd]],
    ["warning prune-after-quantize", [{ block: "quant.uniform-kbit" }, { block: "prune.magnitude", steps: 4 }]],
    [
      "error normalization-folded",
      [
        { block: "prune.network-slimming", steps: 8 },
        { block: "quant.qat-fake-quant", steps: 8 },
      ],
    ],
    ["error normalization-folded", [{ block: "quant.uniform-kbit" }, { block: "prune.network-slimming", steps: 8 }]],
    ["error normalization-folded", [{ block: "quant.kmeans-trained" }, { block: "prune.network-slimming", steps: 8 }]],
    ["warning untrained-source", [], { model: { source: "build:cnn-s" } }],
    [
      "warning model-discards",
      [
        { block: "prune.magnitude", steps: 2 },
        { block: "model.replace", start: 2 },
        { block: "train.fine-tune", start: 2, steps: 3 },
      ],
    ],
    ["warning model-discards", [{ block: "prune.magnitude" }, { block: "model.replace" }, kd]],
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

  it.each<[string, Clips]>([
    [
      "pruning in array order before quantization at the same step",
      [{ block: "prune.magnitude" }, { block: "quant.uniform-kbit" }, kd],
    ],
    [
      "pruning while quantizing",
      [
        { block: "quant.qat-fake-quant", steps: 9 },
        { block: "prune.magnitude", start: 2, steps: 3 },
      ],
    ],
    [
      "a student taught by what was compressed",
      [{ block: "prune.magnitude" }, { block: "model.replace" }, { ...kd, teacher: "after:c0" }],
    ],
    ["3 bits that train on", [{ block: "quant.uniform-kbit", params: { wBits: 3 } }, kd]],
    ["activations off", [{ block: "quant.affine-int8", params: { aBits: 32 } }]],
    [
      "spans that touch",
      [
        { block: "train.fine-tune", steps: 2 },
        { block: "train.fine-tune", start: 2, steps: 2 },
      ],
    ],
  ])("%s is fine", (_, clips) => expect(validate(tinyDocument(clips))).toEqual([]));

  it("findings name their clip and what is behind the numbers", () => {
    const [finding] = validate(tinyDocument([{ ...kd, teacher: "after:x" }]));
    expect(finding).toEqual({
      severity: "error",
      code: "teacher-unknown-clip",
      clipId: "c0",
      message: "expected a clip 'x' to be taught by, got none of that id",
      cure: "choose a clip that exists",
      details: { teacher: "x" },
    });
  });

  it("errors first, then warnings, then hints", () => {
    const clips = [
      { block: "prune.magnitude" },
      { block: "prune.magnitude", teacher: "self", start: 1 },
      { block: "x" },
    ];
    expect(validate(tinyDocument(clips)).map((f) => f.severity)).toEqual(["error", "warning", "hint", "hint"]);
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

  it.each<[string, string, Clips]>([
    ["unknown-block", "unknown-block", [{ block: "x" }]],
    ["invalid-params", "invalid-params", [{ block: "prune.magnitude", params: { sparsity: 2 } }]],
    ["missing-teacher", "missing-teacher", [{ block: "distill.kd-logits", steps: 5 }]],
    [
      "invalid-document",
      "duplicate-id",
      [
        { id: "x", block: "prune.magnitude" },
        { id: "x", block: "prune.magnitude" },
      ],
    ],
  ])("assertValid throws %s for %s", (code, finding, clips) => {
    expect(() => assertValid(tinyDocument(clips))).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ finding }) as unknown }) as Error,
    );
  });

  it("assertValid throws unknown-model for a network that cannot be built, and nothing for hints", () => {
    expect(() => assertValid(tinyDocument([], { model: { source: "build:x" } }))).toThrow(
      expect.objectContaining({ code: "unknown-model" }) as Error,
    );
    expect(() => assertValid(tinyDocument([{ block: "prune.magnitude" }]))).not.toThrow();
  });

  it("assertValid throws the first error with its clip", () => {
    expect(() => assertValid(tinyDocument([{ id: "t", block: "train.fine-tune" }]))).toThrow(
      expect.objectContaining({ code: "invalid-document", clipId: "t" }) as Error,
    );
  });
});
