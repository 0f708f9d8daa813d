/**
 * Registers on tfjs' wasm backend the kernels that training needs and that the backend lacks (gradients of
 * convolutions, segment sums), has wrong, or does slowly. It is only the registration: slow-kernels.ts holds what always
 * works, fast-kernels.ts what the compiled module does. Nothing happens on import.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { KernelThreads } from "../core/ports";
import { FastKernelSet, type FastKernelReport } from "./fast-kernel-set";
import { registerGradients } from "./gradients";
import { slowKernels } from "./slow-kernels";
import { WASM, asWasmBackend } from "./wasm-types";

interface Registered {
  /** What stood in the registry before, by kernel name. */
  readonly before: ReadonlyMap<string, tf.KernelConfig | undefined>;
  readonly fast: FastKernelSet;
}

/** Null while nothing of ours is registered. */
let registered: Registered | null = null;

/**
 * Registers the training kernels on backend 'wasm', and the gradients that call them. Calling it again does nothing.
 * tfjs-backend-wasm must have been imported; whether the backend is running yet does not matter. The compiled kernels
 * are linked and tested when the first kernel runs; without them everything works, more slowly.
 *
 * @param options.compiled false leaves the compiled kernels out, for comparison. Default true.
 */
export function registerWasmTrainingKernels({ compiled = true }: { readonly compiled?: boolean } = {}): void {
  registerGradients();
  if (registered !== null) return;
  const before = new Map<string, tf.KernelConfig | undefined>();
  const slow = new Map<string, tf.KernelFunc>();
  for (const [kernelName, make] of Object.entries(slowKernels)) {
    const own = tf.getKernel(kernelName, WASM);
    before.set(kernelName, own);
    slow.set(kernelName, make(own?.kernelFunc));
  }
  const fast = new FastKernelSet(slow, compiled);
  for (const [kernelName, own] of before) {
    if (own !== undefined) tf.unregisterKernel(kernelName, WASM);
    tf.registerKernel({ ...own, kernelName, backendName: WASM, kernelFunc: (args) => fast.run(kernelName, args) });
  }
  registered = { before, fast };
}

/** Puts the registry back as it was before registerWasmTrainingKernels. Calling it again does nothing. */
export function unregisterWasmTrainingKernels(): void {
  if (registered === null) return;
  for (const [kernelName, own] of registered.before) {
    tf.unregisterKernel(kernelName, WASM);
    if (own !== undefined) tf.registerKernel(own);
  }
  registered = null;
}

/**
 * Which compiled kernels the running wasm backend uses, and why not the others. Links and tests them if nothing has
 * yet and the backend is the current one. Null when the kernels are not registered or the backend is not running.
 */
export function fastKernelReport(): FastKernelReport | null {
  // Not tf.findBackend, which would start it.
  const backend = tf.engine().registry[WASM];
  return registered === null || backend === undefined ? null : registered.fast.report(asWasmBackend(backend));
}

/**
 * Has the running wasm backend's compiled kernels computed on that many threads, this one included, and tests them so.
 *
 * @throws Error when the threads do not start or a kernel fails on them; everything goes on on one thread
 */
export async function startKernelThreads(host: KernelThreads, threads: number): Promise<void> {
  const backend = tf.engine().registry[WASM];
  if (registered === null || backend === undefined)
    throw new Error("a running wasm backend with training kernels was expected, got none");
  await registered.fast.startThreads(asWasmBackend(backend), host, threads);
}

/** On how many threads the running wasm backend's compiled kernels compute. */
export function kernelThreads(): number {
  const backend = tf.engine().registry[WASM];
  return registered === null || backend === undefined ? 1 : registered.fast.threads(asWasmBackend(backend));
}
