/**
 * What the compiled training kernels (assembly/) export, as types. It computes nothing.
 */

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
  gemmPart(
    a: number,
    b: number,
    c: number,
    m: number,
    n: number,
    k: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
    fromRow: number,
    toRow: number,
    fromColumn: number,
    toColumn: number,
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
  batchNormMoments(x: number, result: number, rows: number, channels: number): void;
  batchNormMerge(
    moments: number,
    partRows: number,
    gamma: number,
    mean: number,
    variance: number,
    inverse: number,
    scale: number,
    rows: number,
    channels: number,
    epsilon: number,
  ): void;
  batchNormApply(x: number, y: number, mean: number, scale: number, beta: number, rows: number, channels: number): void;
  batchNormSums(dy: number, x: number, mean: number, result: number, rows: number, channels: number): void;
  batchNormFactors(
    sums: number,
    gamma: number,
    inverse: number,
    dgamma: number,
    dbeta: number,
    factors: number,
    rows: number,
    channels: number,
  ): void;
  batchNormInputGradient(
    dy: number,
    x: number,
    mean: number,
    factors: number,
    dx: number,
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
