/**
 * The compiled training kernels (assembly/), linked to the memory of a running wasm backend so that they work on its
 * tensors in place. It knows addresses and working memory; which tfjs kernels are built on it is in fast-kernels.ts.
 */
import type * as tf from "@tensorflow/tfjs-core";
import { relaxedTrainingKernelsBase64, trainingKernelsBase64 } from "./training-kernels.generated";
import { allocate, memoryOf, pointerOf, release } from "./wasm-memory";
import type { WasmBackend } from "./wasm-types";

/** Geometry of a convolution as the module takes it: N, H, W, C, outH, outW, M, kh, kw, sh, sw, top, left. */
export type ConvArguments = readonly [
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
  filters: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  padTop: number,
  padLeft: number,
];

/** Of a 3x3 convolution with stride 1: N, H, W, C, outH, outW, M, top, left. */
export type WinogradArguments = readonly [
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
  filters: number,
  padTop: number,
  padLeft: number,
];

/** The same of a pooling: N, H, W, C, outH, outW, kh, kw, sh, sw, top, left. */
export type PoolArguments = readonly [
  batch: number,
  height: number,
  width: number,
  channels: number,
  outHeight: number,
  outWidth: number,
  windowHeight: number,
  windowWidth: number,
  strideHeight: number,
  strideWidth: number,
  padTop: number,
  padLeft: number,
];

/** The module's functions; pointers are byte offsets, and assembly/index.ts says what each does. */
export interface TrainingExports {
  scratchBytes(): number;
  setScratch(pointer: number): void;
  maxChannels(): number;
  gemm(
    a: number,
    b: number,
    c: number,
    m: number,
    n: number,
    k: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
  ): void;
  convForward(x: number, filter: number, y: number, ...geometry: ConvArguments): void;
  convFilterGradient(x: number, dy: number, dw: number, ...geometry: ConvArguments): void;
  convInputGradient(dy: number, filter: number, dx: number, scratch: number, ...geometry: ConvArguments): void;
  depthwiseInputGradient(dy: number, filter: number, dx: number, ...geometry: ConvArguments): void;
  depthwiseFilterGradient(x: number, dy: number, dw: number, ...geometry: ConvArguments): void;
  maxPoolGradient(x: number, dy: number, dx: number, ...geometry: PoolArguments): void;
  avgPoolGradient(dy: number, dx: number, ...geometry: PoolArguments): void;
  reluGradient(dy: number, x: number, dx: number, count: number, ceiling: number): void;
  sumMiddle(x: number, y: number, outer: number, rows: number, inner: number, scale: number): void;
  spreadMiddle(x: number, y: number, outer: number, rows: number, inner: number, scale: number): void;
  batchNormForward(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    mean: number,
    variance: number,
    inverse: number,
    scale: number,
    rows: number,
    channels: number,
    epsilon: number,
  ): void;
  batchNormBackward(
    dy: number,
    x: number,
    gamma: number,
    mean: number,
    inverse: number,
    dx: number,
    dgamma: number,
    dbeta: number,
    scratch: number,
    rows: number,
    channels: number,
  ): void;
  adam(
    w: number,
    g: number,
    m: number,
    v: number,
    mask: number,
    wNew: number,
    mNew: number,
    vNew: number,
    count: number,
    rate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    correction2: number,
    epsilon: number,
  ): void;
  sgd(
    w: number,
    g: number,
    u: number,
    mask: number,
    wNew: number,
    uNew: number,
    count: number,
    rate: number,
    momentum: number,
  ): void;
  uniformGrid(
    x: number,
    clips: number,
    limits: number,
    scales: number,
    rows: number,
    groups: number,
    levels: number,
  ): void;
  roundToGrid(
    x: number,
    y: number,
    scales: number,
    rows: number,
    groups: number,
    zeroPoint: number,
    low: number,
    high: number,
  ): void;
  passWithin(dy: number, x: number, dx: number, limits: number, rows: number, groups: number): void;
  nearestValue(x: number, values: number, mask: number, y: number, size: number, count: number): void;
  flipFilter(filter: number, flipped: number, taps: number, channels: number, filters: number): void;
  winogradForward(x: number, filter: number, y: number, scratch: number, ...geometry: WinogradArguments): void;
  winogradFilterGradient(x: number, dy: number, dw: number, scratch: number, ...geometry: WinogradArguments): void;
  /** In bytes, for a convolution between that many channels and filters or its filter gradient. */
  winogradScratch(channels: number, filters: number): number;
  /** y = activation(y + bias) in place; pass 0 for no bias, and -infinity and infinity for no bounds. */
  biasAndClip(y: number, bias: number, rows: number, channels: number, low: number, high: number): void;
  /** In floats. */
  convInputScratch(channels: number, kh: number, kw: number): number;
}

/** A tensor just made, and where its data are. Its content is undefined. */
export interface NewTensor {
  readonly info: tf.TensorInfo;
  readonly pointer: number;
}

export class TrainingModule {
  private constructor(
    readonly backend: WasmBackend,
    readonly functions: TrainingExports,
    /** Whether products and sums are fused, by relaxed SIMD. */
    readonly relaxedSimd: boolean,
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
    if (!(memory.buffer instanceof ArrayBuffer)) importSharedMemory(binary);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
    const functions = instance.exports as unknown as TrainingExports;
    functions.setScratch(allocate(backend, functions.scratchBytes()));
    return new TrainingModule(backend, functions, relaxedSimd);
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
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** Import of a memory named env.memory: lengths and names, kind 2, then the limits' flags (1: a maximum is given). */
const MEMORY_IMPORT = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 1];
const SHARED_WITH_MAXIMUM = 3;

/** Declares the imported memory as shared, as the threaded build of tfjs has it: one flag in the import section. */
function importSharedMemory(binary: Uint8Array): void {
  const at = binary.findIndex((_, start) => MEMORY_IMPORT.every((byte, i) => binary[start + i] === byte));
  if (at < 0) throw new Error("an import of env.memory was expected in the training kernels");
  binary[at + MEMORY_IMPORT.length - 1] = SHARED_WITH_MAXIMUM;
}
