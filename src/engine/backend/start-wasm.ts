/**
 * Starts tfjs' wasm backend, and threads for the compiled kernels where they may be had. The threads of tfjs itself stay
 * off: it starts them from the text of its own functions, which no bundler leaves whole. Instead its build for one thread
 * is given a shared memory, of which it knows nothing, and our own threads compute on that.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { KernelThreads } from "../core/ports";
import { withSharedMemory, type SharedBinary } from "./shared-memory";
import { kernelThreads, registerWasmTrainingKernels, startKernelThreads } from "./wasm-kernels";
import { WASM } from "./wasm-types";

/** Where the backend's .wasm files are: a folder's URL or path ending in a slash, or one for each file name. */
export type WasmPaths = string | Readonly<Record<string, string>>;

export interface ThreadOptions {
  readonly host: KernelThreads;
  /** How many at most, this one included; as many as the host has by default. */
  readonly most?: number;
}

/** Why there are not more threads. */
export type ThreadsReason = "not isolated" | "one core" | "switched off" | `failed: ${string}`;

export interface ThreadReport {
  /** Threads that compute. */
  readonly threads: number;
  /** Why there is one only; absent where there are more. */
  readonly threadsReason?: ThreadsReason;
}

const SIMD_BINARY = "tfjs-backend-wasm-simd.wasm";

let failure: ThreadsReason | null = null;

/**
 * Makes wasm the current backend, with the training kernels on it. Its memory and threads are decided when it first
 * starts; once it runs it is kept as it is.
 *
 * @returns whether tfjs could start it
 */
export async function startWasm(paths: WasmPaths | undefined, threads: ThreadOptions | undefined): Promise<boolean> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  // Once it runs, its files are loaded and new paths would be refused.
  const running = tf.engine().registry[WASM] !== undefined;
  registerWasmTrainingKernels();
  if (running) return tf.setBackend(WASM);
  if (paths !== undefined) setWasmPaths(paths);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  failure = whyNot(threads);
  if (failure !== null || threads === undefined || paths === undefined) return tf.setBackend(WASM);
  try {
    if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("SIMD was expected, there is none");
    const path = typeof paths === "string" ? paths + SIMD_BINARY : paths[SIMD_BINARY];
    const shared = withSharedMemory(await threads.host.readBinary(path ?? SIMD_BINARY));
    await tryOut(shared);
    if (!(await startOn(shared, () => setWasmPaths(paths, true)))) throw new Error("tfjs could not start it");
    await startKernelThreads(threads.host, countOf(threads));
  } catch (error) {
    failure = `failed: ${error instanceof Error ? error.message : String(error)}`;
    setWasmPaths(paths);
  }
  return tf.setBackend(WASM);
}

/** What the running wasm backend computes on. */
export function threadReport(): ThreadReport {
  const threads = kernelThreads();
  return threads > 1 ? { threads } : { threads, threadsReason: failure ?? "switched off" };
}

const countOf = ({ host, most }: ThreadOptions): number => Math.min(host.available, most ?? host.available);

function whyNot(threads: ThreadOptions | undefined): ThreadsReason | null {
  if (threads === undefined || threads.most === 1) return "switched off";
  return threads.host.available > 1 ? null : (threads.host.unavailable ?? "one core");
}

/** Throws where the binary does not compile, or so large a memory cannot be shared: tfjs would not say so. */
async function tryOut({ binary, initialPages, maximumPages }: SharedBinary): Promise<void> {
  await WebAssembly.compile(binary);
  const { buffer } = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
  if (buffer instanceof ArrayBuffer) throw new Error("a shared memory was expected, got one of a single thread");
}

/** Starts the backend with that binary, which tfjs takes from its platform's fetch when it is told to use that. */
async function startOn({ binary }: SharedBinary, useFetch: () => void): Promise<boolean> {
  const environment = tf.env();
  const { platform } = environment;
  const answer = { ok: true, arrayBuffer: () => Promise.resolve(binary.buffer) } as Response;
  useFetch();
  environment.platform = Object.create(platform, {
    fetch: { value: () => Promise.resolve(answer) },
  }) as typeof platform;
  try {
    return await tf.setBackend(WASM);
  } finally {
    environment.platform = platform;
  }
}
