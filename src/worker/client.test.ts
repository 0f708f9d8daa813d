import { describe, expect, it } from "vitest";
import { EngineError } from "#engine/core/errors";
import { connectEngine } from "./client";
import { fakePort } from "./fake-port.testing";
import { type HostDeps, serveEngine } from "./host";
import { fakeTimers } from "./timers.testing";
import type { BackendReport, HostMessage, Port } from "./protocol";

describe("connectEngine", () => {
  it("matches answers to calls, in whatever order they come", async () => {
    const { port, take, say } = fakePort();
    const client = connectEngine(port);
    const answers = [client.call("zoo"), client.call("cancel", { runId: "a" })] as const;
    const [first, second] = take();
    expect(first).toMatchObject({ kind: "request", name: "zoo" });
    expect(second).toMatchObject({ kind: "request", name: "cancel", argument: { runId: "a" } });
    say({ kind: "result", id: second!.id, value: { was: "over" } });
    say({ kind: "result", id: first!.id, value: [] });
    expect(await Promise.all(answers)).toEqual([[], { was: "over" }]);
  });

  it("gives errors their class and fields back", async () => {
    const { port, take, say } = fakePort();
    const call = connectEngine(port).call("zoo");
    const error = { code: "diverged", message: "expected a finite loss", clipId: "c", details: { step: 3 } } as const;
    say({ kind: "error", id: take()[0]!.id, error });
    await expect(call).rejects.toBeInstanceOf(EngineError);
    await expect(call).rejects.toMatchObject(error);
  });

  it("tells events to those who listen, as long as they do", () => {
    const { port, say } = fakePort();
    const client = connectEngine(port);
    const steps: number[] = [];
    const stop = client.on("restored", ({ step }) => steps.push(step));
    client.on("restored", ({ step }) => steps.push(-step));
    const tell = (step: number) => say({ kind: "event", name: "restored", data: { runId: "r", step } });
    tell(1);
    stop();
    tell(2);
    expect(steps).toEqual([1, -1, -2]);
  });

  it("rejects what is under way when it is closed, and what comes after", async () => {
    const { port, take, say, ...fake } = fakePort();
    const client = connectEngine(port);
    const call = client.call("zoo");
    const { id } = take()[0]!;
    client.close();
    say({ kind: "result", id, value: [] });
    await expect(call).rejects.toMatchObject({ code: "engine-died" });
    await expect(client.call("zoo")).rejects.toMatchObject({ code: "engine-died" });
    expect([take(), fake.listeners]).toEqual([[], 0]);
  });

  it("rejects a call whose argument cannot be cloned", async () => {
    const { port } = fakePort();
    const document = { version: () => 1 } as never;
    await expect(connectEngine(port).call("run", { runId: "a", document })).rejects.toThrow(/could not be cloned/);
  });
});

describe("serveEngine", () => {
  /** What the host says to a message that no client would send. */
  async function saidTo(...messages: unknown[]): Promise<HostMessage[]> {
    const said: HostMessage[] = [];
    let deliver!: (event: MessageEvent) => void;
    const port: Port = {
      postMessage: (message) => void said.push(structuredClone(message) as HostMessage),
      addEventListener: (_, listener) => (deliver = listener),
      removeEventListener: () => undefined,
    };
    serveEngine(port, { timers: fakeTimers() } as unknown as HostDeps);
    for (const data of messages) deliver(new MessageEvent("message", { data }));
    await new Promise((resolve) => setImmediate(resolve));
    return said;
  }

  it.each(["fly", "toString", "__proto__"])("answers the unknown request '%s' with an error", async (name) => {
    const [answer] = await saidTo({ kind: "request", id: 4, name });
    expect(answer).toMatchObject({ kind: "error", id: 4, error: { code: "usage" } });
    expect(answer).toHaveProperty(
      "error.message",
      expect.stringMatching(new RegExp(`^expected a request among prepare, run, .*, got '${name}'$`)),
    );
  });

  it("answers a request that lacks its argument", async () => {
    const [log, answer] = await saidTo({ kind: "request", id: 1, name: "cancel" });
    expect(log).toMatchObject({ kind: "event", name: "log", data: { level: "error" } });
    expect(answer).toMatchObject({ kind: "error", id: 1, error: { code: "internal" } });
  });

  it("says so when it is sent what is no request", async () => {
    expect(await saidTo("hello", { kind: "request", name: "zoo" })).toMatchObject([
      { name: "log", data: { message: 'expected a request { kind, id, name, argument }, got "hello"' } },
      {
        name: "log",
        data: { message: 'expected a request { kind, id, name, argument }, got {"kind":"request","name":"zoo"}' },
      },
    ]);
  });

  it("tells which backend was prepared, and when its device is lost", async () => {
    const { port1, port2 } = new MessageChannel();
    const report = { backend: "webgpu" } as BackendReport;
    let lose!: (reason: string) => void;
    serveEngine(
      port2 as Port,
      {
        timers: fakeTimers(),
        prepareBackend: () => Promise.resolve(report),
        watchDevice: (onLost: (reason: string) => void) => (lose = onLost),
      } as unknown as HostDeps,
    );
    const client = connectEngine(port1 as Port);
    const told: unknown[] = [];
    client.on("backend", (data) => told.push(data));
    const lost = new Promise((resolve) => client.on("lost", resolve));
    expect(await client.call("prepare", { backend: "webgpu" })).toEqual(report);
    expect(told).toEqual([report]);
    lose("the driver was reset");
    expect(await lost).toEqual({ reason: "the driver was reset" });
    port1.close();
  });

  it.each([
    ["of compiled code", new WebAssembly.RuntimeError("unreachable"), "internal"],
    ["on a kernel's threads", new EngineError("engine-died", "unreachable"), "engine-died"],
    [
      "behind a clip's error",
      new EngineError("internal", "unreachable", { cause: new WebAssembly.RuntimeError() }),
      "internal",
    ],
  ])("tells of a trap %s as the loss of the engine", async (_where, trap, code) => {
    const assets = { read: () => Promise.reject(trap) };
    const said: HostMessage[] = [];
    const { port1, port2 } = new MessageChannel();
    serveEngine(port2 as Port, { timers: fakeTimers(), platform: { assets } } as unknown as HostDeps);
    const client = connectEngine(port1 as Port);
    client.on("lost", (data) => said.push({ kind: "event", name: "lost", data }));
    await expect(client.call("zoo")).rejects.toMatchObject({ code, message: "unreachable" });
    expect(said).toMatchObject([{ data: { reason: "unreachable" } }]);
    port1.close();
  });
});
