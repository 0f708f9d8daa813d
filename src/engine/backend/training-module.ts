/**
 * The compiled training kernels (assembly/), linked to the memory of a running wasm backend so that they work on its
 * tensors in place. It knows addresses and working memory; which tfjs kernels are built on it is in fast-kernels.ts.
 */
import type * as tf from "@tensorflow/tfjs-core";
import type { KernelThreads } from "../core/ports";
import { KernelPool, MAX_TASKS, type KernelTask, type LinkedKernels } from "./kernel-pool";
import { withSharedMemory } from "./shared-memory";
import { relaxedTrainingKernelsBase64, trainingKernelsBase64 } from "./training-kernels.generated";
import { cut, type Slice } from "./slices";
import type { TrainingExports } from "./training-exports";
import { allocate, memoryOf, onDispose, pointerOf, release } from "./wasm-memory";
import type { WasmBackend } from "./wasm-types";

/** A tensor just made, and where its data are. Its content is undefined. */
export interface NewTensor {
  readonly info: tf.TensorInfo;
  readonly pointer: number;
}

/** Working memory that calls need, one for each thread, and which of their arguments is its address. */
export interface CallScratch {
  readonly argument: number;
  readonly floats: number;
}

/** Work for less time than this is not worth handing to another thread. Measured: a thread answers in 5 to 50 us. */
const SLICE_MICROSECONDS = 60;
/** Slices of a kernel for each thread: with more than one, a thread that is held up does not hold up the rest. */
const SLICES_PER_THREAD = 2;

export class TrainingModule {
  #pool: KernelPool | null = null;
  #splitsAll = false;

  private constructor(
    readonly backend: WasmBackend,
    readonly functions: TrainingExports,
    /** Whether products and sums are fused, by relaxed SIMD. */
    readonly relaxedSimd: boolean,
    private readonly linked: LinkedKernels,
  ) {}

  /**
   * Links the kernels to a backend. Throws where its memory cannot be had, where there is no SIMD, or where compiling
   * is not allowed (a page without wasm-unsafe-eval). Compiles at once, which browsers allow in workers.
   */
  static link(backend: WasmBackend): TrainingModule {
    const memory = memoryOf(backend);
    if (memory === null) throw new Error("the wasm backend's memory was expected to be accessible");
    const relaxed = decodeBase64(relaxedTrainingKernelsBase64);
    const relaxedSimd = WebAssembly.validate(relaxed);
    const binary = relaxedSimd ? relaxed : decodeBase64(trainingKernelsBase64);
    const shared = !(memory.buffer instanceof ArrayBuffer);
    const module = new WebAssembly.Module(shared ? withSharedMemory(binary).binary : binary);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const functions = exports as unknown as TrainingExports;
    const scratchBytes = functions.scratchBytes();
    functions.setScratch(allocate(backend, scratchBytes));
    return new TrainingModule(backend, functions, relaxedSimd, { module, memory, exports, scratchBytes });
  }

  /** How many threads compute. */
  get threads(): number {
    return this.#pool?.threads ?? 1;
  }

  /**
   * Computes on that many threads from now on, until the backend is disposed of. The backend's memory must be shared.
   *
   * @throws Error when they do not start; everything goes on on one thread
   */
  async startThreads(host: KernelThreads, threads: number): Promise<void> {
    const pool = await KernelPool.start(host, threads, this.backend, this.linked);
    this.#pool = pool;
    onDispose(this.backend, () => this.endThreads());
  }

  /** Computes on one thread from now on. */
  endThreads(): void {
    this.#pool?.end();
    this.#pool = null;
  }

  /** Runs work with everything shared that can be, however small it is, for tests. */
  splitAll(work: () => void): void {
    this.#splitsAll = true;
    try {
      work();
    } finally {
      this.#splitsAll = false;
    }
  }

  /**
   * Cuts 0..total into slices for the threads: one where the work is small or there is one thread.
   *
   * @param microseconds that the whole takes on one thread, about
   * @param multiple of which all bounds but the last are
   */
  slices(total: number, microseconds: number, multiple = 1): readonly Slice[] {
    const worthwhile = this.#splitsAll ? total : Math.floor(microseconds / SLICE_MICROSECONDS);
    const count = this.threads === 1 ? 1 : Math.min(this.threads * SLICES_PER_THREAD, worthwhile);
    return cut(total, count, multiple);
  }

  /**
   * Calls a function of the module once for each list of arguments, on the threads there are, in any order. The calls
   * must write to different places.
   *
   * @param scratch working memory that a call has for itself; the argument given for it is replaced
   */
  run<Name extends keyof TrainingExports>(
    name: Name,
    calls: readonly Parameters<TrainingExports[Name]>[],
    scratch?: CallScratch,
  ): void {
    if (scratch === undefined) {
      this.#run(name, calls, null);
      return;
    }
    const threads = calls.length === 1 ? 1 : this.threads;
    // In whole cache lines, so that no two threads write to one.
    const step = Math.ceil(Math.max(16, scratch.floats) / 16) * 64;
    this.withScratch((threads * step) / 4, (pointer) =>
      this.#run(name, calls, { argument: scratch.argument, pointer, step }),
    );
  }

  #run<Name extends keyof TrainingExports>(
    name: Name,
    calls: readonly Parameters<TrainingExports[Name]>[],
    scratch: { readonly argument: number; readonly pointer: number; readonly step: number } | null,
  ): void {
    const tasks = calls as readonly (readonly (number | boolean)[])[];
    if (this.#pool !== null && tasks.length > 1 && tasks.length <= MAX_TASKS) {
      this.#runOnThreads(
        this.#pool,
        tasks.map((values) => (scratch === null ? { name, values } : { name, values, scratch })),
      );
      return;
    }
    const call = this.functions[name] as (...values: (number | boolean)[]) => unknown;
    for (const values of tasks) {
      if (scratch === null) call(...values);
      else call(...values.map((value, index) => (index === scratch.argument ? scratch.pointer : value)));
    }
  }

  pointer(info: tf.TensorInfo): number {
    return pointerOf(this.backend, info);
  }

  /** A new float32 tensor, not filled. */
  output(shape: number[]): NewTensor {
    const info = this.backend.makeOutput(shape, "float32");
    return { info, pointer: this.pointer(info) };
  }

  /** Runs work with that many floats of memory of its own. */
  withScratch(floats: number, work: (pointer: number) => void): void {
    const pointer = allocate(this.backend, Math.max(16, floats * 4));
    try {
      work(pointer);
    } finally {
      release(this.backend, pointer);
    }
  }

  #runOnThreads(pool: KernelPool, tasks: readonly KernelTask[]): void {
    try {
      pool.run(tasks);
    } catch (error) {
      // Threads that failed once are not trusted again.
      this.endThreads();
      throw error;
    }
  }
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
