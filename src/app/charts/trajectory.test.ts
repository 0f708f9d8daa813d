import { describe, expect, it } from "vitest";
import { parseDocument } from "../../engine/document/document";
import { kindsBetween, stretchesOf } from "./trajectory";

const clip = (id: string, block: string, start: number, steps: number) => ({ id, block, start, steps });
const at = (step: number, name: string | null = null) => ({ step, clip: name });
const documentOf = (...clips: ReturnType<typeof clip>[]) =>
  parseDocument({ version: 1, dataset: { id: "mnist" }, model: { source: "zoo:lenet5c-mnist" }, clips });

/** Pruned in steps 0 to 100, quantized in 80 to 180, distilled all along; rounded once more at the end. */
const joint = documentOf(
  clip("p", "prune.magnitude", 0, 100),
  clip("q", "quant.qat-fake-quant", 80, 100),
  clip("d", "distill.kd-logits", 0, 180),
  clip("i", "quant.uniform-kbit", 180, 0),
);

describe("kindsBetween", () => {
  it.each([
    ["one that covers the steps, with what overlaps it", at(0), at(50), ["prune", "distill"]],
    ["all three where they overlap", at(50), at(100, "p"), ["prune", "quantize", "distill"]],
    ["none that ended where the steps begin", at(100, "p"), at(150), ["quantize", "distill"]],
    ["one that ends at the later point", at(150), at(180, "q"), ["quantize", "distill"]],
    ["an instant alone, between two points at one step", at(180, "d"), at(180, "i"), ["quantize"]],
    ["a clip that ends at the same step as the one before", at(180, "q"), at(180, "d"), ["distill"]],
  ] as const)("names %s", (_, from, to, kinds) => {
    expect(kindsBetween(from, to, joint)).toEqual(kinds);
  });

  it("names plain training only where nothing else goes on", () => {
    const tuned = documentOf(clip("t", "train.fine-tune", 0, 100), clip("p", "prune.magnitude", 0, 50));
    expect(kindsBetween(at(0), at(50), tuned)).toEqual(["prune"]);
    expect(kindsBetween(at(50), at(100), tuned)).toEqual(["train"]);
  });

  it("takes a clip that the document does not have for training", () => {
    expect(kindsBetween(at(0), at(0, "gone"), documentOf())).toEqual(["train"]);
  });
});

describe("stretchesOf", () => {
  it("gathers the lines of one look, each as long as it is not interrupted", () => {
    const twice = documentOf(
      clip("p1", "prune.magnitude", 0, 20),
      clip("q", "quant.uniform-kbit", 20, 0),
      clip("p2", "prune.magnitude", 20, 10),
    );
    const [a, b, c, d, e] = [at(0), at(10), at(20, "p1"), at(20, "q"), at(30, "p2")];
    expect(stretchesOf([a, b, c, d, e], twice)).toEqual([
      {
        kinds: ["prune"],
        lines: [
          [a, b, c],
          [d, e],
        ],
      },
      { kinds: ["quantize"], lines: [[c, d]] },
    ]);
  });

  it("draws nothing of a single point", () => {
    expect(stretchesOf([at(0)], joint)).toEqual([]);
  });
});
