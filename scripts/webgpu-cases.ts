/** Cases of the fused operations for the probe: larger than the kernels' own self-test, with sizes that no tile divides. */

export interface Filling {
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
  /** Only zeros and ones: 1 where the number is above 0. */
  readonly zeroOrOne?: boolean;
}

export interface OperationCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Filling>>;
  readonly attrs: object;
}

const around0 = (...shape: number[]): Filling => ({ shape, low: -1, high: 1 });
const positive = (...shape: number[]): Filling => ({ shape, low: 0.1, high: 1 });
const mask = (...shape: number[]): Filling => ({ ...around0(...shape), zeroOrOne: true });

const weights = around0(13, 53);
const moments = { m: weights, v: positive(13, 53) };
const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 2 };
const sgd = { learningRate: 0.1, momentum: 0.9 };

/** 693 pixels of 35 channels: several workgroups in both directions. Off the origin, where squares cancel. */
const image: Filling = { shape: [7, 9, 11, 35], low: 9, high: 11 };
const slope = around0(7, 9, 11, 35);
const channels = positive(35);

export const operationCases: readonly OperationCase[] = [
  { name: "StudioAdam", inputs: { value: weights, gradient: weights, ...moments }, attrs: adam },
  { name: "StudioAdam", inputs: { value: weights, gradient: weights, ...moments, mask: mask(13, 53) }, attrs: adam },
  { name: "StudioSgd", inputs: { value: weights, gradient: weights, velocity: weights }, attrs: sgd },
  {
    name: "StudioSgd",
    inputs: { value: weights, gradient: weights, velocity: weights, mask: mask(13, 53) },
    attrs: sgd,
  },
  { name: "StudioReluGrad", inputs: { dy: slope, x: slope }, attrs: { ceiling: Number.POSITIVE_INFINITY } },
  { name: "StudioReluGrad", inputs: { dy: slope, x: slope }, attrs: { ceiling: 0.25 } },
  { name: "StudioSpread", inputs: { dy: around0(7, 35) }, attrs: { shape: [7, 9, 11, 35], axes: [1, 2], scale: 0.1 } },
  { name: "StudioBatchNorm", inputs: { x: image, gamma: channels, beta: channels }, attrs: { epsilon: 1e-3 } },
  {
    name: "StudioBatchNormGrad",
    inputs: { dy: slope, x: slope, gamma: channels, mean: channels, inverse: channels },
    attrs: {},
  },
  {
    name: "StudioFollow",
    inputs: { first: channels, firstNext: channels, second: channels, secondNext: channels },
    attrs: { decay: 0.99 },
  },
  {
    name: "StudioSoftmaxCrossEntropy",
    inputs: { logits: { shape: [301, 13], low: -20, high: 20 }, target: { shape: [301, 13], low: 0, high: 0.15 } },
    attrs: {},
  },
  {
    name: "StudioFakeQuantUniform",
    inputs: { x: around0(3, 3, 35, 35), clips: { shape: [35], low: 0.5, high: 1 } },
    attrs: { bits: 4 },
  },
  { name: "StudioFakeQuantUniform", inputs: { x: around0(2999), clips: positive(1) }, attrs: { bits: 8 } },
  {
    name: "StudioFakeQuantRange",
    inputs: { x: slope, low: { shape: [], low: -0.7, high: -0.6 }, high: { shape: [], low: 0.5, high: 0.6 } },
    attrs: { bits: 8 },
  },
  { name: "StudioFakeQuantCodebook", inputs: { x: weights, values: around0(16), mask: mask(13, 53) }, attrs: {} },
  {
    name: "StudioPassWithin",
    inputs: { dy: slope, x: slope, limits: { shape: [2, 35], low: -0.5, high: 0.5 } },
    attrs: {},
  },
];
