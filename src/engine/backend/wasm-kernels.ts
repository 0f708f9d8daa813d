/**
 * Registers on tfjs' wasm backend the kernels that training needs and that the backend lacks (gradients of
 * convolutions, segment sums) or does slowly (products of transposed matrices). It is only the registration: the
 * arithmetic is in composed-kernels.ts. Nothing happens on import.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  conv2dFilterGradient,
  conv2dInputGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  swapLastAxes,
} from "./composed-kernels";
import { poolGeometry, windowSpan, type ConvAttrs, type PoolAttrs } from "./conv-geometry";
import { registerGradients } from "./gradients";
import { WASM, asWasmBackend, composedKernel, inputOf, type KernelInputs } from "./wasm-types";

interface FilterGradientAttrs extends ConvAttrs {
  readonly filterShape: readonly number[];
}
interface InputGradientAttrs extends ConvAttrs {
  readonly inputShape: readonly number[];
}

const image = (inputs: KernelInputs, name: string): tf.Tensor4D => inputOf(inputs, name) as tf.Tensor4D;

/**
 * Sums the rows of x [R,...] that carry the same id; ids [R] outside 0..numSegments-1 are dropped, as on cpu.
 * Rows are added in their order, so the result has the same bits each time.
 */
const unsortedSegmentSum: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const wasm = asWasmBackend(backend);
  const x = inputOf(inputs, "x");
  const segmentIds = inputOf(inputs, "segmentIds");
  const { numSegments } = attrs as unknown as { numSegments: number };
  if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== x.shape[0]) {
    throw new Error(`segment ids must be of shape [${String(x.shape[0])}], got [${segmentIds.shape.join(", ")}]`);
  }
  const rest = x.shape.slice(1);
  const rowSize = tf.util.sizeFromShape(rest);
  const out = wasm.makeOutput([numSegments, ...rest], x.dtype);
  // The views are taken after the allocation: growing memory detaches older ones.
  const sums = wasm.typedArrayFromHeap(out);
  const values = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  sums.fill(0);
  ids.forEach((id, row) => {
    if (id < 0 || id >= numSegments) return;
    const from = row * rowSize;
    const to = id * rowSize;
    for (let i = 0; i < rowSize; i++) sums[to + i] = (sums[to + i] ?? 0) + (values[from + i] ?? 0);
  });
  return out;
};

/**
 * Gradient of max pooling in its input [N,H,W,C]: dy goes to the first of a window's largest elements, row by row, as
 * on cpu. The backend's own kernel gives windows without a positive element no gradient at all.
 */
const maxPoolGradient: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const wasm = asWasmBackend(backend);
  const input = inputOf(inputs, "input");
  const g = poolGeometry(input.shape, attrs as unknown as PoolAttrs);
  const out = wasm.makeOutput(input.shape, "float32");
  const dx = wasm.typedArrayFromHeap(out);
  const x = wasm.typedArrayFromHeap(input);
  const dy = wasm.typedArrayFromHeap(inputOf(inputs, "dy"));
  dx.fill(0);
  const channels = g.inChannels;
  let at = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let row = 0; row < g.outHeight; row++) {
      const rows = windowSpan(row, g.strideHeight, g.padTop, g.filterHeight, g.inHeight);
      for (let column = 0; column < g.outWidth; column++) {
        const columns = windowSpan(column, g.strideWidth, g.padLeft, g.filterWidth, g.inWidth);
        for (let channel = 0; channel < channels; channel++, at++) {
          let best = Number.NEGATIVE_INFINITY;
          let bestAt = -1;
          for (let i = rows.from; i < rows.to; i++) {
            for (let j = columns.from; j < columns.to; j++) {
              const index = ((n * g.inHeight + i) * g.inWidth + j) * channels + channel;
              const value = x[index] ?? Number.NaN;
              if (value > best) {
                best = value;
                bestAt = index;
              }
            }
          }
          if (bestAt >= 0) dx[bestAt] = (dx[bestAt] ?? 0) + (dy[at] ?? 0);
        }
      }
    }
  }
  return out;
};

/** The backend's own product of plain operands, behind a transposition of those that are not. */
function matMulOfTransposed(plain: tf.KernelFunc): tf.KernelFunc {
  const swapped = composedKernel((inputs, attrs) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const a = inputOf(inputs, "a");
    const b = inputOf(inputs, "b");
    const inner = { a: transposeA ? swapLastAxes(a) : a, b: transposeB ? swapLastAxes(b) : b };
    return tf.engine().runKernel("BatchMatMul", inner, { transposeA: false, transposeB: false }) as tf.Tensor;
  });
  return (args) => {
    const { transposeA, transposeB } = args.attrs as unknown as { transposeA: boolean; transposeB: boolean };
    return transposeA || transposeB ? swapped(args) : plain(args);
  };
}

/** Each kernel by name, given the backend's own where it has one. */
const makers: Readonly<Record<string, (own: tf.KernelFunc | undefined) => tf.KernelFunc>> = {
  Conv2DBackpropFilter: () =>
    composedKernel((inputs, attrs) => {
      const { filterShape, ...geometry } = attrs as FilterGradientAttrs;
      return conv2dFilterGradient(image(inputs, "x"), image(inputs, "dy"), filterShape, geometry);
    }),
  Conv2DBackpropInput: () =>
    composedKernel((inputs, attrs) => {
      const { inputShape, ...geometry } = attrs as InputGradientAttrs;
      return conv2dInputGradient(image(inputs, "dy"), image(inputs, "filter"), inputShape, geometry);
    }),
  DepthwiseConv2dNativeBackpropFilter: () =>
    composedKernel((inputs, attrs) => {
      const { filterShape, ...geometry } = attrs as FilterGradientAttrs;
      return depthwiseFilterGradient(image(inputs, "x"), image(inputs, "dy"), filterShape, geometry);
    }),
  DepthwiseConv2dNativeBackpropInput: () =>
    composedKernel((inputs, attrs) => {
      const { inputShape, ...geometry } = attrs as InputGradientAttrs;
      return depthwiseInputGradient(image(inputs, "dy"), image(inputs, "filter"), inputShape, geometry);
    }),
  MaxPoolGrad: () => maxPoolGradient,
  UnsortedSegmentSum: () => unsortedSegmentSum,
  BatchMatMul: (own) => {
    if (own === undefined)
      throw new Error("kernel 'BatchMatMul' was expected on backend wasm; import tfjs-backend-wasm first");
    return matMulOfTransposed(own);
  },
};

/** What stood in the registry before, by kernel name; null while nothing of ours is registered. */
let replaced: Map<string, tf.KernelConfig | undefined> | null = null;

/**
 * Registers the training kernels on backend 'wasm', and the gradients that call them. Calling it again does nothing.
 * tfjs-backend-wasm must have been imported; whether the backend is running yet does not matter.
 */
export function registerWasmTrainingKernels(): void {
  registerGradients();
  if (replaced !== null) return;
  const before = new Map<string, tf.KernelConfig | undefined>();
  for (const [kernelName, make] of Object.entries(makers)) {
    const own = tf.getKernel(kernelName, WASM);
    const kernelFunc = make(own?.kernelFunc);
    before.set(kernelName, own);
    if (own !== undefined) tf.unregisterKernel(kernelName, WASM);
    tf.registerKernel({ ...own, kernelName, backendName: WASM, kernelFunc });
  }
  replaced = before;
}

/** Puts the registry back as it was before registerWasmTrainingKernels. Calling it again does nothing. */
export function unregisterWasmTrainingKernels(): void {
  if (replaced === null) return;
  for (const [kernelName, own] of replaced) {
    tf.unregisterKernel(kernelName, WASM);
    if (own !== undefined) tf.registerKernel(own);
  }
  replaced = null;
}
