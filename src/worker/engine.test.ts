/** Runs on their whole way from the page's call to the engine and back, on the real backend and tiny real data. */
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact } from "#engine/codecs/artefact";
import type { Platform, SnapshotCache } from "#engine/core/ports";
import { startTiny } from "#engine/run/tiny.testing";
import type { HostDeps } from "./host";
import { memoryKeyValues } from "./key-values";
import { loopbackEngine, loopbackProcess } from "./loopback";
import type { EngineClient, EngineEvents, EventName, ResultOf } from "./protocol";
import { stateCache } from "./state-cache";
import { superviseEngine } from "./supervise";
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
  await turns();
  expect(tf.memory().numTensors).toBe(tensors);
});

const emptyCache = (): SnapshotCache =>
  stateCache(memoryKeyValues(), (error) => {
    throw error;
  });

/** The studio's dependencies with no states kept. */
const freshDeps = (ports: Partial<Platform> = {}): HostDeps => {
  const { platform } = studio.deps;
  return { ...studio.deps, platform: { ...platform, cache: emptyCache(), ...ports, files: platform.files } };
};

function open(ports: Partial<Platform> = {}): void {
  tensors = tf.memory().numTensors;
  engine = loopbackEngine(freshDeps(ports));
}

/** Everything told under a name, as it comes. */
function heard<N extends EventName>(name: N): EngineEvents[N][] {
  const all: EngineEvents[N][] = [];
  engine.on(name, (data) => all.push(data));
  return all;
}

const once = <N extends EventName>(name: N, wanted: (data: EngineEvents[N]) => boolean = () => true) =>
  new Promise<EngineEvents[N]>((resolve) => {
    const stop = engine.on(name, (data) => {
      if (!wanted(data)) return;
      stop();
      resolve(data);
    });
  });

/** Training is about to begin. Boundaries are told at once; other news waits for the clock, which stands still. */
const pruned = () => once("boundary", ({ point }) => point.clip === "c0");

/** Lets both ends handle whatever is on its way: a hundred turns of Node's event loop. */
async function turns(): Promise<void> {
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
}

const run = (runId: string, document: ReturnType<typeof pruneAndTune>) => engine.call("run", { runId, document });
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("a refusal was expected"),
    (error: unknown) => error,
  );

/** 60 % of the weights go; what is left trains, and is evaluated every 10 steps. */
const pruneAndTune = (steps = 30) =>
  studio.document(
    [
      { block: "prune.magnitude", params: { sparsity: 0.6 } },
      { block: "train.fine-tune", steps },
    ],
    { evaluateEvery: 10 },
  );
const endless = () => pruneAndTune(100_000);

const outcomeOf = ({ points, artefact, original, final }: ResultOf<"run">) => ({
  points,
  original,
  final,
  sha256: artefact.sha256,
});

describe("a run", () => {
  it("is told from its start to its end, point by point", async () => {
    open();
    const [states, points, losses, progress, boundaries, backends] = [
      heard("state"),
      heard("points"),
      heard("losses"),
      heard("progress"),
      heard("boundary"),
      heard("backend"),
    ];
    const result = await run("a", pruneAndTune());
    expect(backends).toMatchObject([{ backend: "wasm" }]);
    expect(states).toEqual([
      { runId: "a", state: "started" },
      { runId: "a", state: "finished", outcome: "done" },
    ]);
    // The original, the pruned network, every 10 of 30 steps and the end.
    expect(result.points.map(({ clip, step }) => [clip, step])).toEqual([
      [null, 0],
      ["c0", 0],
      [null, 10],
      [null, 20],
      ["c1", 30],
    ]);
    expect(points.flatMap((news) => news.points)).toEqual(result.points);
    expect(result).toMatchObject({ backend: "wasm", seed: 7, original: result.points[0], final: result.points[4] });
    expect(boundaries.map(({ point }) => point)).toEqual([result.points[0], result.points[1], result.points[4]]);
    expect(boundaries[2]!.tensors).toEqual(result.tensors);
    const steps = losses.flatMap(({ series }) => series.flatMap((s) => [...s.steps]));
    expect(steps).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(progress.at(-1)).toMatchObject({ runId: "a", step: 30, steps: 30, trained: 30, toTrain: 30 });
  });

  it("ends with a file that decodes to what was measured", async () => {
    open();
    const { artefact, final } = await run("a", pruneAndTune(5));
    const { sizeBytes, fileBytes, document } = decodeArtefact(artefact.bytes);
    expect({ sizeBytes, fileBytes }).toEqual({ sizeBytes: final.sizeBytes, fileBytes: final.fileBytes });
    expect(document).toEqual(pruneAndTune(5));
    expect(await studio.deps.platform.sha256(artefact.bytes)).toBe(artefact.sha256);
    expect(artefact.bytes.byteLength).toBe(artefact.bytes.buffer.byteLength);
  });

  it("gives the same points again, computed anew or gone on from what was kept", async () => {
    open();
    const first = outcomeOf(await run("a", pruneAndTune()));
    engine.close();
    open();
    const again = outcomeOf(await run("b", pruneAndTune()));
    const restored = once("restored");
    const kept = outcomeOf(await run("c", pruneAndTune()));
    expect(again).toEqual(first);
    expect(kept).toEqual(first);
    expect(await restored).toEqual({ runId: "c", step: 30 });
  });

  it("tells points and losses ten times a second at most, and all of them in the end", async () => {
    // A clock that moves by 4 ms whenever a batch is over.
    const { platform } = studio.deps;
    open({ yieldToHost: () => (studio.timers.advance(4), platform.yieldToHost()) });
    const [points, losses, progress] = [heard("points"), heard("losses"), heard("progress")];
    const started = studio.timers.now();
    const result = await run("a", pruneAndTune(100));
    const seconds = (studio.timers.now() - started) / 1000;
    expect(result.points).toHaveLength(12);
    expect(points.flatMap((p) => p.points)).toEqual(result.points);
    expect(losses.flatMap(({ series }) => series.flatMap((s) => [...s.steps]))).toHaveLength(100);
    // The first at once, then one each 100 ms, and the last.
    for (const messages of [points, losses, progress]) expect(messages.length).toBeLessThanOrEqual(10 * seconds + 2);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-2)!.etaMs).toBeGreaterThan(0);
    expect(result.seconds).toBeCloseTo(seconds, 1);
  });

  it("waits while another computes, in the order of the calls", async () => {
    open();
    const states = heard("state");
    const all = await Promise.all([run("a", pruneAndTune(5)), run("b", pruneAndTune(6)), run("c", pruneAndTune(7))]);
    expect(all.map(({ final }) => final.step)).toEqual([5, 6, 7]);
    expect(states.map(({ runId, state }) => `${runId} ${state}`)).toEqual([
      ...["a started", "b waiting", "c waiting", "a finished"],
      ...["b started", "b finished", "c started", "c finished"],
    ]);
  });
});

describe("errors", () => {
  it("keep their code, clip and details", async () => {
    open();
    const bad = studio.document([{ block: "prune.magnitude", params: { sparsity: 2 } }]);
    expect(await refusal(run("a", bad))).toMatchObject({
      name: "EngineError",
      code: "invalid-params",
      clipId: "c0",
      details: { parameter: "sparsity", finding: "invalid-params" },
    });
    const missing = { ...endless(), model: { source: "file:none/model.json" } };
    expect(await refusal(run("a", missing))).toMatchObject({
      code: "asset-missing",
      details: { ref: "none/model.json" },
    });
  });

  it("refuse what is no document, before it waits", async () => {
    open();
    const states = heard("state");
    const bad = { ...endless(), seed: "seven" } as unknown as ReturnType<typeof endless>;
    expect(await refusal(run("a", bad))).toMatchObject({ code: "invalid-document", details: { path: "seed" } });
    expect(states).toEqual([]);
  });

  it("leave the engine ready for the next run", async () => {
    open();
    const bad = { ...pruneAndTune(), dataset: { id: "none" } } as ReturnType<typeof pruneAndTune>;
    expect(await refusal(run("a", bad))).toMatchObject({ code: "unknown-dataset" });
    expect((await run("a", pruneAndTune(2))).final.step).toBe(2);
  });
});

describe("stopping", () => {
  it("ends a run in its midst, which leaves the file of its last boundary", async () => {
    open();
    const states = heard("state");
    const stopped = refusal(run("a", endless()));
    await pruned();
    expect(await engine.call("cancel", { runId: "a" })).toEqual({ was: "running" });
    expect(await stopped).toMatchObject({ code: "cancelled" });
    expect(states.at(-1)).toEqual({ runId: "a", state: "finished", outcome: "cancelled" });
    const { bytes, point } = await engine.call("boundaryFile", { runId: "a" });
    expect(point.clip).toBe("c0");
    expect(decodeArtefact(bytes).sizeBytes).toBe(point.sizeBytes);
    expect(await engine.call("cancel", { runId: "a" })).toEqual({ was: "over" });
    expect(await refusal(engine.call("boundaryFile", { runId: "b" }))).toMatchObject({ code: "asset-missing" });
  });

  it("ends a run that waits at once, and lets those behind it pass", async () => {
    open();
    const first = refusal(run("a", endless()));
    const second = refusal(run("b", endless()));
    const third = run("c", pruneAndTune(2));
    await pruned();
    expect(await engine.call("cancel", { runId: "b" })).toEqual({ was: "waiting" });
    expect(await second).toMatchObject({ code: "cancelled" });
    expect(await engine.call("cancel", { runId: "a" })).toEqual({ was: "running" });
    expect(await first).toMatchObject({ code: "cancelled" });
    expect((await third).final.step).toBe(2);
  });

  it("ends a run that waits for a download", async () => {
    open({ assets: { read: () => new Promise<never>(() => undefined) } });
    const stopped = refusal(run("a", { ...endless(), dataset: { id: "mnist", normalize: "none" } }));
    await once("state");
    await engine.call("cancel", { runId: "a" });
    expect(await stopped).toMatchObject({ code: "cancelled" });
  });
});

describe("pausing", () => {
  it("halts before a step, takes single ones, and goes on to the same points", async () => {
    open();
    const undisturbed = outcomeOf(await run("a", pruneAndTune()));
    engine.close();
    open();
    const progress = heard("progress");
    /** Where the run stands, once all that is on its way has come. */
    const standsAt = async () => {
      await turns();
      studio.timers.advance(100);
      await turns();
      return progress.at(-1)?.step ?? 0;
    };
    const result = run("a", pruneAndTune());
    await pruned();
    expect(await engine.call("pause", { runId: "a" })).toEqual({ was: "running" });
    const halted = await standsAt();
    expect(halted).toBeLessThan(30);
    expect(await standsAt()).toBe(halted);
    for (let step = 1; step <= 3; step++) {
      await engine.call("step", { runId: "a" });
      expect(await standsAt()).toBe(halted + step);
    }
    await engine.call("resume", { runId: "a" });
    expect(outcomeOf(await result)).toEqual(undisturbed);
    expect(await engine.call("pause", { runId: "a" })).toEqual({ was: "over" });
  });

  it("can be ended by a stop", async () => {
    open();
    const stopped = refusal(run("a", endless()));
    await pruned();
    await engine.call("pause", { runId: "a" });
    await turns();
    await engine.call("cancel", { runId: "a" });
    expect(await stopped).toMatchObject({ code: "cancelled" });
  });
});

describe("an engine that dies", () => {
  /** Kept at 0, 20 and 40: past the one in the middle go a teacher, moments, and ranges that still move. */
  const long = () =>
    studio.document(
      [
        { block: "prune.filter-l1", params: { sparsity: 0.4 } },
        { block: "distill.kd-logits", steps: 40, teacher: "original" },
        { block: "quant.qat-fake-quant", start: 10, steps: 30, params: { wBits: 4, aBits: 8 } },
        { block: "prune.magnitude", start: 20, params: { sparsity: 0.3 } },
      ],
      { evaluateEvery: 8 },
    );

  it("is followed by one that goes on from the last boundary, to the same points bit for bit", async () => {
    open();
    const undisturbed = outcomeOf(await run("a", long()));
    engine.close();

    const deps = freshDeps();
    const processes: ReturnType<typeof loopbackProcess>[] = [];
    const spawn = () => {
      processes.push(loopbackProcess(deps));
      return processes.at(-1)!;
    };
    engine = superviseEngine({ spawn, timers: studio.timers });
    const [respawned, restored, states, points] = [
      heard("respawned"),
      heard("restored"),
      heard("state"),
      heard("points"),
    ];
    const { backend } = await engine.call("prepare", { backend: "auto" });
    engine.on("boundary", ({ point }) => {
      if (point.clip === "c3" && processes.length === 1) processes[0]!.kill("out of memory");
    });
    const result = await run("a", long());
    expect(outcomeOf(result)).toEqual(undisturbed);
    expect({ backend: result.backend, processes: processes.length }).toEqual({ backend, processes: 2 });
    expect(respawned).toEqual([{ reason: "out of memory", resent: ["a"] }]);
    expect(restored).toEqual([{ runId: "a", step: 20 }]);
    expect(states.map(({ state }) => state)).toEqual(["started", "started", "finished"]);
    const anew = points.flatMap((news) => news.points);
    expect(anew.slice(-result.points.length)).toEqual(result.points);
  });

  it("is ended when it does not obey a stop, and the next run finds another", async () => {
    open();
    engine.close();
    let release = () => {};
    const stuck = new Promise<void>((resolve) => (release = resolve));
    let hosts = 0;
    const spawn = () => loopbackProcess(freshDeps(hosts++ === 0 ? { yieldToHost: () => stuck } : {}));
    engine = superviseEngine({ spawn, timers: studio.timers });
    const stopped = refusal(run("a", endless()));
    await once("state");
    await engine.call("cancel", { runId: "a" });
    studio.timers.advance(1999);
    expect(hosts).toBe(1);
    studio.timers.advance(1);
    expect(await stopped).toMatchObject({ code: "cancelled" });
    expect((await run("b", pruneAndTune(2))).final.step).toBe(2);
    expect(hosts).toBe(2);
    // A worker takes its tensors with it; here they are the thread's.
    release();
  });
});
