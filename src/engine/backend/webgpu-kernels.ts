/**
 * The studio's training operations on WebGPU: which programs of webgpu-programs.ts run on which tensors. It registers
 * nothing; webgpu-kernel-set.ts does, after testing.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  ADAM,
  BATCH_NORM,
  BATCH_NORM_GRAD,
  FOLLOW,
  RELU_GRAD,
  SGD,
  SOFTMAX_CROSS_ENTROPY,
  SPREAD,
  type AdamAttrs,
  type BatchNormAttrs,
  type FollowAttrs,
  type ReluGradAttrs,
  type SgdAttrs,
  type SpreadAttrs,
} from "./fused-composed";
import { areFloats, dispatch } from "./webgpu-device";
import { columnGroups, free, groupsOf, namedInputs, type GpuKernel, type ThreeTensors } from "./webgpu-kernel";
import * as programs from "./webgpu-programs";
import { gpuQuantizers } from "./webgpu-quantizers";
import { inputOf } from "./wasm-types";

const sizeOf = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

/** Columns and rows of x [...,C] seen as a matrix. */
function matrixOf({ shape }: tf.TensorInfo): { readonly rows: number; readonly columns: number } {
  const columns = shape[shape.length - 1] ?? 1;
  return { rows: tf.util.sizeFromShape(shape) / columns, columns };
}

/** Largest finite float32: what a shader compares with may be assumed finite. */
const largest = 3.4028234663852886e38;

const adam: GpuKernel = (backend, inputs, attrs) => {
  const { learningRate, beta1, beta2, epsilon, step } = attrs as AdamAttrs;
  const program = inputs["mask"] === undefined ? programs.adamProgram.plain : programs.adamProgram.masked;
  const bound = namedInputs(inputs, program.inputs);
  if (!areFloats(backend, ...bound)) return null;
  const { shape } = inputOf(inputs, "value");
  return dispatch(backend, program, bound, [{ shape }, { shape }, { shape }], groupsOf({ shape }), {
    rate: learningRate / (1 - beta1 ** step),
    share1: 1 - beta1,
    share2: 1 - beta2,
    beta1,
    beta2,
    correction: 1 - beta2 ** step,
    epsilon,
  });
};

const sgd: GpuKernel = (backend, inputs, attrs) => {
  const { learningRate, momentum } = attrs as SgdAttrs;
  const program = inputs["mask"] === undefined ? programs.sgdProgram.plain : programs.sgdProgram.masked;
  const bound = namedInputs(inputs, program.inputs);
  if (!areFloats(backend, ...bound)) return null;
  const { shape } = inputOf(inputs, "value");
  return dispatch(backend, program, bound, [{ shape }, { shape }], groupsOf({ shape }), { learningRate, momentum });
};

const reluGradient: GpuKernel = (backend, inputs, attrs) => {
  const { ceiling } = attrs as ReluGradAttrs;
  const bound = namedInputs(inputs, ["dy", "x"]);
  if (!areFloats(backend, ...bound)) return null;
  const { shape } = inputOf(inputs, "x");
  const uniforms = { ceiling: Math.min(ceiling, largest) };
  return dispatch(backend, programs.reluGradProgram, bound, [{ shape }], groupsOf({ shape }), uniforms);
};

const spread: GpuKernel = (backend, inputs, attrs) => {
  const { shape, axes, scale } = attrs as SpreadAttrs;
  const dy = inputOf(inputs, "dy");
  const sorted = [...axes].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  if (first === undefined || last === undefined || last - first + 1 !== sorted.length) return null;
  if (!areFloats(backend, dy) || shape.some((length) => length === 0)) return null;
  const inner = tf.util.sizeFromShape(shape.slice(last + 1));
  const stretch = tf.util.sizeFromShape(shape.slice(first));
  return dispatch(backend, programs.spreadProgram, [dy], [{ shape }], groupsOf({ shape }), { stretch, inner, scale });
};

const batchNorm: GpuKernel = (backend, inputs, attrs) => {
  const { epsilon } = attrs as BatchNormAttrs;
  const [x, gamma, beta] = namedInputs(inputs, ["x", "gamma", "beta"]) as ThreeTensors;
  if (!areFloats(backend, x, gamma, beta)) return null;
  const { rows, columns } = matrixOf(x);
  const { rowsPerChunk, chunks } = programs.chunksOf(rows);
  const uniforms = { rows, columns, rowsPerChunk, chunks, epsilon };
  const groups = columnGroups(columns);
  const partial = { shape: [chunks, columns] };
  const moments = dispatch(backend, programs.momentsProgram, [x], [partial, partial], [groups, chunks], uniforms);
  const each = { shape: [columns] };
  const joined = dispatch(backend, programs.joinMomentsProgram, moments, [each, each, each], groups, uniforms);
  free(backend, moments);
  const [mean, variance, inverse] = joined as ThreeTensors;
  const normalized = [x, gamma, beta, mean, inverse];
  const [y] = dispatch(backend, programs.normalizeProgram, normalized, [{ shape: x.shape }], groupsOf(x), {});
  return [y!, mean, variance, inverse];
};

const batchNormGradient: GpuKernel = (backend, inputs) => {
  const [dy, x, gamma] = namedInputs(inputs, ["dy", "x", "gamma"]) as ThreeTensors;
  const [mean, inverse] = namedInputs(inputs, ["mean", "inverse"]) as [tf.TensorInfo, tf.TensorInfo];
  if (!areFloats(backend, dy, x, gamma, mean, inverse)) return null;
  const { rows, columns } = matrixOf(x);
  const { rowsPerChunk, chunks } = programs.chunksOf(rows);
  const groups = columnGroups(columns);
  const partial = { shape: [chunks, columns] };
  const sums = dispatch(
    backend,
    programs.normGradSumsProgram,
    [dy, x, mean, inverse],
    [partial, partial],
    [groups, chunks],
    { rows, columns, rowsPerChunk },
  );
  const each = { shape: [columns] };
  const [dbeta, dgamma] = dispatch(backend, programs.joinSumsProgram, sums, [each, each], groups, {
    rows: chunks,
    columns,
    rowsPerChunk: chunks,
  }) as [tf.TensorInfo, tf.TensorInfo];
  free(backend, sums);
  const bound = [dy, x, gamma, mean, inverse, dgamma, dbeta];
  const [dx] = dispatch(backend, programs.normGradProgram, bound, [{ shape: x.shape }], groupsOf(x), { rows });
  return [dx!, dgamma, dbeta];
};

const follow: GpuKernel = (backend, inputs, attrs) => {
  const { decay } = attrs as FollowAttrs;
  const bound = namedInputs(inputs, programs.followProgram.inputs) as Four;
  if (!areFloats(backend, ...bound)) return null;
  const [first, , second] = bound;
  return dispatch(backend, programs.followProgram, bound, [first, second], groupsOf(first), {
    decay,
    share: 1 - decay,
  });
};

type Four = [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];

const softmaxCrossEntropy: GpuKernel = (backend, inputs) => {
  const bound = namedInputs(inputs, ["logits", "target"]);
  if (!areFloats(backend, ...bound)) return null;
  const { shape } = inputOf(inputs, "logits");
  const { rows, columns } = matrixOf(inputOf(inputs, "logits"));
  return dispatch(backend, programs.softmaxCrossEntropyProgram, bound, [{ shape: [] }, { shape }], 1, {
    rows,
    columns,
  });
};

/** Sum and mean over the first axes, which tfjs transposes for; others are left to it. */
const columnReduction =
  (average: boolean): GpuKernel =>
  (backend, inputs, attrs) => {
    const { axis, keepDims } = attrs as { readonly axis: number | number[]; readonly keepDims: boolean };
    const x = inputOf(inputs, "x");
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const leading = axes.length < x.shape.length && [...axes].sort((a, b) => a - b).every((a, place) => a === place);
    if (!leading || axes.length === 0 || !areFloats(backend, x)) return null;
    const kept = x.shape.slice(axes.length);
    const columns = tf.util.sizeFromShape(kept);
    const rows = sizeOf(x) / columns;
    const { rowsPerChunk, chunks } = programs.chunksOf(rows);
    const groups = columnGroups(columns);
    const shape = keepDims ? [...axes.map(() => 1), ...kept] : kept;
    const scale = average ? 1 / rows : 1;
    const program = programs.columnSumProgram;
    if (chunks === 1) {
      return dispatch(backend, program, [x], [{ shape }], [groups, 1], { rows, columns, rowsPerChunk, scale });
    }
    const partial = dispatch(backend, program, [x], [{ shape: [chunks, columns] }], [groups, chunks], {
      rows,
      columns,
      rowsPerChunk,
      scale: 1,
    });
    const sums = dispatch(backend, program, partial, [{ shape }], [groups, 1], {
      rows: chunks,
      columns,
      rowsPerChunk: chunks,
      scale,
    });
    free(backend, partial);
    return sums;
  };

/** The kernels by the name they are registered under. */
export const gpuKernels: Readonly<Record<string, GpuKernel>> = {
  Mean: columnReduction(true),
  Sum: columnReduction(false),
  [ADAM]: adam,
  [BATCH_NORM]: batchNorm,
  [BATCH_NORM_GRAD]: batchNormGradient,
  [FOLLOW]: follow,
  [RELU_GRAD]: reluGradient,
  [SGD]: sgd,
  [SOFTMAX_CROSS_ENTROPY]: softmaxCrossEntropy,
  [SPREAD]: spread,
  ...gpuQuantizers,
};
