/**
 * The threads that compute kernels beside the caller's. The caller writes a list of tasks into shared memory, takes part
 * in the work and goes on when all is done; kernel-tasks.mjs has the other side. What a task is, others decide.
 */
import { EngineError } from "../core/errors";
import type { KernelThreads, StartedThreads } from "../core/ports";
import {
  COUNT,
  DONE,
  ENDED,
  FAILED,
  HEADER_BYTES,
  TASK_ARGUMENTS,
  TASK_LENGTH,
  TICKETS,
  runTasks,
  type ThreadStart,
} from "./kernel-tasks.mjs";
import { allocate, release } from "./wasm-memory";
import type { WasmBackend } from "./wasm-types";

/** Most tasks of one list. */
export const MAX_TASKS = 64;
const CONTROL_BYTES = HEADER_BYTES + MAX_TASKS * TASK_LENGTH * 8;
/** Whole cache lines, which no other data share. */
const LINE = 64;

/** How often the caller looks whether the others are done before it sleeps. */
const LOOKS = 20_000;
/** No task takes so long on any machine: a thread has died. */
const LOST_AFTER_MS = 30_000;

/** What is linked on each thread, and on the caller's already. */
export interface LinkedKernels {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly exports: WebAssembly.Exports;
  readonly scratchBytes: number;
}

/** One call of an exported function. */
export interface KernelTask {
  readonly name: string;
  readonly values: readonly (number | boolean)[];
  /** The argument that is working memory, its address for the caller's thread, and how far it is to the next thread's. */
  readonly scratch?: { readonly argument: number; readonly pointer: number; readonly step: number };
}

export class KernelPool {
  #started: StartedThreads | null = null;
  readonly #indices: ReadonlyMap<string, number>;
  readonly #functions: readonly ((...values: number[]) => unknown)[];

  private constructor(
    /** How many compute, the caller included. */
    readonly threads: number,
    exports: WebAssembly.Exports,
    private readonly header: Int32Array,
    private readonly tasks: Float64Array,
  ) {
    this.#indices = new Map(Object.keys(exports).map((name, index) => [name, index]));
    this.#functions = Object.values(exports) as ((...values: number[]) => unknown)[];
  }

  /**
   * Starts threads - 1 others; their memory is the backend's as long as it lives.
   *
   * @throws Error when they do not all answer in time; none is left then
   */
  static async start(
    host: KernelThreads,
    threads: number,
    backend: WasmBackend,
    linked: LinkedKernels,
  ): Promise<KernelPool> {
    const { module, memory } = linked;
    const block = allocate(backend, CONTROL_BYTES + LINE);
    const control = Math.ceil(block / LINE) * LINE;
    const header = new Int32Array(memory.buffer, control, HEADER_BYTES / 4).fill(0);
    const tasks = new Float64Array(memory.buffer, control + HEADER_BYTES, MAX_TASKS * TASK_LENGTH);
    const starts = Array.from({ length: threads - 1 }, (_, index): ThreadStart => {
      const scratch = allocate(backend, linked.scratchBytes);
      return { module, memory, control, maxTasks: MAX_TASKS, scratch, thread: index + 1 };
    });
    const pool = new KernelPool(threads, linked.exports, header, tasks);
    try {
      pool.#started = await host.start(starts);
    } catch (error) {
      for (const { scratch } of starts) release(backend, scratch);
      release(backend, block);
      throw error;
    }
    return pool;
  }

  /**
   * Runs tasks, at most MAX_TASKS, in any order and on any thread.
   *
   * @throws EngineError `engine-died` when one traps, or when a thread does not answer: what they wrote is unknown
   */
  run(list: readonly KernelTask[]): void {
    const { header, tasks } = this;
    list.forEach(({ name, values, scratch }, index) => {
      const at = index * TASK_LENGTH;
      tasks[at] = this.#indices.get(name) ?? -1;
      tasks[at + 1] = scratch?.argument ?? -1;
      tasks[at + 2] = scratch?.pointer ?? 0;
      tasks[at + 3] = scratch?.step ?? 0;
      tasks[at + 4] = values.length;
      for (let i = 0; i < values.length; i++) tasks[at + TASK_ARGUMENTS + i] = Number(values[i]);
    });
    header[COUNT] = list.length;
    header[FAILED] = 0;
    Atomics.store(header, DONE, 0);
    Atomics.store(header, TICKETS, list.length);
    Atomics.notify(header, TICKETS, list.length - 1);
    runTasks(header, tasks, this.#functions, 0);
    this.#wait(list.length);
    if (Atomics.load(header, FAILED) !== 0) throw lost(`kernel '${list[0]?.name}' was expected to end, it trapped`);
  }

  #wait(count: number): void {
    let looks = 0;
    for (;;) {
      const done = Atomics.load(this.header, DONE);
      if (done === count) return;
      if (looks++ < LOOKS) continue;
      if (Atomics.wait(this.header, DONE, done, LOST_AFTER_MS) === "timed-out")
        throw lost(`${count} tasks on ${this.threads} threads were expected to end, got ${done} in 30 s`);
    }
  }

  /** Ends the other threads. */
  end(): void {
    Atomics.store(this.header, TICKETS, ENDED);
    Atomics.notify(this.header, TICKETS);
    this.#started?.end();
  }
}

const lost = (reason: string): EngineError =>
  new EngineError("engine-died", `${reason}; start the engine again`, { details: { reason } });
