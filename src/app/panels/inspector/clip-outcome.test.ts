import { describe, expect, it } from "vitest";
import { tinyDocument } from "../../../engine/document/tiny-document.testing";
import { setParam } from "../../edits/clip-edits";
import { cutAtEndOf } from "../../edits/run-to-here";
import type { Boundary } from "../../stores/run-store";
import { clipOutcome, outcomeState } from "./clip-outcome";

const boundary = (clip: string | null, step: number, accuracy: number): Boundary => ({
  point: {
    clip,
    step,
    accuracy,
    top5: 1,
    loss: 0.1,
    testImages: 40,
    sizeBytes: 1000,
    fileBytes: 1200,
    compressionRatio: 1,
    parameters: 250,
    nonZero: 250,
    macs: 1,
    bops: 1,
    latencyMs: null,
  },
  tensors: [],
  confusion: new Uint32Array(),
});

const document = tinyDocument([
  { id: "prune", block: "prune.magnitude", start: 10, steps: 20, params: { schedule: "agp" } },
  { id: "instant", block: "quant.uniform-kbit", start: 30 },
  { id: "second", block: "quant.affine-int8", start: 30 },
  { id: "distil", block: "distill.kd-logits", teacher: "original", steps: 50 },
]);
const boundaries = [
  boundary(null, 0, 0.9),
  boundary("prune", 30, 0.8),
  boundary("instant", 30, 0.7),
  boundary("second", 30, 0.6),
];
const told = (id: string) => {
  const outcome = clipOutcome({ document, boundaries }, id);
  return outcome && [outcome.before.accuracy, outcome.after.accuracy, outcome.beside.join()];
};

describe("clipOutcome", () => {
  it.each([
    // The original is the last that was measured by step 10.
    ["prune", [0.9, 0.8, "distil"]],
    ["instant", [0.8, 0.7, ""]],
    ["second", [0.7, 0.6, ""]],
    // Not passed yet, and not of the run.
    ["distil", null],
    ["nobody", null],
  ])("%s", (id, expected) => expect(told(id)).toEqual(expected));
});

describe("outcomeState", () => {
  it("of the timeline as it is, whatever its name", () => {
    expect(outcomeState(document, { ...document, name: "other" }, "prune")).toBe("current");
  });
  it("of a run up to the clip", () => {
    const cut = cutAtEndOf("prune", "to prune")(document);
    expect(outcomeState(cut, document, "prune")).toBe("cut");
    expect(outcomeState(cut, document, "instant")).toBe("old");
  });
  it("of a timeline that has changed", () => {
    expect(outcomeState(document, setParam("prune", "sparsity", 0.5)(document), "prune")).toBe("old");
  });
});
