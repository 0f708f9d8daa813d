import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeThreads } from "#platform/node-threads";
import { losesEngine } from "../core/errors";
import type { KernelThreads } from "../core/ports";
import { fastKernels } from "./fast-kernels";
import { sample, wasmFolder } from "./node-wasm.testing";
import { startWasm, threadReport } from "./start-wasm";
import { TrainingModule } from "./training-module";
import { fastKernelReport } from "./wasm-kernels";
import { memoryOf } from "./wasm-memory";
import { asWasmBackend, type WasmBackend } from "./wasm-types";

tf.enableProdMode();

/** As many as a test asks for, however few cores there are and however busy. */
const host: KernelThreads = { ...nodeThreads(60_000), available: 4 };

const start = (threads: KernelThreads, most?: number): Promise<boolean> =>
  startWasm(wasmFolder(), { host: threads, ...(most === undefined ? {} : { most }) });

const heapBytes = (): number => memoryOf(backend())!.buffer.byteLength;

const backend = (): WasmBackend => asWasmBackend(tf.backend());

/** Removes wasm, so that it can be started another time. */
function forgetWasm(): void {
  const registered = tf.engine().registryFactory["wasm"]!;
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", registered.factory, registered.priority);
}

/** A tensor's place with its numbers in it. */
function given(shape: number[], seed: number): tf.TensorInfo {
  const info = backend().makeOutput(shape, "float32");
  backend().typedArrayFromHeap(info).set(sample(shape, seed).values);
  return info;
}

const conv = { dataFormat: "NHWC", dilations: 1, pad: "same" };
const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 3 };
const x = [17, 9, 8, 6];
const half = [17, 5, 4, 6];

/** Name, inputs' shapes, attributes: every kernel that threads share, with sizes that do not divide by anything. */
const cases: readonly (readonly [string, Readonly<Record<string, number[]>>, object])[] = [
  ["BatchMatMul", { a: [37, 21], b: [21, 13] }, { transposeA: false, transposeB: false }],
  ["BatchMatMul", { a: [21, 37], b: [21, 13] }, { transposeA: true, transposeB: false }],
  ["BatchMatMul", { a: [11, 400], b: [75, 400] }, { transposeA: false, transposeB: true }],
  ["BatchMatMul", { a: [21, 9], b: [75, 21] }, { transposeA: true, transposeB: true }],
  ["Conv2D", { x, filter: [3, 3, 6, 10] }, { ...conv, strides: 1 }],
  ["Conv2D", { x, filter: [5, 5, 6, 10] }, { ...conv, strides: 1 }],
  ["Conv2D", { x, filter: [1, 1, 6, 10] }, { ...conv, strides: 1 }],
  ["FusedConv2D", { x, filter: [3, 3, 6, 10], bias: [10] }, { ...conv, strides: 1, activation: "relu" }],
  ["Conv2DBackpropFilter", { x, dy: [17, 9, 8, 10] }, { ...conv, strides: 1, filterShape: [3, 3, 6, 10] }],
  ["Conv2DBackpropFilter", { x, dy: [17, 9, 8, 10] }, { ...conv, strides: 1, filterShape: [5, 5, 6, 10] }],
  ["Conv2DBackpropFilter", { x, dy: [17, 9, 8, 10] }, { ...conv, strides: 1, filterShape: [1, 1, 6, 10] }],
  ["Conv2DBackpropInput", { dy: [17, 9, 8, 10], filter: [3, 3, 6, 10] }, { ...conv, strides: 1, inputShape: x }],
  ["Conv2DBackpropInput", { dy: [17, 9, 8, 10], filter: [1, 1, 6, 10] }, { ...conv, strides: 1, inputShape: x }],
  ["Conv2DBackpropInput", { dy: [17, 5, 4, 10], filter: [3, 3, 6, 10] }, { ...conv, strides: 2, inputShape: x }],
  ["DepthwiseConv2dNativeBackpropFilter", { x, dy: half }, { ...conv, strides: 2, filterShape: [3, 3, 6, 1] }],
  ["DepthwiseConv2dNativeBackpropInput", { dy: half, filter: [3, 3, 6, 1] }, { ...conv, strides: 2, inputShape: x }],
  ["MaxPoolGrad", { input: x, dy: half }, { filterSize: 3, strides: 2, pad: "same" }],
  ["AvgPoolGrad", { input: x, dy: half }, { filterSize: 3, strides: 2, pad: "same" }],
  ["StudioReluGrad", { dy: x, x }, { ceiling: 0.5 }],
  ["StudioBatchNorm", { x, gamma: [6], beta: [6] }, { epsilon: 1e-3 }],
  ["StudioBatchNormGrad", { dy: x, x, gamma: [6], mean: [6], inverse: [6] }, {}],
  ["StudioAdam", { value: [1003], gradient: [1003], m: [1003], v: [1003] }, adam],
  ["StudioAdam", { value: [1003], gradient: [1003], m: [1003], v: [1003], mask: [1003] }, adam],
  ["StudioFakeQuantUniform", { x: [99, 6], clips: [6] }, { bits: 3 }],
  ["StudioFakeQuantRange", { x: [1003], low: [], high: [] }, { bits: 3 }],
  ["StudioFakeQuantCodebook", { x: [1003], values: [5], mask: [1003] }, {}],
  ["StudioPassWithin", { dy: [99, 6], x: [99, 6], limits: [2, 6] }, {}],
  ["StudioSgd", { value: [99], gradient: [99], velocity: [99], mask: [99] }, { learningRate: 0.1, momentum: 0.9 }],
];

/** The bytes of all results of all cases. */
function results(module: TrainingModule): Buffer[][] {
  return cases.map(([name, shapes, attrs]) => {
    const inputs = Object.fromEntries(Object.entries(shapes).map(([key, shape], i) => [key, given(shape, i + 1)]));
    let outputs: tf.TensorInfo[] = [];
    module.splitAll(() => {
      outputs = [fastKernels[name]!(module, inputs, attrs)!].flat();
    });
    const bytes = outputs.map((info) => {
      const { buffer, byteOffset, byteLength } = backend().typedArrayFromHeap(info);
      return Buffer.from(new Uint8Array(buffer, byteOffset, byteLength));
    });
    for (const info of [...outputs, ...Object.values(inputs)]) backend().disposeData(info.dataId);
    return bytes;
  });
}

describe("threads of compiled kernels", () => {
  const modules: TrainingModule[] = [];

  beforeEach(async () => {
    await start(host, 2);
  });
  afterEach(() => {
    for (const module of modules.splice(0)) module.endThreads();
  });
  afterAll(forgetWasm);

  it("compute on the shared memory of tfjs' build for one thread, and pass the self-tests", () => {
    expect(threadReport()).toEqual({ threads: 2 });
    expect(fastKernelReport()).toMatchObject({ linked: true, rejected: [] });
    expect(tf.getBackend()).toBe("wasm");
  });

  it("change no bit of any kernel, however many they are", async () => {
    const one = TrainingModule.link(backend());
    const expected = results(one);
    for (const threads of [2, 3]) {
      const module = TrainingModule.link(backend());
      modules.push(module);
      await module.startThreads(host, threads);
      expect(module.threads).toBe(threads);
      results(module).forEach((bytes, i) => {
        const same = bytes.map((result, output) => result.equals(expected[i]![output]!));
        expect(same, `${cases[i]![0]} on ${threads} threads`).toEqual(bytes.map(() => true));
      });
    }
    expect(expected.flat().every((bytes) => bytes.some((byte) => byte !== 0))).toBe(true);
  });

  it("follow the memory when it grows", async () => {
    const module = TrainingModule.link(backend());
    modules.push(module);
    await module.startThreads(host, 3);
    const before = heapBytes();
    // Twice the memory there is, in two tensors.
    const count = before / 4;
    const from = tf.fill([count], 2);
    const dx = module.output([count]);
    expect(heapBytes()).toBeGreaterThan(before);
    const at = module.pointer(from);
    const slices = module.slices(count, count, 16);
    expect(slices.length).toBeGreaterThan(1);
    module.run(
      "reluGradient",
      slices.map((slice) => [at + slice.from * 4, at + slice.from * 4, dx.pointer + slice.from * 4, slice.count, 6]),
    );
    const values = backend().typedArrayFromHeap(dx.info);
    expect(values.every((value) => value === 2)).toBe(true);
    backend().disposeData(dx.info.dataId);
    from.dispose();
  });

  it("are given up when a task traps, which is said", async () => {
    const module = TrainingModule.link(backend());
    await module.startThreads(host, 2);
    const beyond = 2 ** 32 - 64;
    const call = [beyond, beyond, beyond, 16, 6] as [number, number, number, number, number];
    let thrown: unknown;
    try {
      module.run("reluGradient", [call, call]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "engine-died" });
    expect(String(thrown)).toContain("kernel 'reluGradient' was expected to end");
    // The memory is as it was in the middle of the kernel: the next run gets another engine.
    expect(losesEngine(thrown)).toBe(true);
    expect(module.threads).toBe(1);
  });
});

describe("startWasm", () => {
  afterEach(forgetWasm);

  const computes = (): void => {
    const y = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0]);
    expect(y).toBe(11);
  };

  it.each<[string, () => Promise<boolean>, string]>([
    ["without threads being asked for", () => startWasm(wasmFolder(), undefined), "switched off"],
    ["with one thread being asked for", () => start(host, 1), "switched off"],
    ["on one core", () => start({ ...host, available: 1, unavailable: "one core" }), "one core"],
    [
      "in a page that is not isolated",
      () => start({ ...host, available: 1, unavailable: "not isolated" }),
      "not isolated",
    ],
    [
      "where the file cannot be read",
      () => start({ ...host, readBinary: () => Promise.reject(new Error("no such file")) }),
      "failed: no such file",
    ],
    [
      "where the file is another",
      () => start({ ...host, readBinary: () => Promise.resolve(new Uint8Array(8)) }),
      "failed: a WebAssembly module of version 1 was expected, got another magic number",
    ],
    [
      "where no thread starts",
      () => start({ ...host, start: () => Promise.reject(new Error("no worker")) }),
      "failed: no worker",
    ],
    [
      "where a thread cannot link the kernels",
      () => start({ ...host, start: (messages) => host.start(messages.map(() => ({}))) }, 2),
      "failed: WebAssembly.Instance(): Argument 0 must be a WebAssembly.Module",
    ],
  ])("goes on on one thread %s, and says why", async (_where, startIt, threadsReason) => {
    expect(await startIt()).toBe(true);
    expect(threadReport()).toEqual({ threads: 1, threadsReason });
    expect(fastKernelReport()).toMatchObject({ linked: true, rejected: [] });
    computes();
  });

  it("ends the threads when the backend is disposed of", async () => {
    let ended = 0;
    const counting: KernelThreads = {
      ...host,
      start: async (messages) => {
        const threads = await host.start(messages);
        return { end: () => (ended++, threads.end()) };
      },
    };
    await start(counting, 3);
    expect(threadReport()).toEqual({ threads: 3 });
    forgetWasm();
    expect(ended).toBe(1);
    await start(host, 1);
  });
});
