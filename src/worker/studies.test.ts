/** Decisions, previews and scans on their way from the engine to the page, on tiny real data. */
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTiny } from "#engine/run/tiny.testing";
import { memoryKeyValues } from "./key-values";
import { loopbackEngine } from "./loopback";
import type { EngineClient, EngineEvents, EventName } from "./protocol";
import { stateCache } from "./state-cache";
import { type TinyStudio, tinyStudio } from "./tiny-studio.testing";

let studio: TinyStudio;
let engine: EngineClient;
let tensors: number;

beforeAll(async () => {
  await startTiny();
  studio = await tinyStudio();
});

afterEach(async () => {
  engine.close();
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(tf.memory().numTensors).toBe(tensors);
});

function open(): void {
  const { platform } = studio.deps;
  const cache = stateCache(memoryKeyValues(), (error) => {
    throw error;
  });
  tensors = tf.memory().numTensors;
  engine = loopbackEngine({ ...studio.deps, platform: { ...platform, cache, files: platform.files } });
}

function heard<N extends EventName>(name: N): EngineEvents[N][] {
  const all: EngineEvents[N][] = [];
  engine.on(name, (data) => all.push(data));
  return all;
}

/** Trains 6 steps, then half of the filters go. */
const document = () =>
  studio.document([
    { block: "train.fine-tune", steps: 6 },
    { block: "prune.filter-l1", start: 6, params: { sparsity: 0.5 } },
  ]);

describe("a decision", () => {
  it("is told as it is taken, and again when the run is taken up behind it", async () => {
    open();
    const told = heard("decision");
    await engine.call("run", { runId: "a", document: document() });
    await engine.call("run", { runId: "b", document: document() });
    expect(told.map(({ runId, trace }) => [runId, trace.kind, trace.clip, trace.step])).toEqual([
      ["a", "taken", "c1", 6],
      ["b", "taken", "c1", 6],
    ]);
    expect(told[1]!.trace).toEqual(told[0]!.trace);
  });
});

describe("a preview", () => {
  it("says what is to be trained first, trains it, and tells the units", async () => {
    open();
    const progress = heard("studyProgress");
    const ask = (mayTrain: boolean) =>
      engine.call("preview", { studyId: `p${mayTrain}`, document: document(), clipId: "c1", mayTrain });
    expect(await ask(false)).toEqual({ state: "needs-run", steps: 6 });
    expect(await ask(true)).toMatchObject({ state: "decided", groups: [{ id: "conv1" }, { id: "conv2" }] });
    expect(progress.at(-1)).toEqual({ studyId: "ptrue", trained: 6, toTrain: 6 });
    expect(await ask(false)).toMatchObject({ state: "decided" });
  });

  it("is refused a document that is none", async () => {
    open();
    const bad = { ...document(), version: 99 } as unknown as ReturnType<typeof document>;
    await expect(
      engine.call("preview", { studyId: "p", document: bad, clipId: "c1", mayTrain: true }),
    ).rejects.toMatchObject({ code: "newer-version" });
  });
});

describe("a scan", () => {
  it("fills cell by cell, and its answer is the whole table", async () => {
    open();
    const news = heard("sensitivity");
    const table = await engine.call("scan", { studyId: "s", document: document(), clipId: "c1" });
    expect(table.cells).toHaveLength(18);
    const [first, ...rest] = news;
    expect(first).toMatchObject({ studyId: "s", base: { kind: "structured", score: table.score } });
    expect(rest.flatMap((part) => ("cells" in part ? part.cells : []))).toEqual(table.cells);
  });

  it("stops when it is told to", async () => {
    open();
    const stopped = new Promise<{ readonly found: boolean }>((resolve) => {
      engine.on("sensitivity", () => resolve(engine.call("stopStudy", { studyId: "s" })));
    });
    const scan = engine.call("scan", { studyId: "s", document: document(), clipId: "c1" });
    await expect(scan).rejects.toMatchObject({ code: "cancelled" });
    expect(await stopped).toEqual({ found: true });
    expect(await engine.call("stopStudy", { studyId: "s" })).toEqual({ found: false });
  });
});
