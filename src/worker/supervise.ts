/**
 * An engine that outlives its workers. When one dies (it crashed, lost its device, or did not obey a stop), another is
 * spawned, told the same backend, and sent the runs anew; they go on from their last kept boundary. Pure: ports and time
 * come from outside.
 */
import { EngineError } from "#engine/core/errors";
import { connectEngine } from "./client";
import { EventHub } from "./event-hub";
import type { ArgumentOf, BackendName, EngineClient, EngineEvents, Port, RequestName, ResultOf } from "./protocol";
import type { Timers } from "./timers";

/** A worker, or what stands for one. */
export interface EngineProcess {
  readonly port: Port;
  /** Calls back when it can answer no longer. */
  onDeath(listener: (reason: string) => void): void;
  terminate(): void;
}

export interface SuperviseOptions {
  readonly spawn: () => EngineProcess;
  readonly timers: Timers;
  /** How long a run that computes may take to obey a stop. Default 2000. */
  readonly stopWithinMs?: number;
}

interface Call {
  readonly name: RequestName;
  readonly argument: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** Whether an engine died of it already, or with it. */
  resent: boolean;
}

/** What is known of a run whose call is pending. */
interface RunRecord {
  readonly call: Call;
  /** Whether it computes, as opposed to waiting. */
  started: boolean;
  paused: boolean;
  cancelled: boolean;
  /** Of the timer that ends an engine that does not obey. */
  disarm: (() => void) | undefined;
}

/** Steering a run is done again in the next engine, as long as the run is. */
const steering: ReadonlySet<RequestName> = new Set(["pause", "resume", "step"]);
/** Reading what does not change. */
const repeatable: ReadonlySet<RequestName> = new Set(["zoo", "datasets", "stored"]);

export function superviseEngine({ spawn, timers, stopWithinMs = 2000 }: SuperviseOptions): EngineClient {
  return new Supervisor(spawn, timers, stopWithinMs).client;
}

const died = (reason: string) =>
  new EngineError("engine-died", `expected the engine to answer, got its end: ${reason}; try again`, {
    details: { reason },
  });

class Supervisor {
  readonly #events = new EventHub();
  readonly #calls = new Set<Call>();
  readonly #runs = new Map<string, RunRecord>();
  #engine: { readonly process: EngineProcess; readonly client: EngineClient; spoke: boolean } | undefined;
  /** The next engine takes the same: a state is only gone on from where it was made. */
  #backend: BackendName | undefined;
  #closed = false;

  constructor(
    private readonly spawn: () => EngineProcess,
    private readonly timers: Timers,
    private readonly stopWithinMs: number,
  ) {
    this.#events.on("backend", ({ backend }) => (this.#backend = backend));
    this.#events.on("state", (news) => this.#onState(news));
    this.#events.on("lost", ({ reason }) => this.#replace(reason));
    try {
      this.#start();
    } catch {
      // The first call tries again, and says what is wrong.
    }
  }

  readonly client: EngineClient = {
    call: <N extends RequestName>(name: N, ...[argument]: ArgumentOf<N> extends void ? [] : [ArgumentOf<N>]) =>
      new Promise<ResultOf<N>>((resolve, reject) => {
        this.#call({ name, argument, resolve: (value) => resolve(value as ResultOf<N>), reject, resent: false });
      }),
    on: (name, listener) => this.#events.on(name, listener),
    close: () => this.#close(),
  };

  // ---- engines -----------------------------------------------------------------------------------------------------

  #start(): void {
    const process = this.spawn();
    const engine = { process, client: connectEngine(process.port, this.#events), spoke: false };
    this.#engine = engine;
    process.port.addEventListener("message", () => (engine.spoke = true));
    process.onDeath((reason) => {
      if (this.#engine === engine) this.#replace(reason);
    });
  }

  /** Ends the engine and starts another, unless there is nothing to do and it never spoke: then the next call starts one. */
  #replace(reason: string): void {
    const dead = this.#engine;
    if (!dead) return;
    this.#engine = undefined;
    dead.client.close();
    dead.process.terminate();
    // Before the runs that they are about are gone.
    for (const call of this.#calls) {
      if (call.name === "cancel")
        this.#settle(call, () => call.resolve({ was: this.#runOf(call) ? "running" : "over" }));
    }
    const kept = [...this.#calls].filter((call) => this.#survives(call, reason));
    if (kept.length === 0 && !dead.spoke) return;
    try {
      this.#start();
    } catch (error) {
      for (const call of kept) this.#settle(call, () => call.reject(died(String(error))));
      return;
    }
    if (!kept.some(({ name }) => name === "prepare")) this.#prepareAgain();
    for (const call of kept) this.#sendAgain(call);
    this.#events.emit({ kind: "event", name: "respawned", data: { reason, resent: [...this.#runs.keys()] } });
  }

  /** Whether a call is to be sent to the next engine; it is settled if not. */
  #survives(call: Call, reason: string): boolean {
    const { name } = call;
    const run = this.#runOf(call);
    if (name === "run" && run) {
      run.disarm?.();
      run.disarm = undefined;
      const inProgress = run.started;
      run.started = false;
      if (run.cancelled)
        return this.#settle(call, () =>
          call.reject(new EngineError("cancelled", "the run was stopped; the engine was restarted")),
        );
      if (inProgress && call.resent) return this.#settle(call, () => call.reject(died(reason)));
      if (inProgress) call.resent = true;
      return true;
    }
    if (steering.has(name))
      return run && !run.cancelled ? true : this.#settle(call, () => call.resolve({ was: "over" }));
    if ((name === "prepare" || repeatable.has(name)) && !call.resent) return (call.resent = true);
    return this.#settle(call, () => call.reject(died(reason)));
  }

  #close(): void {
    this.#closed = true;
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.client.close();
    engine?.process.terminate();
    for (const call of [...this.#calls]) this.#settle(call, () => call.reject(died("it was closed")));
  }

  // ---- calls -------------------------------------------------------------------------------------------------------

  #call(call: Call): void {
    if (this.#closed) {
      call.reject(died("it was closed"));
      return;
    }
    if (!this.#engine) {
      try {
        this.#start();
      } catch (error) {
        call.reject(died(String(error)));
        return;
      }
      if (call.name !== "prepare") this.#prepareAgain();
    }
    this.#calls.add(call);
    this.#note(call);
    this.#send(call);
  }

  /** Keeps what the next engine, should there be one, must know. */
  #note(call: Call): void {
    if (call.name === "run") {
      const { runId } = call.argument as ArgumentOf<"run">;
      // An id in use is the host's to refuse.
      if (!this.#runs.has(runId))
        this.#runs.set(runId, { call, started: false, paused: false, cancelled: false, disarm: undefined });
    }
    const run = this.#runOf(call);
    if (!run) return;
    if (call.name === "pause" || call.name === "step") run.paused = true;
    if (call.name === "resume") run.paused = false;
    if (call.name === "cancel") {
      run.cancelled = true;
      if (run.started) this.#arm(run);
    }
  }

  #send(call: Call): void {
    const engine = this.#engine;
    const current = () => this.#engine === engine;
    engine?.client.call(...([call.name, call.argument] as unknown as [RequestName & "zoo"])).then(
      (value) => current() && this.#settle(call, () => call.resolve(value)),
      (error: unknown) => current() && this.#settle(call, () => call.reject(error)),
    );
  }

  #sendAgain(call: Call): void {
    this.#send(call);
    if (call.name !== "run" || !this.#runOf(call)?.paused) return;
    // Told in the port's order, and so before the run's first step.
    this.#engine?.client.call("pause", { runId: (call.argument as ArgumentOf<"run">).runId }).catch(ignore);
  }

  #prepareAgain(): void {
    // Should it fail, whatever computes takes another.
    if (this.#backend) this.#engine?.client.call("prepare", { backend: this.#backend }).catch(ignore);
  }

  /** @returns false, as a call that is settled does not survive */
  #settle(call: Call, how: () => void): false {
    if (!this.#calls.delete(call)) return false;
    const run = this.#runOf(call);
    if (call.name === "run" && run?.call === call) {
      run.disarm?.();
      this.#runs.delete((call.argument as ArgumentOf<"run">).runId);
    }
    how();
    return false;
  }

  #runOf({ argument }: Call): RunRecord | undefined {
    const runId = typeof argument === "object" && argument !== null && "runId" in argument ? argument.runId : undefined;
    return typeof runId === "string" ? this.#runs.get(runId) : undefined;
  }

  // ---- stops -------------------------------------------------------------------------------------------------------

  #onState(news: EngineEvents["state"]): void {
    const run = this.#runs.get(news.runId);
    if (!run || news.state !== "started") return;
    run.started = true;
    if (run.cancelled) this.#arm(run);
  }

  #arm(run: RunRecord): void {
    run.disarm ??= this.timers.after(this.stopWithinMs, () =>
      this.#replace(`a stop was not obeyed within ${this.stopWithinMs} ms`),
    );
  }
}

const ignore = () => undefined;
