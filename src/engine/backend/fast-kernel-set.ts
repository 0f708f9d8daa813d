/**
 * The compiled kernels of one registration: links the module to a backend when its first kernel runs, tests each kernel
 * against the slow one on small cases, and from then on sends calls to whichever may be trusted. It computes nothing.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { KernelThreads } from "../core/ports";
import type { KernelResult } from "./fast-kernel";
import { fastKernels } from "./fast-kernels";
import { selfTestCases, type SelfTestCase } from "./self-test-cases";
import { TrainingModule } from "./training-module";
import { asWasmBackend, type WasmBackend } from "./wasm-types";

/** Which compiled kernels are in use. */
export interface FastKernelReport {
  /** Whether the module could be linked to the backend's memory. */
  readonly linked: boolean;
  /** Whether they fuse products and sums, which relaxed SIMD allows: faster, and rounded once instead of twice. */
  readonly relaxedSimd: boolean;
  /** Names of the kernels in use. */
  readonly enabled: readonly string[];
  /** Kernels that are not, or '*' for all of them, and why. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

interface State {
  readonly module: TrainingModule | null;
  readonly enabled: ReadonlySet<string>;
  readonly report: FastKernelReport;
}

/** Largest relative error at which a compiled kernel passes its self-test. */
const TOLERANCE = 1e-4;

export class FastKernelSet {
  readonly #slow: ReadonlyMap<string, tf.KernelFunc>;
  readonly #states = new WeakMap<WasmBackend, State | "testing">();

  /**
   * @param slow the kernels that always work, by name
   * @param compiled false keeps to these
   */
  constructor(
    slow: ReadonlyMap<string, tf.KernelFunc>,
    private readonly compiled: boolean,
  ) {
    this.#slow = slow;
  }

  /** Runs the compiled kernel of that name where it is in use and covers the case, else the slow one. */
  run(kernelName: string, args: Parameters<tf.KernelFunc>[0]): KernelResult {
    const state = this.#stateOf(asWasmBackend(args.backend));
    if (state?.module && state.enabled.has(kernelName)) {
      const result = fastKernels[kernelName]?.(state.module, args.inputs, args.attrs);
      if (result) return result;
    }
    return this.#slowKernel(kernelName)(args);
  }

  report(backend: WasmBackend): FastKernelReport {
    return this.#stateOf(backend)?.report ?? { linked: false, relaxedSimd: false, enabled: [], rejected: [] };
  }

  /** How many threads compute. */
  threads(backend: WasmBackend): number {
    return this.#stateOf(backend)?.module?.threads ?? 1;
  }

  /**
   * Has the kernels computed on threads, and tests them so.
   *
   * @throws Error when the threads do not start or a kernel fails on them; it goes on on one thread then
   */
  async startThreads(backend: WasmBackend, host: KernelThreads, threads: number): Promise<void> {
    const known = this.#states.get(backend);
    const module = known === undefined || known === "testing" ? this.#link(backend) : known.module;
    if (module === null) throw new Error("compiled kernels were expected for the threads, got none");
    await module.startThreads(host, threads);
    this.#states.set(backend, "testing");
    const state = this.#tested(module);
    const [failed] = state.report.rejected;
    this.#states.set(backend, state);
    if (failed === undefined) return;
    module.endThreads();
    this.#states.set(backend, "testing");
    this.#states.set(backend, this.#tested(module));
    throw new Error(`${failed.name} on ${threads} threads: ${failed.reason}`);
  }

  #slowKernel(kernelName: string): tf.KernelFunc {
    const kernel = this.#slow.get(kernelName);
    if (kernel === undefined) throw new Error(`a kernel named '${kernelName}' was expected`);
    return kernel;
  }

  /** Null while the kernels are being tested: the slow ones, which call kernels too, must not see the fast ones. */
  #stateOf(backend: WasmBackend): State | null {
    const known = this.#states.get(backend);
    if (known !== undefined) return known === "testing" ? null : known;
    // Slow kernels of a self-test run other kernels, on whichever backend is current: on another they would fail it.
    if ((tf.backend() as unknown) !== backend) return null;
    this.#states.set(backend, "testing");
    const state = this.#prepare(backend);
    this.#states.set(backend, state);
    return state;
  }

  #prepare(backend: WasmBackend): State {
    try {
      return this.#tested(this.#link(backend));
    } catch (error) {
      const rejected = [{ name: "*", reason: reasonOf(error) }];
      return {
        module: null,
        enabled: new Set(),
        report: { linked: false, relaxedSimd: false, enabled: [], rejected },
      };
    }
  }

  #link(backend: WasmBackend): TrainingModule {
    if (!this.compiled) throw new Error("the compiled kernels are switched off");
    return TrainingModule.link(backend);
  }

  #tested(module: TrainingModule): State {
    const enabled: string[] = [];
    const rejected: { name: string; reason: string }[] = [];
    for (const name of Object.keys(fastKernels)) {
      try {
        for (const test of selfTestCases[name] ?? []) module.splitAll(() => this.#check(module, name, test));
        enabled.push(name);
      } catch (error) {
        rejected.push({ name, reason: reasonOf(error) });
      }
    }
    const { relaxedSimd } = module;
    return { module, enabled: new Set(enabled), report: { linked: true, relaxedSimd, enabled, rejected } };
  }

  /** Throws when the compiled kernel and the slow one differ on a case. */
  #check(module: TrainingModule, name: string, test: SelfTestCase): void {
    const { backend } = module;
    const inputs: Record<string, tf.TensorInfo> = {};
    for (const [input, { shape, low, high }] of Object.entries(test.inputs)) {
      const info = backend.makeOutput([...shape], "float32");
      const values = backend.typedArrayFromHeap(info);
      for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * wave(i + values.length);
      inputs[input] = info;
    }
    const attrs = test.attrs as tf.NamedAttrMap;
    const fast = listOf(fastKernels[name]?.(module, inputs, attrs) ?? []);
    const slow = listOf(this.#slowKernel(name)({ inputs, backend, attrs }));
    try {
      if (fast.length !== slow.length) throw new Error(`${slow.length} results were expected, got ${fast.length}`);
      slow.forEach((expected, index) => {
        const actual = fast[index];
        if (actual === undefined || actual.shape.join() !== expected.shape.join()) {
          throw new Error(
            `shape [${expected.shape.join(", ")}] was expected, got [${String(actual?.shape.join(", "))}]`,
          );
        }
        const error = relativeError(backend.typedArrayFromHeap(actual), backend.typedArrayFromHeap(expected));
        if (!(error < TOLERANCE)) throw new Error(`an error below ${TOLERANCE} was expected, got ${error}`);
      });
    } finally {
      // Through the engine, which counts the data that composed kernels have made.
      for (const info of [...fast, ...slow, ...Object.values(inputs)])
        tf.engine().makeTensorFromTensorInfo(info).dispose();
    }
  }
}

const listOf = (result: KernelResult): tf.TensorInfo[] => (Array.isArray(result) ? result : [result]);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Numbers in [0, 1) without a pattern a kernel could get right by chance. */
const wave = (i: number): number => (i * 0.6180339887) % 1;

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let scale = 1e-6;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? 0)));
    scale = Math.max(scale, Math.abs(expected[i] ?? 0));
  }
  return difference / scale;
}
