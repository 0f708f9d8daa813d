import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "../../../engine/document/document";
import { validate } from "../../../engine/document/validate";
import { defaultDocument, emptyDocument } from "../../edits/default-document";
import { type Language, startI18n } from "../../i18n/i18n";
import { clipLabel, placeLabel } from "./clip-label";
import { findingText, markOf } from "./finding-text";
import { lanesOf, neighbourOf, readingOrder } from "./lane-order";

beforeAll(() => startI18n("en"));

interface RawClip {
  readonly id: string;
  readonly block: string;
  readonly start?: number;
  readonly steps?: number;
  readonly params?: Record<string, number | string>;
  readonly teacher?: string;
}
const documentOf = (...clips: RawClip[]) =>
  parseDocument({ ...emptyDocument, clips: clips.map((clip) => ({ start: 0, steps: 0, ...clip })) });

function labelOf(clip: RawClip, language: Language = "en", ...others: RawClip[]): string {
  const document = documentOf(clip, ...others);
  const { name, details } = clipLabel(document.clips[0]!, document, language, i18next.getFixedT(language, "timeline"));
  return [name, ...details].join(" · ");
}

const magnitude = {
  id: "p",
  block: "prune.magnitude",
  steps: 500,
  params: { sparsity: 0.9, scope: "global", schedule: "agp" },
};

describe("clipLabel", () => {
  it.each<[string, RawClip, string]>([
    ["what is removed, where, and how fast", magnitude, "Magnitude pruning · 90 % global · AGP"],
    [
      "defaults where nothing is set",
      { id: "p", block: "prune.filter-l1" },
      "Filter pruning, L1 norm · 50 % per layer",
    ],
    [
      "tenths of a percent",
      { ...magnitude, params: { sparsity: 0.995 } },
      "Magnitude pruning · 99.5 % per layer · one-shot",
    ],
    [
      "bits of weights and activations",
      { id: "q", block: "quant.qat-fake-quant", steps: 9, params: { wBits: 4, aBits: 8 } },
      "Fake quantization (QAT) · 4-bit weights · 8-bit activations",
    ],
    [
      "no word of activations that stay as they are",
      { id: "q", block: "quant.affine-int8", params: { aBits: 32 } },
      "Affine INT8 · 8-bit weights",
    ],
    [
      "temperature and teacher",
      { id: "k", block: "distill.kd-logits", steps: 9, teacher: "original" },
      "Soft labels (KD) · T 4 · teacher: original",
    ],
    [
      "a teacher of the zoo by its id",
      { id: "k", block: "distill.kd-logits", steps: 9, teacher: "zoo:cnn-m" },
      "Soft labels (KD) · T 4 · teacher: cnn-m",
    ],
    ["the optimizer", { id: "t", block: "train.fine-tune", steps: 9 }, "Fine-tune · Adam · rate 0.001"],
    ["the network", { id: "m", block: "model.replace" }, "New student · cnn-m/4"],
    ["an unknown method by its id", { id: "x", block: "prune.of-tomorrow" }, "prune.of-tomorrow"],
  ])("tells %s", (_, clip, expected) => expect(labelOf(clip)).toBe(expected));

  it("names the clip that made the teacher", () =>
    expect(
      labelOf({ id: "k", block: "distill.kd-logits", start: 600, steps: 9, teacher: "after:p" }, "en", magnitude),
    ).toBe("Soft labels (KD) · T 4 · teacher: after Magnitude pruning"));
  it("speaks Chinese", () => expect(labelOf(magnitude, "zh")).toBe("幅值剪枝 · 90 % 全局 · AGP"));
  it("says where a clip lies", () => {
    const t = i18next.getFixedT("en", "timeline");
    expect(placeLabel({ start: 100, steps: 500 }, t)).toBe("from step 100 to 600, 500 steps long");
    expect(placeLabel({ start: 100, steps: 0 }, t)).toBe("at step 100");
  });
});

describe("findingText", () => {
  const t = () => i18next.getFixedT("en", "findings");
  it("calls other clips by their names", () => {
    const document = documentOf({ id: "q", block: "quant.uniform-kbit" }, { id: "p", block: "prune.filter-l1" });
    const found = validate(document).find(({ code }) => code === "prune-after-quantize")!;
    expect(findingText(found, document, "en", t())).toBe(
      "Warning: Prunes after “Uniform k-bit” has quantized: rounded weights are ranked.",
    );
    expect(markOf([found])).toBe("warning");
  });
  it("calls parameters by their names", () => {
    const document = documentOf({ ...magnitude, params: { sparsity: 7 } });
    const [found] = validate(document);
    expect(findingText(found!, document, "en", t())).toBe("Error: “Sparsity” has a value that it cannot have.");
    expect(markOf([found!])).toBe("error");
  });
  it("marks no clip for a hint", () => expect(markOf([])).toBeNull());
});

describe("a clip that prunes and quantizes", () => {
  const joint = (id: string, start: number) => ({ id, block: "joint.of-tomorrow", start, steps: 20 });
  const prune = { id: "p", block: "prune.magnitude", start: 0, steps: 9 };
  const quantize = { id: "q", block: "quant.uniform-kbit", start: 9 };
  const placesOf = (...clips: Parameters<typeof documentOf>) =>
    lanesOf(documentOf(...clips).clips, 10).map(({ kind, rows, clips: placed }) => [
      kind,
      rows,
      ...placed.map(({ clip, row, height }) => [clip.id, row, height]),
    ]);

  it("lies in the last row of the upper lane and the first of the lower one", () =>
    expect(placesOf(prune, joint("j", 0), quantize)).toEqual([
      ["model", 1],
      ["prune", 2, ["p", 0, 1], ["j", 1, 2]],
      ["quantize", 2, ["q", 1, 1]],
      ["distill", 1],
      ["train", 1],
    ]));
  it("takes a row of each lane where nothing else is", () =>
    expect(placesOf(joint("j", 0), joint("k", 20)).slice(1, 3)).toEqual([
      ["prune", 1, ["j", 0, 2], ["k", 0, 2]],
      ["quantize", 1],
    ]));
  it("leaves a row of another one in view that it overlaps, and both reach both lanes", () =>
    expect(placesOf(joint("j", 0), joint("k", 5)).slice(1, 3)).toEqual([
      ["prune", 2, ["j", 0, 3], ["k", 1, 3]],
      ["quantize", 2],
    ]));
});

describe("lanes", () => {
  const lanes = lanesOf(defaultDocument.clips, 1);
  it("are those of the families that have one, in order", () =>
    expect(lanes.map(({ kind }) => kind)).toEqual(["model", "prune", "quantize", "distill", "train"]));
  it("are walked from top to bottom, each by step", () => {
    const document = documentOf(
      { id: "late", block: "prune.magnitude", start: 50, steps: 9 },
      { id: "q", block: "quant.uniform-kbit" },
      { id: "early", block: "prune.magnitude", start: 0, steps: 9 },
    );
    const all = lanesOf(document.clips, 10);
    expect(readingOrder(all)).toEqual(["early", "late", "q"]);
    expect([neighbourOf(all, "early"), neighbourOf(all, "late"), neighbourOf(all, "q")]).toEqual([
      "late",
      "early",
      "late",
    ]);
  });
});
