/**
 * Kernels for tfjs' wasm backend as plain loops over its heap, for what its operations cannot express well. They are
 * registered by wasm-kernels.ts.
 */
import * as tf from "@tensorflow/tfjs-core";
import { poolGeometry, windowSpan, type PoolAttrs } from "./conv-geometry";
import { asWasmBackend, inputOf } from "./wasm-types";

/**
 * Sums the rows of x [R,...] that carry the same id; ids [R] outside 0..numSegments-1 are dropped, as on cpu.
 * Rows are added in their order, so the result has the same bits each time.
 */
export const unsortedSegmentSum: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const wasm = asWasmBackend(backend);
  const x = inputOf(inputs, "x");
  const segmentIds = inputOf(inputs, "segmentIds");
  const { numSegments } = attrs as unknown as { numSegments: number };
  if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== x.shape[0]) {
    throw new Error(`segment ids must be of shape [${x.shape[0]}], got [${segmentIds.shape.join(", ")}]`);
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
export const maxPoolGradient: tf.KernelFunc = ({ inputs, backend, attrs }) => {
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

/** Softmax cross-entropy of logits and target [B,C]: the mean loss, and its gradient in the logits. */
export const softmaxCrossEntropy: tf.KernelFunc = ({ inputs, backend }) => {
  const wasm = asWasmBackend(backend);
  const logits = inputOf(inputs, "logits");
  const target = inputOf(inputs, "target");
  const [batch = 0, classes = 0] = logits.shape;
  const loss = wasm.makeOutput([], "float32");
  const gradient = wasm.makeOutput(logits.shape, "float32");
  const z = wasm.typedArrayFromHeap(logits);
  const y = wasm.typedArrayFromHeap(target);
  const dz = wasm.typedArrayFromHeap(gradient);
  let total = 0;
  for (let row = 0; row < batch; row++) {
    const start = row * classes;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + classes; i++) top = Math.max(top, z[i] ?? Number.NaN);
    let sum = 0;
    for (let i = start; i < start + classes; i++) sum += Math.exp((z[i] ?? 0) - top);
    const logSum = Math.log(sum);
    for (let i = start; i < start + classes; i++) {
      const logProbability = (z[i] ?? 0) - top - logSum;
      const expected = y[i] ?? 0;
      if (expected !== 0) total -= expected * logProbability;
      dz[i] = (Math.exp(logProbability) - expected) / batch;
    }
  }
  wasm.typedArrayFromHeap(loss)[0] = total / batch;
  return [loss, gradient];
};
