/**
 * The fused training operations written with tfjs operations: what they mean, on any backend. fused.ts runs a backend's
 * own kernel in their place where there is one; slow-kernels.ts and the tests compare those with these.
 */
import * as tf from "@tensorflow/tfjs-core";
import { uniformLevels } from "../core/effective";
import { inputOf, type KernelInputs } from "./wasm-types";

/** Names under which a backend may register a kernel of its own for an operation below. */
export const BATCH_NORM = "StudioBatchNorm";
export const BATCH_NORM_GRAD = "StudioBatchNormGrad";
export const ADAM = "StudioAdam";
export const SGD = "StudioSgd";
export const RELU_GRAD = "StudioReluGrad";
export const SPREAD = "StudioSpread";
export const SOFTMAX_CROSS_ENTROPY = "StudioSoftmaxCrossEntropy";
export const FOLLOW = "StudioFollow";
export const FAKE_QUANT_UNIFORM = "StudioFakeQuantUniform";
export const FAKE_QUANT_RANGE = "StudioFakeQuantRange";
export const FAKE_QUANT_CODEBOOK = "StudioFakeQuantCodebook";
export const PASS_WITHIN = "StudioPassWithin";

export type ComposedOp = (inputs: KernelInputs, attrs: unknown) => tf.Tensor[];

/** A matrix's sum over its rows: [R,C] -> [1,C]. */
function columnSums(matrix: tf.Tensor): tf.Tensor {
  // A product with ones: summing over the first axis would transpose the whole matrix first on wasm.
  return tf.matMul(tf.ones([1, matrix.shape[0] ?? 0]), matrix);
}

/** x [...,C] as a matrix of its pixels [R,C]. */
function asRows(x: tf.Tensor): tf.Tensor {
  const channels = x.shape[x.rank - 1];
  if (channels === undefined || x.rank < 2)
    throw new Error(`a tensor of rank 2 or more was expected, got rank ${x.rank}`);
  return tf.reshape(x, [x.size / Math.max(1, channels), channels]);
}

const perChannel = (row: tf.Tensor): tf.Tensor => tf.reshape(row, [row.size]);

export interface BatchNormAttrs {
  readonly epsilon: number;
}

/** x [...,C], gamma, beta [C] -> y, mean [C], biased variance [C], 1 / sqrt(variance + epsilon) [C]. */
const batchNorm: ComposedOp = (inputs, attrs) => {
  const { epsilon } = attrs as BatchNormAttrs;
  const x = inputOf(inputs, "x");
  const rows = asRows(x);
  const count = rows.shape[0] ?? 0;
  const mean = tf.div(columnSums(rows), count);
  const centred = tf.sub(rows, mean);
  const variance = tf.div(columnSums(tf.square(centred)), count);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const y = tf.add(tf.mul(centred, tf.mul(inverse, inputOf(inputs, "gamma"))), inputOf(inputs, "beta"));
  return [tf.reshape(y, x.shape), perChannel(mean), perChannel(variance), perChannel(inverse)];
};

/** dy, x [...,C], gamma, mean, inverse [C] -> dx, dgamma [C], dbeta [C] (Ioffe and Szegedy 2015, section 3). */
const batchNormGradient: ComposedOp = (inputs) => {
  const dy = inputOf(inputs, "dy");
  const gamma = inputOf(inputs, "gamma");
  const inverse = inputOf(inputs, "inverse");
  const rows = asRows(dy);
  const unit = tf.mul(tf.sub(asRows(inputOf(inputs, "x")), inputOf(inputs, "mean")), inverse);
  const count = rows.shape[0] ?? 0;
  const dbeta = columnSums(rows);
  const dgamma = columnSums(tf.mul(rows, unit));
  const centred = tf.sub(rows, tf.div(tf.add(dbeta, tf.mul(unit, dgamma)), count));
  const dx = tf.mul(centred, tf.mul(gamma, inverse));
  return [tf.reshape(dx, dy.shape), perChannel(dgamma), perChannel(dbeta)];
};

export interface AdamAttrs {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly step: number;
}

const masked = (tensor: tf.Tensor, mask: tf.Tensor | undefined): tf.Tensor =>
  mask === undefined ? tensor : tf.mul(tensor, mask);

/** value, gradient, m, v and perhaps mask, all of one shape -> the new value, m and v. */
const adam: ComposedOp = (inputs, attrs) => {
  const { learningRate, beta1, beta2, epsilon, step } = attrs as AdamAttrs;
  const { mask } = inputs;
  const gradient = masked(inputOf(inputs, "gradient"), mask);
  const m = masked(tf.add(tf.mul(inputOf(inputs, "m"), beta1), tf.mul(gradient, 1 - beta1)), mask);
  const v = masked(tf.add(tf.mul(inputOf(inputs, "v"), beta2), tf.mul(tf.square(gradient), 1 - beta2)), mask);
  const root = tf.sqrt(tf.div(v, 1 - beta2 ** step));
  const change = tf.div(tf.mul(m, learningRate / (1 - beta1 ** step)), tf.add(root, epsilon));
  return [masked(tf.sub(inputOf(inputs, "value"), change), mask), m, v];
};

export interface SgdAttrs {
  readonly learningRate: number;
  readonly momentum: number;
}

/** value, gradient, velocity and perhaps mask, all of one shape -> the new value and velocity. */
const sgd: ComposedOp = (inputs, attrs) => {
  const { learningRate, momentum } = attrs as SgdAttrs;
  const { mask } = inputs;
  const gradient = masked(inputOf(inputs, "gradient"), mask);
  const velocity = masked(tf.add(tf.mul(inputOf(inputs, "velocity"), momentum), gradient), mask);
  return [masked(tf.sub(inputOf(inputs, "value"), tf.mul(velocity, learningRate)), mask), velocity];
};

export interface ReluGradAttrs {
  /** Above this x no gradient passes either: 6 for relu6, infinity for relu. */
  readonly ceiling: number;
}

/** dy, x -> dy where 0 < x <= ceiling, else 0. */
const reluGradient: ComposedOp = (inputs, attrs) => {
  const { ceiling } = attrs as ReluGradAttrs;
  const x = inputOf(inputs, "x");
  const open = tf.step(x);
  const pass = ceiling === Number.POSITIVE_INFINITY ? open : tf.mul(open, tf.cast(tf.lessEqual(x, ceiling), "float32"));
  return [tf.mul(inputOf(inputs, "dy"), tf.cast(pass, "float32"))];
};

export interface SpreadAttrs {
  /** The shape that was reduced. */
  readonly shape: number[];
  /** The axes it was reduced along, from 0 on. */
  readonly axes: readonly number[];
  readonly scale: number;
}

/** dy of the reduced shape -> scale * dy repeated over the axes. */
const spread: ComposedOp = (inputs, attrs) => {
  const { shape, axes, scale } = attrs as SpreadAttrs;
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const dy = tf.reshape(inputOf(inputs, "dy"), kept);
  return [tf.mul(scale === 1 ? dy : tf.mul(dy, scale), tf.ones(shape))];
};

/** logits, target [B,C] -> the mean loss and (softmax(logits) - target) / B. */
const softmaxCrossEntropy: ComposedOp = (inputs) => {
  const logits = inputOf(inputs, "logits");
  const target = inputOf(inputs, "target");
  const batch = logits.shape[0] ?? 0;
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const logProbability = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
  const loss = tf.neg(tf.div(tf.sum(tf.mul(target, logProbability)), batch));
  return [loss, tf.div(tf.sub(tf.exp(logProbability), target), batch)];
};

export interface FollowAttrs {
  /** Share of the old average that stays, in [0, 1]. */
  readonly decay: number;
}

/** first, firstNext, second, secondNext, all of one shape -> decay * old + (1 - decay) * next, of both. */
const follow: ComposedOp = (inputs, attrs) => {
  const { decay } = attrs as FollowAttrs;
  const moved = (old: tf.Tensor, next: tf.Tensor) => tf.add(tf.mul(old, decay), tf.mul(next, 1 - decay));
  return [
    moved(inputOf(inputs, "first"), inputOf(inputs, "firstNext")),
    moved(inputOf(inputs, "second"), inputOf(inputs, "secondNext")),
  ];
};

export interface FakeQuantAttrs {
  /** 2 to 8. */
  readonly bits: number;
}

/** Scales that are not 0: nothing but zeros is divided by them, and 0 / 1 stays 0 (core/effective.ts does the same). */
const positive = (scale: tf.Tensor): tf.Tensor => tf.add(scale, tf.cast(tf.equal(scale, 0), "float32"));

/**
 * x, clips [G] -> y of x's shape and limits [2,G]: -b and b with b = clip * max|x| of each group, element i being in
 * group i % G; y = scale * clip(round(x / scale), -L, L), scale = b / L, L = 2^(bits - 1) - 1.
 */
const fakeQuantUniform: ComposedOp = (inputs, attrs) => {
  const levels = uniformLevels((attrs as FakeQuantAttrs).bits);
  const x = inputOf(inputs, "x");
  const clips = inputOf(inputs, "clips");
  const grouped = tf.reshape(x, [-1, clips.size]);
  const bound = tf.mul(tf.max(tf.abs(grouped), 0), clips);
  const scale = positive(tf.div(bound, levels));
  const codes = tf.clipByValue(tf.round(tf.div(grouped, scale)), -levels, levels);
  return [tf.reshape(tf.mul(codes, scale), x.shape), tf.stack([tf.neg(bound), bound])];
};

/**
 * x, scalars low <= 0 <= high -> y of x's shape on the affine grid of 2^bits codes over that range, nudged so that 0 is
 * exact (Jacob et al. 2018), and limits [2,1]: the nudged range. A range of width 0 has scale 1.
 */
const fakeQuantRange: ComposedOp = (inputs, attrs) => {
  const top = 2 ** (attrs as FakeQuantAttrs).bits - 1;
  const [x, low, high] = [inputOf(inputs, "x"), inputOf(inputs, "low"), inputOf(inputs, "high")];
  const scale = positive(tf.div(tf.sub(high, low), top));
  const zeroPoint = tf.clipByValue(tf.round(tf.div(tf.neg(low), scale)), 0, top);
  const codes = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, top);
  const limits = tf.stack([tf.mul(tf.neg(zeroPoint), scale), tf.mul(tf.sub(top, zeroPoint), scale)]);
  return [tf.mul(tf.sub(codes, zeroPoint), scale), tf.reshape(limits, [2, 1])];
};

/** x, values [K] and perhaps mask -> the nearest value to each x, of two as near the first; 0 where the mask is. */
const fakeQuantCodebook: ComposedOp = (inputs) => {
  const x = inputOf(inputs, "x");
  const values = inputOf(inputs, "values") as tf.Tensor1D;
  const distances = tf.abs(tf.sub(tf.reshape(x, [-1, 1]), tf.reshape(values, [1, -1])));
  const y = tf.reshape(tf.gather(values, tf.argMin(distances, 1)), x.shape);
  return [masked(y, inputs["mask"])];
};

/** dy, x, limits [2,G] -> dy where limits[0] <= x <= limits[1] of the element's group, else 0. */
const passWithin: ComposedOp = (inputs) => {
  const [dy, x, limits] = [inputOf(inputs, "dy"), inputOf(inputs, "x"), inputOf(inputs, "limits")];
  const groups = limits.size / 2;
  const [low, high] = tf.split(tf.reshape(limits, [2, groups]), 2);
  const grouped = tf.reshape(x, [-1, groups]);
  const inside = tf.logicalAnd(tf.greaterEqual(grouped, low!), tf.lessEqual(grouped, high!));
  return [tf.mul(dy, tf.reshape(tf.cast(inside, "float32"), dy.shape))];
};

/** The operations, by kernel name. */
export const composedOps: Readonly<Record<string, ComposedOp>> = {
  [BATCH_NORM]: batchNorm,
  [BATCH_NORM_GRAD]: batchNormGradient,
  [ADAM]: adam,
  [SGD]: sgd,
  [RELU_GRAD]: reluGradient,
  [SPREAD]: spread,
  [SOFTMAX_CROSS_ENTROPY]: softmaxCrossEntropy,
  [FOLLOW]: follow,
  [FAKE_QUANT_UNIFORM]: fakeQuantUniform,
  [FAKE_QUANT_RANGE]: fakeQuantRange,
  [FAKE_QUANT_CODEBOOK]: fakeQuantCodebook,
  [PASS_WITHIN]: passWithin,
};

/** Runs an operation: the current backend's own kernel of that name, or the composed one. Not differentiable. */
export function runFused(name: string, inputs: KernelInputs, attrs: object): tf.Tensor[] {
  if (tf.getKernel(name, tf.getBackend()) === undefined) {
    const composed = composedOps[name];
    if (composed === undefined) throw new Error(`a fused operation was expected, got '${name}'`);
    return tf.tidy(() => composed(inputs, attrs));
  }
  const outputs = tf.engine().runKernel(name, inputs, attrs as unknown as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** The output of an operation at a position. */
export function outputAt(outputs: readonly tf.Tensor[], index: number): tf.Tensor {
  const output = outputs[index];
  if (output === undefined) throw new Error(`output ${index} was expected, got ${outputs.length} in all`);
  return output;
}
