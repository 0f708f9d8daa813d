/**
 * Sums, and the studio's fused training operations, on the compiled training module. fused-composed.ts says what each
 * operation means.
 */
import * as tf from "@tensorflow/tfjs-core";
import { plain, type FastKernel } from "./fast-kernel";
import {
  ADAM,
  BATCH_NORM,
  BATCH_NORM_GRAD,
  FOLLOW,
  RELU_GRAD,
  SGD,
  SPREAD,
  type AdamAttrs,
  type BatchNormAttrs,
  type FollowAttrs,
  type ReluGradAttrs,
  type SgdAttrs,
  type SpreadAttrs,
} from "./fused-composed";
import { RATES, sumOfParts } from "./sliced";
import { fixedParts } from "./slices";
import type { NewTensor, TrainingModule } from "./training-module";
import { inputOf, type WasmBackend } from "./wasm-types";

/** A shape seen as [outer, rows, inner], the middle being what is reduced. */
interface Stretch {
  readonly outer: number;
  readonly rows: number;
  readonly inner: number;
}

/** Null where the axes do not follow on one another, or where none stays behind them: tfjs is good at that. */
function stretchOf(shape: readonly number[], axes: readonly number[]): Stretch | null {
  const sorted = [...axes].sort((a, b) => a - b);
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  if (first === undefined || last === undefined || last - first + 1 !== sorted.length) return null;
  const inner = tf.util.sizeFromShape(shape.slice(last + 1));
  if (inner === 1) return null;
  return {
    outer: tf.util.sizeFromShape(shape.slice(0, first)),
    rows: tf.util.sizeFromShape(shape.slice(first, last + 1)),
    inner,
  };
}

const reduction =
  (average: boolean): FastKernel =>
  (module, inputs, attrs) => {
    const { axis, keepDims } = attrs as { axis: number | number[]; keepDims: boolean };
    const x = inputOf(inputs, "x");
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const stretch = plain(x) ? stretchOf(x.shape, axes) : null;
    if (stretch === null) return null;
    const shape = keepDims
      ? x.shape.map((length, index) => (axes.includes(index) ? 1 : length))
      : x.shape.filter((_, index) => !axes.includes(index));
    const y = module.output(shape);
    const { outer, rows, inner } = stretch;
    module.functions.sumMiddle(module.pointer(x), y.pointer, outer, rows, inner, average ? 1 / rows : 1);
    return y.info;
  };

const spread: FastKernel = (module, inputs, attrs) => {
  const { shape, axes, scale } = attrs as SpreadAttrs;
  const dy = inputOf(inputs, "dy");
  const stretch = plain(dy) && shape.every((length) => length > 0) ? stretchOf(shape, axes) : null;
  if (stretch === null) return null;
  const dx = module.output(shape);
  module.functions.spreadMiddle(module.pointer(dy), dx.pointer, stretch.outer, stretch.rows, stretch.inner, scale);
  return dx.info;
};

/** A tensor's floats in slices of whole cache lines: how many bytes from its begin, and how many floats. */
function sliceFloats(
  module: TrainingModule,
  shape: number[],
  perMicrosecond: number,
): readonly { readonly at: number; readonly count: number }[] {
  const size = tf.util.sizeFromShape(shape);
  return module.slices(size, size / perMicrosecond, 16).map(({ from, count }) => ({ at: from * 4, count }));
}

const reluGradient: FastKernel = (module, inputs, attrs) => {
  const { ceiling } = attrs as ReluGradAttrs;
  const dy = inputOf(inputs, "dy");
  const x = inputOf(inputs, "x");
  if (!plain(dy, x)) return null;
  const dx = module.output(x.shape);
  const [gradient, values] = [module.pointer(dy), module.pointer(x)];
  module.run(
    "reluGradient",
    sliceFloats(module, x.shape, RATES.floats).map(({ at, count }) => [
      gradient + at,
      values + at,
      dx.pointer + at,
      count,
      ceiling,
    ]),
  );
  return dx.info;
};

/** Channels and pixels of x [...,C]. */
function channelsAndRows(shape: readonly number[]): [channels: number, rows: number] {
  const channels = shape[shape.length - 1] ?? 1;
  return [channels, tf.util.sizeFromShape([...shape]) / channels];
}

/** Rows of a block of statistics in the module, of which parts are made. */
const LEAST_ROWS = 32;

/** Rows of channels in slices: how many bytes from the begin, and how many rows. */
function sliceRows(
  module: TrainingModule,
  rows: number,
  channels: number,
): readonly { readonly at: number; readonly count: number }[] {
  const slices = module.slices(rows, (rows * channels) / RATES.floats);
  return slices.map(({ from, count }) => ({ at: from * channels * 4, count }));
}

const batchNorm: FastKernel = (module, inputs, attrs) => {
  const { epsilon } = attrs as BatchNormAttrs;
  const x = inputOf(inputs, "x");
  const gamma = inputOf(inputs, "gamma");
  const beta = inputOf(inputs, "beta");
  if (!plain(x, gamma, beta)) return null;
  const [channels, rows] = channelsAndRows(x.shape);
  const y = module.output(x.shape);
  const [mean, variance, inverse] = [module.output([channels]), module.output([channels]), module.output([channels])];
  const from = module.pointer(x);
  const parts = fixedParts(rows, LEAST_ROWS, 2 * channels, LEAST_ROWS);
  const partRows = parts[0]?.count ?? rows;
  module.withScratch((2 * parts.length + 1) * channels, (moments) => {
    const scale = moments + 2 * parts.length * channels * 4;
    module.run(
      "batchNormMoments",
      parts.map((part, index) => [
        from + part.from * channels * 4,
        moments + index * 2 * channels * 4,
        part.count,
        channels,
      ]),
    );
    module.functions.batchNormMerge(
      moments,
      partRows,
      module.pointer(gamma),
      mean.pointer,
      variance.pointer,
      inverse.pointer,
      scale,
      rows,
      channels,
      epsilon,
    );
    const shift = module.pointer(beta);
    module.run(
      "batchNormApply",
      sliceRows(module, rows, channels).map(({ at, count }) => [
        from + at,
        y.pointer + at,
        mean.pointer,
        scale,
        shift,
        count,
        channels,
      ]),
    );
  });
  return [y.info, mean.info, variance.info, inverse.info];
};

const batchNormGradient: FastKernel = (module, inputs) => {
  const dy = inputOf(inputs, "dy");
  const x = inputOf(inputs, "x");
  const gamma = inputOf(inputs, "gamma");
  if (!plain(dy, x, gamma)) return null;
  const [channels, rows] = channelsAndRows(x.shape);
  const dx = module.output(x.shape);
  const [dgamma, dbeta] = [module.output([channels]), module.output([channels])];
  const [gradient, from, centre] = [module.pointer(dy), module.pointer(x), module.pointer(inputOf(inputs, "mean"))];
  module.withScratch(5 * channels, (sums) => {
    const factors = sums + 2 * channels * 4;
    const wanted = { total: rows, least: LEAST_ROWS, floats: 2 * channels, target: sums };
    sumOfParts(module, wanted, (parts) =>
      module.run(
        "batchNormSums",
        parts.map((part) => {
          const at = part.from * channels * 4;
          return [gradient + at, from + at, centre, part.target, part.count, channels];
        }),
      ),
    );
    module.functions.batchNormFactors(
      sums,
      module.pointer(gamma),
      module.pointer(inputOf(inputs, "inverse")),
      dgamma.pointer,
      dbeta.pointer,
      factors,
      rows,
      channels,
    );
    module.run(
      "batchNormInputGradient",
      sliceRows(module, rows, channels).map(({ at, count }) => [
        gradient + at,
        from + at,
        centre,
        factors,
        dx.pointer + at,
        count,
        channels,
      ]),
    );
  });
  return [dx.info, dgamma.info, dbeta.info];
};

/** Averages have a number for each channel, so few that the module is not worth calling: what costs is each operation. */
const follow: FastKernel = (module, inputs, attrs) => {
  const { decay } = attrs as FollowAttrs;
  const pairs = [
    [inputOf(inputs, "first"), inputOf(inputs, "firstNext")],
    [inputOf(inputs, "second"), inputOf(inputs, "secondNext")],
  ] as const;
  if (!plain(...pairs.flat())) return null;
  const [stays, comes] = [Math.fround(decay), Math.fround(1 - decay)];
  return pairs.map(([old, next]) => {
    const { info } = module.output(old.shape);
    // The pointers first: taking one may bring the data to this backend, and the memory may grow.
    module.pointer(old);
    module.pointer(next);
    const [from, to, result] = [old, next, info].map((i) => module.backend.typedArrayFromHeap(i)) as [Heap, Heap, Heap];
    for (let i = 0; i < result.length; i++) {
      // Rounded as the single operations round.
      result[i] = Math.fround(stays * from[i]!) + Math.fround(comes * to[i]!);
    }
    return info;
  });
};

type Heap = ReturnType<WasmBackend["typedArrayFromHeap"]>;

/** Address of the mask, or 0 without one. */
const maskPointer = (module: TrainingModule, inputs: tf.NamedTensorInfoMap): number =>
  inputs["mask"] === undefined ? 0 : module.pointer(inputs["mask"]);

const adam: FastKernel = (module, inputs, attrs) => {
  const { learningRate, beta1, beta2, epsilon, step } = attrs as AdamAttrs;
  const [value, gradient, m, v] = ["value", "gradient", "m", "v"].map((name) => inputOf(inputs, name)) as Four;
  if (!plain(value, gradient, m, v, ...(inputs["mask"] ? [inputs["mask"]] : []))) return null;
  const results = [module.output(value.shape), module.output(value.shape), module.output(value.shape)] as const;
  const at0 = [value, gradient, m, v].map((info) => module.pointer(info)) as [number, number, number, number];
  const mask = maskPointer(module, inputs);
  module.run(
    "adam",
    sliceFloats(module, value.shape, RATES.optimizer).map(({ at, count }) => [
      at0[0] + at,
      at0[1] + at,
      at0[2] + at,
      at0[3] + at,
      mask === 0 ? 0 : mask + at,
      results[0].pointer + at,
      results[1].pointer + at,
      results[2].pointer + at,
      count,
      learningRate / (1 - beta1 ** step),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 - beta2 ** step,
      epsilon,
    ]),
  );
  return infos(results);
};

type Four = [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];

const infos = (tensors: readonly NewTensor[]): tf.TensorInfo[] => tensors.map(({ info }) => info);

const sgd: FastKernel = (module, inputs, attrs) => {
  const { learningRate, momentum } = attrs as SgdAttrs;
  const value = inputOf(inputs, "value");
  const gradient = inputOf(inputs, "gradient");
  const velocity = inputOf(inputs, "velocity");
  if (!plain(value, gradient, velocity, ...(inputs["mask"] ? [inputs["mask"]] : []))) return null;
  const results = [module.output(value.shape), module.output(value.shape)] as const;
  const at0 = [value, gradient, velocity].map((info) => module.pointer(info)) as [number, number, number];
  const mask = maskPointer(module, inputs);
  module.run(
    "sgd",
    sliceFloats(module, value.shape, RATES.optimizer).map(({ at, count }) => [
      at0[0] + at,
      at0[1] + at,
      at0[2] + at,
      mask === 0 ? 0 : mask + at,
      results[0].pointer + at,
      results[1].pointer + at,
      count,
      learningRate,
      momentum,
    ]),
  );
  return infos(results);
};

export const fastTrainingOps: Readonly<Record<string, FastKernel>> = {
  Mean: reduction(true),
  Sum: reduction(false),
  [ADAM]: adam,
  [BATCH_NORM]: batchNorm,
  [BATCH_NORM_GRAD]: batchNormGradient,
  [FOLLOW]: follow,
  [RELU_GRAD]: reluGradient,
  [SGD]: sgd,
  [SPREAD]: spread,
};
