import { describe, expect, it } from "vitest";
import { defaultDocument } from "../edits/default-document";
import { readActive, readArtefact, readDocuments, readFacts, readRuns, readSettings } from "./records";

const row = (key: string, value: unknown) => ({ key, value });
const kept = (savedAt: number, document: unknown = defaultDocument) => ({ document, savedAt, runId: null });

describe("documents", () => {
  it("come latest first", () => {
    const { records, listed } = readDocuments([row("a", kept(1)), row("b", kept(3)), row("c", kept(2))]);
    expect(records.map(({ id }) => id)).toEqual(["b", "c", "a"]);
    expect(listed.map(({ id }) => id)).toEqual(["b", "c", "a"]);
    expect(records[0]!.document).toEqual(defaultDocument);
  });

  it.each([
    ["another version's", kept(5, { ...defaultDocument, version: 2 }), "newer-version", 5],
    ["a damaged document's", kept(5, { ...defaultDocument, clips: "?" }), "invalid-document", 5],
    ["one without a time", { document: defaultDocument }, "invalid-document", 0],
    ["no record at all", 42, "invalid-document", 0],
  ])("passes over %s, and lists it with its problem", (_, value, code, savedAt) => {
    const { records, listed } = readDocuments([row("good", kept(1)), row("bad", value)]);
    expect(records.map(({ id }) => id)).toEqual(["good"]);
    const bad = listed.find(({ id }) => id === "bad")!;
    expect(bad).toMatchObject({ name: null, savedAt });
    expect(bad.problem?.code).toBe(code);
  });
});

describe("settings", () => {
  it("are taken one by one", () => {
    expect(readSettings({ theme: "dark", language: "klingon", backend: "wasm" })).toEqual({
      theme: "dark",
      backend: "wasm",
    });
    expect(readSettings({ theme: "dark", more: 1 })).toEqual({ theme: "dark" });
    expect(readSettings(undefined)).toEqual({});
    expect(readSettings("dark")).toEqual({});
  });
});

describe("the active run", () => {
  const active = {
    runId: "r",
    document: defaultDocument,
    startedAt: 7,
    paused: true,
    attempts: 1,
    reached: 20,
    losses: { rows: [{ step: 0, total: 1, parts: { "hard labels": 1 } }], names: ["hard labels"] },
  };
  it("comes back", () => expect(readActive(active)).toEqual(active));
  it("comes back without losses that cannot be read", () => {
    expect(readActive({ ...active, losses: "?" })).toMatchObject({ runId: "r", losses: { rows: [] } });
  });
  it.each([undefined, null, {}, { ...active, document: {} }, { ...active, startedAt: "7" }])("is none: %j", (value) =>
    expect(readActive(value)).toBeNull(),
  );
});

const point = {
  ...{ clip: null, step: 0, accuracy: 0.9, top5: 1, loss: 0.1, testImages: 10, sizeBytes: 40, fileBytes: 80 },
  ...{ compressionRatio: 1, parameters: 10, nonZero: 10, macs: 10, bops: 10240, latencyMs: null },
};
const run = (id: string, startedAt: number) => ({
  run: {
    ...{ id, document: defaultDocument, startedAt, phase: "done", points: [point, point], restoredAt: null },
    ...{ losses: { rows: [], names: [] }, error: null, backend: "wasm", seconds: 1, progress: null, load: null },
    boundaries: [{ point, tensors: [], confusion: new Uint32Array(4) }],
  },
  usedAt: startedAt,
  artefactBytes: 80,
});

describe("runs", () => {
  it("come latest first, without their bytes", () => {
    const { runs, damaged } = readRuns([row("a", run("a", 1)), row("b", run("b", 2))]);
    expect(runs.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(runs[0]).toMatchObject({ artefact: null, phase: "done", points: [point, point] });
    expect(runs[0]!.boundaries[0]!.confusion).toEqual(new Uint32Array(4));
    expect(damaged).toBe(0);
  });

  it.each([
    ["points that are no points", (r: ReturnType<typeof run>) => ({ ...r.run, points: [{}] })],
    ["a phase that no kept run has", (r: ReturnType<typeof run>) => ({ ...r.run, phase: "running" })],
    ["another version's document", (r: ReturnType<typeof run>) => ({ ...r.run, document: { version: 3 } })],
  ])("leave out one with %s, and count it", (_, change) => {
    const good = run("a", 1);
    const { runs, damaged } = readRuns([row("a", good), row("b", { ...good, run: change(good) })]);
    expect(runs.map(({ id }) => id)).toEqual(["a"]);
    expect(damaged).toBe(1);
  });
});

describe("the rest", () => {
  it("takes bytes for bytes only", () => {
    expect(readArtefact({ bytes: Uint8Array.of(1), sha256: "x" })).toEqual({ bytes: Uint8Array.of(1), sha256: "x" });
    expect(readArtefact({ bytes: [1], sha256: "x" })).toBeNull();
  });
  it("takes facts that are whole", () => {
    const facts = { kind: "network", name: "n", parameters: 1, inputShape: [2], outputs: 3 };
    expect(readFacts([row("file:a", facts), row("file:b", { kind: "network" })])).toEqual({ "file:a": facts });
  });
});
