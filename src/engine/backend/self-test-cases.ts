/**
 * The small cases on which each compiled kernel is compared with the slow one before it is used: both an inner part
 * made of whole tiles and edges, and no more, since they run at every start. The tests proper are in *.test.ts.
 */

/** An input filled with numbers between low and high. */
export interface SelfTestInput {
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
}

export interface SelfTestCase {
  readonly inputs: Readonly<Record<string, SelfTestInput>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

const around0 = (...shape: number[]): SelfTestInput => ({ shape, low: -1, high: 1 });

const conv = { dataFormat: "NHWC", dilations: 1, pad: "same" };

const depthwise = { ...conv, strides: 2 };
const pool = { filterSize: 3, strides: 2, pad: "same" };
const image = around0(2, 5, 6, 5);
const perChannel: SelfTestInput = { shape: [5], low: 0.5, high: 1.5 };
const weights = around0(11);
const squares: SelfTestInput = { shape: [11], low: 0.01, high: 1 };
const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 3 };

/** Cases by kernel name. */
export const selfTestCases: Readonly<Record<string, readonly SelfTestCase[]>> = {
  BatchMatMul: [
    { inputs: { a: around0(9, 5), b: around0(5, 11) }, attrs: { transposeA: false, transposeB: false } },
    { inputs: { a: around0(5, 9), b: around0(11, 5) }, attrs: { transposeA: true, transposeB: true } },
  ],
  Conv2D: [
    { inputs: { x: around0(1, 5, 6, 4), filter: around0(3, 3, 4, 9) }, attrs: { ...conv, strides: 1 } },
    { inputs: { x: around0(1, 7, 6, 3), filter: around0(3, 3, 3, 9) }, attrs: { ...conv, strides: 2, pad: "valid" } },
  ],
  Conv2DBackpropFilter: [
    {
      inputs: { x: around0(1, 5, 6, 4), dy: around0(1, 5, 6, 9) },
      attrs: { ...conv, strides: 1, filterShape: [3, 3, 4, 9] },
    },
    {
      inputs: { x: around0(1, 5, 6, 3), dy: around0(1, 3, 3, 9) },
      attrs: { ...conv, strides: 2, filterShape: [3, 3, 3, 9] },
    },
  ],
  Conv2DBackpropInput: [
    {
      inputs: { dy: around0(1, 5, 6, 9), filter: around0(3, 3, 4, 9) },
      attrs: { ...conv, strides: 1, inputShape: [1, 5, 6, 4] },
    },
    {
      inputs: { dy: around0(1, 3, 3, 9), filter: around0(3, 3, 4, 9) },
      attrs: { ...conv, strides: 2, inputShape: [1, 5, 6, 4] },
    },
  ],
  AvgPoolGrad: [{ inputs: { input: image, dy: around0(2, 3, 3, 5) }, attrs: pool }],
  DepthwiseConv2dNativeBackpropFilter: [
    { inputs: { x: image, dy: around0(2, 3, 3, 5) }, attrs: { ...depthwise, filterShape: [3, 3, 5, 1] } },
    { inputs: { x: image, dy: around0(2, 3, 3, 10) }, attrs: { ...depthwise, filterShape: [3, 3, 5, 2] } },
  ],
  DepthwiseConv2dNativeBackpropInput: [
    {
      inputs: { dy: around0(2, 3, 3, 5), filter: around0(3, 3, 5, 1) },
      attrs: { ...depthwise, inputShape: image.shape },
    },
    {
      inputs: { dy: around0(2, 3, 3, 10), filter: around0(3, 3, 5, 2) },
      attrs: { ...depthwise, inputShape: image.shape },
    },
  ],
  MaxPoolGrad: [{ inputs: { input: image, dy: around0(2, 3, 3, 5) }, attrs: pool }],
  Mean: [{ inputs: { x: image }, attrs: { axis: [1, 2], keepDims: false } }],
  Sum: [
    { inputs: { x: image }, attrs: { axis: [0, 1, 2], keepDims: true } },
    { inputs: { x: around0(70, 19) }, attrs: { axis: 0, keepDims: false } },
  ],
  StudioAdam: [
    { inputs: { value: weights, gradient: weights, m: weights, v: squares }, attrs: adam },
    {
      inputs: { value: weights, gradient: weights, m: weights, v: squares, mask: { ...weights, low: 0, high: 0 } },
      attrs: adam,
    },
  ],
  StudioBatchNorm: [{ inputs: { x: image, gamma: perChannel, beta: perChannel }, attrs: { epsilon: 1e-3 } }],
  StudioBatchNormGrad: [
    { inputs: { dy: image, x: image, gamma: perChannel, mean: perChannel, inverse: perChannel }, attrs: {} },
  ],
  StudioFakeQuantCodebook: [
    { inputs: { x: weights, values: around0(5) }, attrs: {} },
    { inputs: { x: weights, values: around0(5), mask: { ...weights, low: 0, high: 0 } }, attrs: {} },
  ],
  StudioFakeQuantRange: [
    {
      inputs: { x: weights, low: { shape: [], low: -0.7, high: -0.7 }, high: { shape: [], low: 0.5, high: 0.5 } },
      attrs: { bits: 3 },
    },
  ],
  StudioFakeQuantUniform: [
    { inputs: { x: around0(3, 5), clips: { ...perChannel, high: 1 } }, attrs: { bits: 3 } },
    { inputs: { x: weights, clips: { shape: [1], low: 0.8, high: 0.8 } }, attrs: { bits: 4 } },
  ],
  StudioFollow: [
    {
      inputs: { first: weights, firstNext: squares, second: perChannel, secondNext: around0(5) },
      attrs: { decay: 0.9 },
    },
  ],
  StudioPassWithin: [
    { inputs: { dy: around0(3, 5), x: around0(3, 5), limits: { shape: [2, 5], low: -0.6, high: 0.6 } }, attrs: {} },
    { inputs: { dy: weights, x: weights, limits: { shape: [2, 1], low: -0.3, high: 0.9 } }, attrs: {} },
  ],
  StudioReluGrad: [
    { inputs: { dy: weights, x: weights }, attrs: { ceiling: Number.POSITIVE_INFINITY } },
    { inputs: { dy: weights, x: weights }, attrs: { ceiling: 0.5 } },
  ],
  StudioSgd: [
    { inputs: { value: weights, gradient: weights, velocity: weights }, attrs: { learningRate: 0.1, momentum: 0.9 } },
  ],
  StudioSpread: [{ inputs: { dy: around0(2, 5) }, attrs: { shape: [...image.shape], axes: [1, 2], scale: 0.25 } }],
  FusedConv2D: [
    {
      inputs: { x: around0(1, 5, 6, 4), filter: around0(3, 3, 4, 9), bias: around0(9) },
      attrs: { ...conv, strides: 1, activation: "relu" },
    },
  ],
};
