import { beforeEach, describe, expect, it } from "vitest";
import { type FakePort, fakePort } from "./fake-port.testing";
import type { BackendReport, EngineClient, RequestMessage, RequestName, RunPhase, TimelineDocument } from "./protocol";
import { superviseEngine } from "./supervise";
import { type FakeTimers, fakeTimers } from "./timers.testing";

/** A worker as the test plays it. */
interface FakeEngine extends FakePort {
  die(reason?: string): void;
  terminated: boolean;
}

let engines: FakeEngine[];
let timers: FakeTimers;
let client: EngineClient;
/** Why the next worker cannot be started. */
let refusal: Error | undefined;

beforeEach(() => {
  engines = [];
  timers = fakeTimers();
  refusal = undefined;
  client = superviseEngine({ spawn, timers });
});

function spawn() {
  if (refusal) throw refusal;
  const fake = fakePort();
  let dies: (reason: string) => void = () => undefined;
  const engine: FakeEngine = Object.assign(fake, { die: (reason = "it crashed") => dies(reason), terminated: false });
  engines.push(engine);
  return {
    port: fake.port,
    onDeath: (listener: (reason: string) => void) => void (dies = listener),
    terminate: () => void (engine.terminated = true),
  };
}

const engine = () => engines.at(-1)!;
const document = { version: 1 } as TimelineDocument;
const run = (runId: string) => client.call("run", { runId, document });
const summary = (runId: string) => ({ documentHash: runId });
const names = (requests: readonly RequestMessage[]) =>
  requests.map(({ name, argument }) => [name, ...(argument && "runId" in argument ? [argument.runId] : [])].join(" "));
const tellStarted = (runId: string) =>
  engine().say({ kind: "event", name: "state", data: { runId, state: "started" } });
const tellBackend = (backend: "wasm" | "webgpu") =>
  engine().say({ kind: "event", name: "backend", data: { backend } as BackendReport });

/** Takes what the engine was asked and answers the requests of a name. */
function answer(name: RequestName, value: unknown): RequestMessage[] {
  const requests = engine().take();
  for (const request of requests) if (request.name === name) engine().say({ kind: "result", id: request.id, value });
  return requests;
}
const rejected = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

describe("an engine that lives", () => {
  it("answers, and its events are told", async () => {
    const backends: string[] = [];
    client.on("backend", ({ backend }) => backends.push(backend));
    const call = client.call("zoo");
    tellBackend("wasm");
    answer("zoo", []);
    expect([await call, backends, engines.length]).toEqual([[], ["wasm"], 1]);
  });

  it("answers with errors too", async () => {
    const call = rejected(run("a"));
    const [request] = engine().take();
    engine().say({ kind: "error", id: request!.id, error: { code: "diverged", message: "m", clipId: "c" } });
    expect(await call).toMatchObject({ code: "diverged", clipId: "c" });
  });
});

describe("an engine that dies", () => {
  it("is followed by one on the same backend, which is sent the run again", async () => {
    const told: unknown[] = [];
    client.on("respawned", (news) => told.push(news));
    const call = run("a");
    tellBackend("webgpu");
    tellStarted("a");
    engine().die("out of memory");
    expect([engines.length, engines[0]!.terminated]).toEqual([2, true]);
    const requests = answer("run", summary("a"));
    expect(requests).toMatchObject([
      { name: "prepare", argument: { backend: "webgpu" } },
      { name: "run", argument: { runId: "a", document } },
    ]);
    expect(await call).toEqual(summary("a"));
    expect(told).toEqual([{ reason: "out of memory", resent: ["a"] }]);
  });

  it("takes a run with it that it dies of twice", async () => {
    const call = rejected(run("a"));
    tellStarted("a");
    engine().die();
    tellStarted("a");
    engine().die("it crashed again");
    expect(await call).toMatchObject({ code: "engine-died", details: { reason: "it crashed again" } });
    expect(names(engine().take())).toEqual([]);
  });

  it("takes none with it that only waited", async () => {
    const [first, second] = [rejected(run("a")), run("b")];
    for (const id of ["a", "a"]) {
      tellStarted(id);
      engine().die();
    }
    expect(await first).toMatchObject({ code: "engine-died" });
    expect(names(answer("run", summary("b")))).toEqual(["run b"]);
    expect(await second).toEqual(summary("b"));
  });

  it("leaves a paused run paused, and a step that was asked for to be taken", async () => {
    void run("a");
    tellStarted("a");
    const pause = client.call("pause", { runId: "a" });
    answer("pause", { was: "running" satisfies RunPhase });
    await pause;
    void client.call("step", { runId: "a" });
    engine().die();
    expect(names(engine().take())).toEqual(["run a", "pause a", "step a"]);
  });

  it("leaves a run going that had been resumed", async () => {
    void run("a");
    const pause = client.call("pause", { runId: "a" });
    void client.call("resume", { runId: "a" });
    answer("pause", { was: "running" });
    await pause;
    engine().die();
    expect(names(engine().take())).toEqual(["run a", "resume a"]);
  });

  it("rejects what may have been its death, and asks again what is only read", async () => {
    const inspect = rejected(client.call("inspect", { file: new Uint8Array(1) }));
    const zoo = client.call("zoo");
    engine().die();
    expect(await inspect).toMatchObject({ code: "engine-died" });
    answer("zoo", []);
    expect(await zoo).toEqual([]);
  });

  it("may say so itself", async () => {
    const call = run("a");
    tellStarted("a");
    engine().say({ kind: "event", name: "lost", data: { reason: "the graphics device was lost" } });
    answer("run", summary("a"));
    expect([await call, engines.length]).toEqual([summary("a"), 2]);
  });

  it("is not heard any more", async () => {
    const steps: number[] = [];
    client.on("restored", ({ step }) => steps.push(step));
    const call = run("a");
    const [request] = engine().take();
    engine().die();
    engines[0]!.say({ kind: "event", name: "restored", data: { runId: "a", step: 1 } });
    engines[0]!.say({ kind: "result", id: request!.id, value: summary("old") });
    engines[0]!.die("it died twice");
    answer("run", summary("new"));
    expect([await call, steps, engines.length]).toEqual([summary("new"), [], 2]);
  });

  it("is not started over and over when it cannot even start", async () => {
    engine().die("its script could not be loaded");
    expect(engines).toHaveLength(1);
    const call = rejected(client.call("prepare", { backend: "auto" }));
    expect(engines).toHaveLength(2);
    engine().die("its script could not be loaded");
    engine().die("its script could not be loaded");
    expect(await call).toMatchObject({ code: "engine-died", details: { reason: "its script could not be loaded" } });
    expect(engines).toHaveLength(3);
  });

  it("is asked for again by each call when it cannot be made", async () => {
    engine().die();
    refusal = new Error("a policy forbids workers");
    expect(await rejected(run("a"))).toMatchObject({
      code: "engine-died",
      message: expect.stringContaining("a policy forbids workers"),
    });
    refusal = undefined;
    const call = run("a");
    answer("run", summary("a"));
    expect(await call).toEqual(summary("a"));
  });
});

describe("a stop", () => {
  const cancel = (runId: string) => client.call("cancel", { runId });

  it("that is obeyed leaves the engine alone", async () => {
    const call = rejected(run("a"));
    tellStarted("a");
    void cancel("a");
    const [request] = engine().take();
    timers.advance(1999);
    engine().say({ kind: "error", id: request!.id, error: { code: "cancelled", message: "the run was stopped" } });
    expect(await call).toMatchObject({ code: "cancelled" });
    timers.advance(10_000);
    expect([engines.length, timers.waiting]).toEqual([1, 0]);
  });

  it("that is not obeyed within 2 s ends the engine; runs behind it are sent to the next", async () => {
    const [first, second] = [rejected(run("a")), run("b")];
    tellStarted("a");
    const stop = cancel("a");
    timers.advance(2000);
    expect(await first).toMatchObject({ code: "cancelled" });
    expect(await stop).toEqual({ was: "running" });
    expect([engines.length, engines[0]!.terminated]).toEqual([2, true]);
    expect(names(answer("run", summary("b")))).toEqual(["run b"]);
    expect(await second).toEqual(summary("b"));
    expect(timers.waiting).toBe(0);
  });

  it("of a run that waits ends no engine, until it computes", async () => {
    const call = rejected(run("b"));
    void cancel("b");
    timers.advance(10_000);
    expect(engines).toHaveLength(1);
    tellStarted("b");
    timers.advance(2000);
    expect(await call).toMatchObject({ code: "cancelled" });
    expect(engines).toHaveLength(2);
  });

  it("of a run whose engine dies is obeyed", async () => {
    const call = rejected(run("a"));
    tellStarted("a");
    void cancel("a");
    engine().die();
    expect(await call).toMatchObject({ code: "cancelled" });
    expect(names(engine().take())).toEqual([]);
    timers.advance(10_000);
    expect(engines).toHaveLength(2);
  });
});

it("close ends the engine, what is under way, and what comes after", async () => {
  const call = rejected(run("a"));
  tellStarted("a");
  client.close();
  expect(await call).toMatchObject({ code: "engine-died" });
  expect(await rejected(client.call("zoo"))).toMatchObject({ code: "engine-died" });
  engine().die();
  expect([engines.length, engines[0]!.terminated, timers.waiting]).toEqual([1, true, 0]);
});
