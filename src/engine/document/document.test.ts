import { describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { clipEnd, documentEnd, hashableJson, parseDocument, parseDocumentText } from "./document";

const minimal = {
  version: 1,
  dataset: { id: "mnist" },
  model: { source: "zoo:lenet5c-mnist" },
  clips: [] as unknown[],
};
const clip = { id: "a", block: "prune.magnitude", start: 0, steps: 0 };

function refusal(raw: unknown): { code: string; message: string } {
  try {
    // As a file or a link has it.
    parseDocument(JSON.parse(JSON.stringify(raw)));
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

  it("fills in a clip's params, and nothing else of it", () => {
    expect(parseDocument({ ...minimal, clips: [clip] }).clips).toEqual([{ ...clip, params: {} }]);
  });

  it("keeps every field that it knows", () => {
    const full = {
      version: 1,
      name: "all",
      seed: 4294967295,
      dataset: { id: "file:x", train: 5, test: 6, normalize: "standardize" },
      model: { source: "file:net/model.json" },
      training: { optimizer: "sgd", learningRate: 0.1, learningRateSchedule: "step", momentum: 0, batchSize: 1 },
      evaluateEvery: 1,
      liveTest: 2,
      bnRecalibrationBatches: 0,
      clips: [{ ...clip, id: "é-1_x", steps: 9, params: { a: 1, b: "c" }, teacher: "zoo:cnn-m/2", samples: 3 }],
    };
    expect(parseDocument(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  it("keeps widths of single layers, of 2 to 8 bits", () => {
    const layers = { conv1: { wBits: 2, aBits: 8 } };
    const withLayers = (changed: object) => ({ ...minimal, clips: [{ ...clip, layers: changed }] });
    expect(parseDocument(withLayers(layers)).clips[0]!.layers).toEqual(layers);
    expect(refusal(withLayers({ conv1: { wBits: 9 } })).message).toMatch(/clips\.0\.layers\.conv1\.wBits: .*got 9/);
    expect(refusal(withLayers({ conv1: { aBits: 1 } })).message).toMatch(/clips\.0\.layers\.conv1\.aBits: .*got 1/);
  });

  const withClip = (change: object) => ({ ...minimal, clips: [{ ...clip, ...change }] });

  it.each<[string, unknown]>([
    ["document: expected Object, got 7", 7],
    ["document: expected Object, got null", null],
    ["version: expected a value, got none", { ...minimal, version: undefined }],
    ['version: expected 1, got "1"', { ...minimal, version: "1" }],
    ["version: expected 1, got 0", { ...minimal, version: 0 }],
    ['sparcity: expected no such field, got "sparcity"', { ...minimal, sparcity: 1 }],
    ["name: expected a length <=200, got 201", { ...minimal, name: "x".repeat(201) }],
    ["seed: must be a whole number, got 1.5", { ...minimal, seed: 1.5 }],
    ["seed: expected >=0, got -1", { ...minimal, seed: -1 }],
    ["seed: expected <=4294967295, got 4294967296", { ...minimal, seed: 2 ** 32 }],
    ['seed: expected number, got "1"', { ...minimal, seed: "1" }],
    ["dataset: expected a value, got none", { ...minimal, dataset: undefined }],
    ["dataset.id: expected a value, got none", { ...minimal, dataset: {} }],
    ["dataset.id: expected a length >=1, got 0", { ...minimal, dataset: { id: "" } }],
    ["dataset.train: expected >=1, got 0", { ...minimal, dataset: { id: "mnist", train: 0 } }],
    [
      'dataset.normalize: expected ("none" | "standardize"), got "z"',
      { ...minimal, dataset: { id: "m", normalize: "z" } },
    ],
    [
      'model.source: must be zoo:<id>, build:<name> or file:<path>, got "lenet"',
      { ...minimal, model: { source: "lenet" } },
    ],
    ['training.optimizer: expected ("adam" | "sgd"), got "rms"', { ...minimal, training: { optimizer: "rms" } }],
    ["training.learningRate: expected >=1e-7, got 0", { ...minimal, training: { learningRate: 0 } }],
    ["training.learningRate: expected <=10, got 11", { ...minimal, training: { learningRate: 11 } }],
    ["training.momentum: expected <=0.999, got 1", { ...minimal, training: { momentum: 1 } }],
    ["training.batchSize: expected >=1, got 0", { ...minimal, training: { batchSize: 0 } }],
    ["evaluateEvery: expected >=1, got 0", { ...minimal, evaluateEvery: 0 }],
    ["liveTest: expected >=1, got 0", { ...minimal, liveTest: 0 }],
    ["bnRecalibrationBatches: expected <=1000, got 1001", { ...minimal, bnRecalibrationBatches: 1001 }],
    ["clips: expected Array, got Object", { ...minimal, clips: {} }],
    ["clips: expected a length <=200, got 201", { ...minimal, clips: new Array(201).fill(clip) }],
    ["clips.0: expected Object, got 7", { ...minimal, clips: [7] }],
    ["clips.0.start: expected a value, got none", withClip({ start: undefined })],
    ['clips.0.colour: expected no such field, got "colour"', withClip({ colour: "red" })],
    ["clips.0.id: must not contain spaces, ':' or '.', got \"a:b\"", withClip({ id: "a:b" })],
    ["clips.0.id: must not contain spaces, ':' or '.', got \"a.b\"", withClip({ id: "a.b" })],
    ["clips.0.id: expected a length >=1, got 0", withClip({ id: "" })],
    ["clips.0.start: expected >=0, got -1", withClip({ start: -1 })],
    ["clips.0.start: must be a whole number, got 0.5", withClip({ start: 0.5 })],
    ["clips.0.steps: expected <=1000000, got 2000000000", withClip({ steps: 2e9 })],
    ["clips.0.params.a: expected (number | string | boolean | Array), got Object", withClip({ params: { a: {} } })],
    ["clips.0.params.a: expected (number | string | boolean | Array), got null", withClip({ params: { a: null } })],
    ['clips.0.teacher: must be original, after:<clip>, zoo:<id>, peer or self, got "me"', withClip({ teacher: "me" })],
    ["clips.0.samples: expected >=1, got 0", withClip({ samples: 0 })],
  ])("refuses %s", (message, raw) => {
    expect(refusal(raw)).toEqual({ code: "invalid-document", message });
  });

  it("details hold the path, for a page in another language", () => {
    expect(() => parseDocument({ ...minimal, seed: -1 })).toThrow(
      expect.objectContaining({ details: { path: "seed", expected: ">=0", got: "-1" } }) as Error,
    );
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

describe("time", () => {
  it("ends where the last clip ends", () => {
    const at = (start: number, steps: number) => ({ ...clip, start, steps });
    const document = parseDocument({
      ...minimal,
      clips: [at(0, 10), { ...at(12, 0), id: "b" }, { ...at(3, 4), id: "c" }],
    });
    expect(document.clips.map(clipEnd)).toEqual([10, 12, 7]);
    expect(documentEnd(document)).toBe(12);
    expect(documentEnd(parseDocument(minimal))).toBe(0);
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

  it("two clips' teachers stay apart, and one that names no clip stays what it is", () => {
    const taught = (teacher: string) =>
      hashableJson(parseDocument({ ...minimal, clips: [clip, { ...clip, id: "b" }, { ...clip, id: "c", teacher }] }));
    const hashes = ["after:a", "after:b", "after:nobody", "original", "zoo:a"].map(taught);
    expect(new Set(hashes).size).toBe(5);
  });

  it("changes with everything else", () => {
    const base = parseDocument({ ...minimal, clips: [clip] });
    const others = [
      { ...base, seed: 1 },
      { ...base, liveTest: 5 },
      { ...base, dataset: { ...base.dataset, train: 10 } },
      { ...base, clips: [{ ...base.clips[0]!, start: 1 }] },
      { ...base, clips: [{ ...base.clips[0]!, params: { sparsity: 0.5 } }] },
      { ...base, clips: [...base.clips, { ...base.clips[0]!, id: "b" }] },
    ].map(hashableJson);
    expect(new Set([hashableJson(base), ...others]).size).toBe(7);
  });

  it("does not depend on the order of keys", () => {
    const { clips, ...rest } = minimal;
    expect(hashableJson(parseDocument({ clips, ...rest }))).toBe(hashableJson(parseDocument({ ...rest, clips })));
  });
});
