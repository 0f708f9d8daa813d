import { describe, expect, it } from "vitest";
import { parseDocument, type TimelineDocument } from "../../engine/document/document";
import { differences, nameParts } from "./run-differences";

const prune = { id: "p", block: "prune.magnitude", start: 0, steps: 100, params: { sparsity: 0.9 } };
const distil = { id: "d", block: "distill.kd-logits", start: 0, steps: 200, params: {}, teacher: "original" };
const quantize = { id: "q", block: "quant.qat-fake-quant", start: 100, steps: 100, params: { wBits: 4 } };

const documentOf = (clips: readonly object[], more: object = {}): TimelineDocument =>
  parseDocument({ version: 1, dataset: { id: "mnist" }, model: { source: "zoo:lenet5c-mnist" }, clips, ...more });

describe("differences", () => {
  const before = documentOf([prune, distil]);

  it("finds none in the same document, whatever it and its clips are called", () => {
    expect(differences(before, documentOf([{ ...prune, id: "x" }, distil], { name: "Other" }))).toEqual([]);
  });

  it.each([
    [
      "a parameter",
      [{ ...prune, params: { sparsity: 0.95 } }, distil],
      [{ what: "parameter", block: "prune.magnitude", parameter: "sparsity", from: 0.9, to: 0.95 }],
    ],
    [
      // The catalogue's default for alpha is 0.9.
      "a parameter that was left to its default",
      [prune, { ...distil, params: { alpha: 0.5 } }],
      [{ what: "parameter", block: "distill.kd-logits", parameter: "alpha", from: 0.9, to: 0.5 }],
    ],
    ["a new clip", [prune, distil, quantize], [{ what: "added", block: "quant.qat-fake-quant" }]],
    ["a clip that is gone", [prune], [{ what: "removed", block: "distill.kd-logits" }]],
    [
      "its place and length",
      [{ ...prune, start: 20, steps: 80 }, distil],
      [
        { what: "start", block: "prune.magnitude", from: 0, to: 20 },
        { what: "steps", block: "prune.magnitude", from: 100, to: 80 },
      ],
    ],
    [
      "a teacher",
      [prune, { ...distil, teacher: "after:p" }],
      [{ what: "teacher", block: "distill.kd-logits", from: "original", to: "after:p" }],
    ],
    ["the order of clips that are the same", [distil, prune], [{ what: "order" }]],
  ])("finds %s", (_, clips, found) => {
    expect(differences(before, documentOf(clips))).toEqual(found);
  });

  it("finds no difference in a parameter that is written out at its default", () => {
    expect(differences(before, documentOf([prune, { ...distil, params: { temperature: 4 } }]))).toEqual([]);
  });

  it("tells network and data first, then clips, then the rest", () => {
    const other = documentOf([prune, distil, quantize], {
      seed: 3,
      dataset: { id: "fashion-mnist", test: 2000 },
      training: { learningRate: 0.01 },
    });
    expect(differences(before, other).map((d) => ("field" in d ? d.field : d.what))).toEqual([
      "dataset",
      "added",
      "test",
      "learningRate",
      "seed",
    ]);
  });
});

describe("nameParts", () => {
  const before = documentOf([prune, distil]);

  it.each([
    ["first, by its document's name", before, undefined, "name"],
    ["of another name, by that", documentOf([distil], { name: "Other" }), before, "name"],
    [
      "on other data, by its document's name",
      documentOf([distil], { dataset: { id: "fashion-mnist" } }),
      before,
      "name",
    ],
    ["like the one before it, as such", documentOf([prune, distil]), before, "again"],
  ] as const)("calls a run that is %s", (_, document, previous, name) => {
    expect(nameParts(document, previous)).toBe(name);
  });

  it("calls it by three differences at most", () => {
    const one = documentOf([{ ...prune, params: { sparsity: 0.95 } }, distil]);
    expect(nameParts(one, before)).toEqual({ shown: differences(before, one), more: 0 });
    // Sparsity, length of the pruning, and two new clips: four.
    const four = documentOf([
      { ...prune, steps: 50, params: { sparsity: 0.95 } },
      distil,
      quantize,
      { ...quantize, id: "r" },
    ]);
    expect(nameParts(four, before)).toMatchObject({
      shown: [{ what: "added" }, { what: "added" }, { what: "parameter" }],
      more: 1,
    });
  });
});
