/**
 * The geometry of 2-D convolutions and poolings that the training kernels need, read from the attributes tfjs passes
 * to kernels. It is not arithmetic on tensors.
 */
import { backend_util } from "@tensorflow/tfjs-core";

/** One convolution or pooling, channels last. All lengths in pixels. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** The attributes of the conv2d and depthwise gradient kernels that decide geometry. */
export interface ConvAttrs {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly dilations?: [number, number] | number;
}

/** What tfjs works out of a window's attributes, under the names of the module. */
function geometryOf(info: backend_util.Conv2DInfo): ConvGeometry {
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
}

/**
 * Geometry of a convolution of x [N,H,W,C] with a filter [kh,kw,C,M].
 * Throws for NCHW and for dilations, which tfjs has no gradients for either.
 */
export function convGeometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttrs,
  depthwise: boolean,
): ConvGeometry {
  if (attrs.dataFormat !== undefined && attrs.dataFormat !== "NHWC") {
    throw new Error(`convolution gradient on wasm expects data format NHWC, got ${attrs.dataFormat}`);
  }
  const dilations = attrs.dilations ?? 1;
  if (!backend_util.tupleValuesAreOne(dilations)) {
    throw new Error(`convolution gradient on wasm expects dilations of 1, got ${String(dilations)}`);
  }
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
    "channelsLast",
  );
  return geometryOf(info);
}

/** The attributes of the pooling kernels. */
export interface PoolAttrs {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Geometry of a pooling of x [N,H,W,C]. Throws when the shape is of another rank. */
export function poolGeometry(xShape: readonly number[], attrs: PoolAttrs): ConvGeometry {
  if (xShape.length !== 4) throw new Error(`a pooled tensor must be of rank 4, got rank ${xShape.length}`);
  const info = backend_util.computePool2DInfo(
    xShape as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
    "channelsLast",
  );
  return geometryOf(info);
}

/** Indices from..to-1 of the input that one output position's window covers, along one axis. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What output position `at` sees along an axis, cut to the image. */
export function windowSpan(at: number, stride: number, before: number, window: number, length: number): Span {
  const start = at * stride - before;
  return { from: Math.max(0, start), to: Math.min(length, start + window) };
}
