/** The whole way from the store to the engine and back, over the loopback, on tiny real data. */
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTiny } from "#engine/run/tiny.testing";
import type { TimelineDocument } from "../../engine/document/document";
import type { HostDeps } from "../../worker/host";
import { memoryKeyValues } from "../../worker/key-values";
import { loopbackProcess, type LoopbackProcess } from "../../worker/loopback";
import type { EngineClient } from "../../worker/protocol";
import { stateCache } from "../../worker/state-cache";
import { superviseEngine } from "../../worker/supervise";
import { tinyStudio, type TinyStudio } from "../../worker/tiny-studio.testing";
import { createRunStore, isActive, isOutOfDate, type Run, type RunStore } from "./run-store";

let tiny: TinyStudio;
let engine: EngineClient;
let processes: LoopbackProcess[];
let store: RunStore;
let ids: number;

beforeAll(async () => {
  await startTiny();
  tiny = await tinyStudio();
});

function spawn(deps: HostDeps): LoopbackProcess {
  const process = loopbackProcess(deps);
  processes.push(process);
  return process;
}

beforeEach(() => {
  ids = 0;
  processes = [];
  const cache = stateCache(memoryKeyValues(), (error) => {
    throw error;
  });
  const deps = { ...tiny.deps, platform: { ...tiny.deps.platform, cache } };
  engine = superviseEngine({ timers: tiny.timers, spawn: () => spawn(deps) });
  store = createRunStore({ engine, now: () => 1000 + ids, newId: () => `run-${++ids}` });
});
afterEach(() => engine.close());

const document = (steps: number, sparsity = 0.6): TimelineDocument =>
  tiny.document(
    [
      { block: "prune.magnitude", params: { sparsity } },
      { block: "train.fine-tune", steps },
    ],
    { evaluateEvery: 10 },
  );
const current = (): Run => store.getState().current!;
const start = (steps: number, sparsity?: number) => store.getState().start(document(steps, sparsity));

/** Waits for the run at hand to be as asked; the engine's news waits for a clock, which is moved on. */
async function until(wanted: (run: Run) => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (store.getState().current && wanted(current())) return;
    await new Promise((resolve) => setImmediate(resolve));
    tiny.timers.advance(5);
  }
  throw new Error(`expected the run to come so far, got ${JSON.stringify(current().phase)}`);
}
const training = (run: Run) => run.boundaries.length === 2 && (run.progress?.step ?? 0) > 0;

describe("a run", () => {
  it("is told point by point, and ends with its file", async () => {
    const done = start(30);
    expect(current().phase).toBe("waiting");
    await done;
    expect(current()).toMatchObject({ id: "run-1", phase: "done", backend: "wasm", startedAt: 1001, error: null });
    expect(current().points.map(({ clip, step }) => [clip, step])).toEqual([
      [null, 0],
      ["c0", 0],
      [null, 10],
      [null, 20],
      ["c1", 30],
    ]);
    expect(current().boundaries.map(({ point }) => point.clip)).toEqual([null, "c0", "c1"]);
    expect(current().artefact!.bytes.length).toBe(current().points.at(-1)!.fileBytes);
    expect(current().losses.rows.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(current().losses.names.length).toBe(1);
  });

  it("stops when it is told to, and keeps what it measured", async () => {
    const over = start(100_000);
    await until(training);
    store.getState().stop();
    expect(current().phase).toBe("stopping");
    await over;
    expect(current()).toMatchObject({ phase: "cancelled", artefact: null, error: { code: "cancelled" } });
    expect(current().boundaries).toHaveLength(2);
    const { bytes, point } = await engine.call("boundaryFile", { runId: current().id });
    expect([point.clip, bytes.length]).toEqual(["c0", point.fileBytes]);
  });

  it("pauses, makes single steps, and goes on", async () => {
    const over = store.getState().start(document(30), { paused: true });
    expect(current().phase).toBe("paused");
    store.getState().step();
    await until(({ progress }) => progress?.step === 1);
    store.getState().step();
    await until(({ progress }) => progress?.step === 2);
    expect(current().phase).toBe("paused");
    store.getState().resume();
    await over;
    expect(current()).toMatchObject({ phase: "done", progress: { step: 30 } });
  });

  it("that fails says why, and keeps its document", async () => {
    await store.getState().start(tiny.document([{ block: "distill.kd-logits", steps: 5 }]));
    expect(current()).toMatchObject({ phase: "failed", error: { code: "missing-teacher", clipId: "c0" } });
  });

  it("goes on in another engine when its own dies, to the same numbers", async () => {
    await start(40);
    const undisturbed = current();
    // Of another document, so that nothing of it is kept.
    await start(40, 0.5);
    const other = current();
    // An engine that has kept nothing yet.
    const fresh = superviseEngine({ timers: tiny.timers, spawn: () => spawn(tiny.deps) });
    store = createRunStore({ engine: fresh, now: () => 0, newId: () => "killed" });
    const over = start(40);
    await until(training);
    processes.at(-1)!.kill();
    await over;
    fresh.close();
    expect(current().phase).toBe("done");
    const untimed = (run: Run) => run.points.map((point) => ({ ...point, latencyMs: null }));
    expect(untimed(current())).toEqual(untimed(undisturbed));
    expect(current().artefact!.sha256).toBe(undisturbed.artefact!.sha256);
    expect(untimed(current())).not.toEqual(untimed(other));
  });
});

describe("the next run", () => {
  it("puts the one before among the earlier ones", async () => {
    await start(5);
    await start(5, 0.8);
    expect(store.getState().earlier.map(({ id }) => id)).toEqual(["run-1"]);
    expect(current().id).toBe("run-2");
    store.getState().toggle("run-1");
    expect([...store.getState().hidden]).toEqual(["run-1"]);
    store.getState().remove("run-1");
    expect(store.getState().earlier).toEqual([]);
  });

  it("stops the one that goes on, whose end changes nothing of its own", async () => {
    // What the engine keeps from the runs before is not counted.
    const before = tf.memory().numTensors;
    const first = start(100_000);
    await until(training);
    const second = start(5);
    await Promise.all([first, second]);
    expect(current()).toMatchObject({ id: "run-2", phase: "done" });
    expect(store.getState().earlier).toMatchObject([{ id: "run-1", phase: "cancelled" }]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("whether a run is out of date", () => {
  it("is told from what the documents do, not from their names", async () => {
    await start(5);
    const same = { ...document(5), name: "another name" };
    expect(isOutOfDate(current(), same)).toBe(false);
    expect(isOutOfDate(current(), document(6))).toBe(true);
    expect(isOutOfDate(null, same)).toBe(false);
    expect(isActive(current())).toBe(false);
  });
});
