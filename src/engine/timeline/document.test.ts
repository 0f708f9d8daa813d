import { describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { hashableJson, parseDocument, parseDocumentText } from "./document";

const minimal = {
  version: 1,
  dataset: { id: "mnist" },
  model: { source: "zoo:lenet5c-mnist" },
  clips: [] as unknown[],
};
const clip = { id: "a", block: "prune.magnitude", start: 0, steps: 0 };

function refusal(raw: unknown): { code: string; message: string } {
  try {
    parseDocument(raw);
  } catch (error) {
    if (error instanceof EngineError) return { code: error.code, message: error.message };
  }
  throw new Error("expected the document to be refused");
}

describe("parseDocument", () => {
  it("fills in the defaults", () => {
    expect(parseDocument(minimal)).toMatchObject({
      name: "Untitled",
      seed: 0,
      evaluateEvery: 100,
      liveTest: 1000,
      bnRecalibrationBatches: 20,
      training: { optimizer: "adam", learningRate: 0.001, batchSize: 64, learningRateSchedule: "cosine" },
    });
  });

  it.each([
    ["no object", 7, "document: expected Object, got 7"],
    ["no dataset", { ...minimal, dataset: undefined }, "dataset: expected Object"],
    ["a seed that is no integer", { ...minimal, seed: 1.5 }, "seed: must be a whole number, got 1.5"],
    ["an unknown field", { ...minimal, sparcity: 1 }, "sparcity"],
    ["a batch of 0", { ...minimal, training: { batchSize: 0 } }, "training.batchSize: expected >=1, got 0"],
    [
      "a source of no kind",
      { ...minimal, model: { source: "lenet" } },
      "model.source: must be zoo:<id>, build:<name> or file:<path>",
    ],
    ["a clip id with a colon", { ...minimal, clips: [{ ...clip, id: "a:b" }] }, "clips.0.id"],
    ["a negative start", { ...minimal, clips: [{ ...clip, start: -1 }] }, "clips.0.start"],
    ["a schedule of billions", { ...minimal, clips: [{ ...clip, steps: 2e9 }] }, "clips.0.steps"],
    ["a teacher of no kind", { ...minimal, clips: [{ ...clip, teacher: "me" }] }, "clips.0.teacher: must be original"],
  ])("refuses %s, naming the field", (_, raw, message) => {
    const { code, message: got } = refusal(raw);
    expect(code).toBe("invalid-document");
    expect(got).toContain(message);
  });

  it("refuses a newer version by its version, whatever else it holds", () => {
    expect(refusal({ version: 2, anything: true })).toEqual({
      code: "newer-version",
      message: "expected a document of version 1, got 2; open it with a newer studio",
    });
  });

  it("refuses text that is no JSON", () => {
    expect(() => parseDocumentText("{")).toThrow(/expected JSON/);
  });
});

describe("hashableJson", () => {
  it("leaves out the name and the clips' ids, and follows teachers through a rename", () => {
    const named = (name: string, a: string, b: string) =>
      parseDocument({
        ...minimal,
        name,
        clips: [
          { ...clip, id: a },
          { id: b, block: "distill.kd-logits", start: 0, steps: 5, teacher: `after:${a}` },
        ],
      });
    expect(hashableJson(named("x", "p", "d"))).toBe(hashableJson(named("y", "q", "e")));
  });

  it("does not depend on the order of keys", () => {
    const { clips, ...rest } = minimal;
    expect(hashableJson(parseDocument({ clips, ...rest }))).toBe(hashableJson(parseDocument({ ...rest, clips })));
  });
});
