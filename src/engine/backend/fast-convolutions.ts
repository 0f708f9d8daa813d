/**
 * tfjs' convolution kernels on the compiled training module.
 */
import * as tf from "@tensorflow/tfjs-core";
import { convGeometry, type ConvAttrs, type ConvGeometry } from "./conv-geometry";
import { plain, type FastKernel } from "./fast-kernel";
import { multiply, RATES, sumOfParts } from "./sliced";
import type { Slice } from "./slices";
import type { ConvArguments, WinogradArguments } from "./training-exports";
import type { TrainingModule } from "./training-module";
import { inputOf } from "./wasm-types";

const geometryArguments = (g: ConvGeometry, images = g.batch): ConvArguments => [
  images,
  g.inHeight,
  g.inWidth,
  g.inChannels,
  g.outHeight,
  g.outWidth,
  g.outChannels,
  g.filterHeight,
  g.filterWidth,
  g.strideHeight,
  g.strideWidth,
  g.padTop,
  g.padLeft,
];

/** The convolution's geometry, or null where the module does not compute it. */
function covered(
  module: TrainingModule,
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttrs,
  depthwise: boolean,
): ConvGeometry | null {
  if (attrs.dataFormat !== undefined && attrs.dataFormat !== "NHWC") return null;
  if (!tf.backend_util.tupleValuesAreOne(attrs.dilations ?? 1)) return null;
  const g = convGeometry(xShape, filterShape, attrs, depthwise);
  const limit = module.functions.maxChannels();
  const outputs = g.batch * g.outHeight * g.outWidth * g.outChannels;
  return g.inChannels <= limit && g.outChannels <= limit && outputs > 0 ? g : null;
}

/**
 * Whether a convolution goes by Winograd's algorithm: 3x3, stride 1. The counts of channels hardly matter to the rule, so
 * that a network and its twin with fewer channels are computed alike and differ by rounding less than the algorithms do.
 * What matters is memory: 36 transformed filters.
 */
function suitsWinograd(g: ConvGeometry, channels: number, filters: number): boolean {
  const square = g.filterHeight === 3 && g.filterWidth === 3 && g.strideHeight === 1 && g.strideWidth === 1;
  return square && channels >= 2 && g.outHeight >= 3 && g.outWidth >= 3 && channels * filters <= 2 ** 18;
}

/** A convolution of single pixels is a matrix product. */
function isPointwise(g: ConvGeometry): boolean {
  const one = g.filterHeight === 1 && g.filterWidth === 1 && g.strideHeight === 1 && g.strideWidth === 1;
  return one && g.padTop === 0 && g.padLeft === 0 && g.outHeight === g.inHeight && g.outWidth === g.inWidth;
}

const pixelsOf = (g: ConvGeometry): number => g.batch * g.outHeight * g.outWidth;
const inputBytes = (g: ConvGeometry): number => g.inHeight * g.inWidth * g.inChannels * 4;
const outputBytes = (g: ConvGeometry): number => g.outHeight * g.outWidth * g.outChannels * 4;

/** Products of numbers that a direct convolution takes. */
const productsOf = (g: ConvGeometry): number =>
  pixelsOf(g) * g.outChannels * g.inChannels * g.filterHeight * g.filterWidth;

/** Images in slices that the threads share. */
function sliceImages(module: TrainingModule, g: ConvGeometry, perMicrosecond: number): readonly Slice[] {
  return module.slices(g.batch, productsOf(g) / perMicrosecond);
}

/** Images that a part of a gradient's sum must have; the sum goes over pixels, of which small images have few. */
const leastImages = (g: ConvGeometry): number => Math.ceil(64 / (g.outHeight * g.outWidth));

const winogradArguments = (g: ConvGeometry, images: number): WinogradArguments => [
  images,
  g.inHeight,
  g.inWidth,
  g.inChannels,
  g.outHeight,
  g.outWidth,
  g.outChannels,
  g.padTop,
  g.padLeft,
];

/** Floats of scratch for Winograd's algorithm between that many channels. */
const winogradFloats = (module: TrainingModule, channels: number, filters: number): number =>
  Math.ceil(module.functions.winogradScratch(channels, filters) / 4);

/** Computes y = x convolved with the filter, all given by their addresses. */
function convolve(module: TrainingModule, x: number, filter: number, y: number, g: ConvGeometry): void {
  const { inChannels, outChannels } = g;
  if (isPointwise(g)) {
    const sizes = { m: pixelsOf(g), n: outChannels, k: inChannels };
    multiply(module, { a: x, b: filter, c: y, ...sizes, transposeA: false, transposeB: false });
    return;
  }
  if (!suitsWinograd(g, inChannels, outChannels)) {
    module.run(
      "convForward",
      sliceImages(module, g, RATES.products).map(({ from, count }) => [
        x + from * inputBytes(g),
        filter,
        y + from * outputBytes(g),
        ...geometryArguments(g, count),
      ]),
    );
    return;
  }
  module.run(
    "winogradForward",
    sliceImages(module, g, RATES.winograd).map(({ from, count }) => [
      x + from * inputBytes(g),
      filter,
      y + from * outputBytes(g),
      0,
      ...winogradArguments(g, count),
    ]),
    { argument: 3, floats: winogradFloats(module, inChannels, outChannels) },
  );
}

const convForward: FastKernel = (module, inputs, attrs) => {
  const x = inputOf(inputs, "x");
  const filter = inputOf(inputs, "filter");
  const g = plain(x, filter) ? covered(module, x.shape, filter.shape, attrs as ConvAttrs, false) : null;
  if (g === null) return null;
  const y = module.output([g.batch, g.outHeight, g.outWidth, g.outChannels]);
  convolve(module, module.pointer(x), module.pointer(filter), y.pointer, g);
  return y.info;
};

/** Bounds of the activations that are a clipping. */
const clippings: Readonly<Record<string, readonly [low: number, high: number]>> = {
  linear: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  relu: [0, Number.POSITIVE_INFINITY],
  relu6: [0, 6],
};

/** Convolution, bias and activation, for inference. */
const fusedConv: FastKernel = (module, inputs, attrs) => {
  const { activation } = attrs as { activation: string };
  const x = inputOf(inputs, "x");
  const filter = inputOf(inputs, "filter");
  const bias = inputs["bias"];
  const bounds = clippings[activation];
  if (bounds === undefined || inputs["preluActivationWeights"] !== undefined) return null;
  const g = plain(x, filter) ? covered(module, x.shape, filter.shape, attrs as ConvAttrs, false) : null;
  if (g === null) return null;
  if (bias !== undefined && (!plain(bias) || bias.shape.join() !== String(g.outChannels))) return null;
  const y = module.output([g.batch, g.outHeight, g.outWidth, g.outChannels]);
  convolve(module, module.pointer(x), module.pointer(filter), y.pointer, g);
  const biasPointer = bias === undefined ? 0 : module.pointer(bias);
  const slices = module.slices(pixelsOf(g), (pixelsOf(g) * g.outChannels) / RATES.floats);
  module.run(
    "biasAndClip",
    slices.map(({ from, count }) => [
      y.pointer + from * g.outChannels * 4,
      biasPointer,
      count,
      g.outChannels,
      ...bounds,
    ]),
  );
  return y.info;
};

const convFilterGradient: FastKernel = (module, inputs, attrs) => {
  const { filterShape, ...rest } = attrs as ConvAttrs & { filterShape: number[] };
  const x = inputOf(inputs, "x");
  const dy = inputOf(inputs, "dy");
  const g = plain(x, dy) ? covered(module, x.shape, filterShape, rest, false) : null;
  if (g === null) return null;
  const dw = module.output(filterShape);
  const [from, gradient] = [module.pointer(x), module.pointer(dy)];
  const { inChannels, outChannels } = g;
  const floats = g.filterHeight * g.filterWidth * inChannels * outChannels;
  sumOfParts(module, { total: g.batch, least: leastImages(g), floats, target: dw.pointer }, (parts) => {
    const places = parts.map((part) => ({
      images: part.count,
      x: from + part.from * inputBytes(g),
      dy: gradient + part.from * outputBytes(g),
      target: part.target,
    }));
    if (isPointwise(g)) {
      const pixels = g.outHeight * g.outWidth;
      module.run(
        "gemm",
        places.map((p) => [p.x, p.dy, p.target, inChannels, outChannels, p.images * pixels, true, false, false]),
      );
    } else if (suitsWinograd(g, inChannels, outChannels)) {
      module.run(
        "winogradFilterGradient",
        places.map((p) => [p.x, p.dy, p.target, 0, ...winogradArguments(g, p.images)]),
        { argument: 3, floats: winogradFloats(module, inChannels, outChannels) },
      );
    } else {
      module.run(
        "convFilterGradient",
        places.map((p) => [p.x, p.dy, p.target, ...geometryArguments(g, p.images)]),
      );
    }
  });
  return dw.info;
};

/** The convolution of dy with the flipped filter that is the gradient in the input, for stride 1. */
const transposed = (g: ConvGeometry): ConvGeometry => ({
  ...g,
  inHeight: g.outHeight,
  inWidth: g.outWidth,
  inChannels: g.outChannels,
  outHeight: g.inHeight,
  outWidth: g.inWidth,
  outChannels: g.inChannels,
  padTop: g.filterHeight - 1 - g.padTop,
  padLeft: g.filterWidth - 1 - g.padLeft,
});

/**
 * Whether a transposed convolution has so many more outputs than inputs (a large valid window on a small image) that
 * computing patches from the inputs and adding them up is less work than a direct convolution with many zeros.
 */
function patchesAreFewer(g: ConvGeometry): boolean {
  return !suitsWinograd(g, g.inChannels, g.outChannels) && g.outHeight * g.outWidth > 1.4 * g.inHeight * g.inWidth;
}

const convInputGradient: FastKernel = (module, inputs, attrs) => {
  const { inputShape, ...rest } = attrs as ConvAttrs & { inputShape: number[] };
  const dy = inputOf(inputs, "dy");
  const filter = inputOf(inputs, "filter");
  const g = plain(dy, filter) ? covered(module, inputShape, filter.shape, rest, false) : null;
  if (g === null) return null;
  const dx = module.output(inputShape);
  const { convInputScratch, flipFilter } = module.functions;
  const { inChannels, outChannels, filterHeight, filterWidth, strideHeight, strideWidth } = g;
  const [gradient, weights] = [module.pointer(dy), module.pointer(filter)];
  if (isPointwise(g)) {
    const sizes = { m: pixelsOf(g), n: inChannels, k: outChannels };
    multiply(module, { a: gradient, b: weights, c: dx.pointer, ...sizes, transposeA: false, transposeB: true });
    return dx.info;
  }
  if (strideHeight === 1 && strideWidth === 1 && !patchesAreFewer(transposed(g))) {
    const taps = filterHeight * filterWidth;
    module.withScratch(taps * inChannels * outChannels, (flipped) => {
      flipFilter(weights, flipped, taps, inChannels, outChannels);
      convolve(module, gradient, flipped, dx.pointer, transposed(g));
    });
    return dx.info;
  }
  module.run(
    "convInputGradient",
    sliceImages(module, g, RATES.products).map(({ from, count }) => [
      gradient + from * outputBytes(g),
      weights,
      dx.pointer + from * inputBytes(g),
      0,
      ...geometryArguments(g, count),
    ]),
    { argument: 3, floats: convInputScratch(inChannels, filterHeight, filterWidth) },
  );
  return dx.info;
};

/** As for a convolution, but with channels of output per channel of input in place of filters. */
function depthwiseArguments(g: ConvGeometry, images: number): ConvArguments {
  return geometryArguments({ ...g, outChannels: g.outChannels / g.inChannels }, images);
}

const depthwiseMicroseconds = (g: ConvGeometry): number =>
  (pixelsOf(g) * g.outChannels * g.filterHeight * g.filterWidth) / RATES.depthwise;

const depthwiseFilterGradient: FastKernel = (module, inputs, attrs) => {
  const { filterShape, ...rest } = attrs as ConvAttrs & { filterShape: number[] };
  const x = inputOf(inputs, "x");
  const dy = inputOf(inputs, "dy");
  const g = plain(x, dy) ? covered(module, x.shape, filterShape, rest, true) : null;
  if (g === null) return null;
  const dw = module.output(filterShape);
  const [from, gradient] = [module.pointer(x), module.pointer(dy)];
  const floats = g.filterHeight * g.filterWidth * g.outChannels;
  sumOfParts(module, { total: g.batch, least: leastImages(g), floats, target: dw.pointer }, (parts) =>
    module.run(
      "depthwiseFilterGradient",
      parts.map((part) => [
        from + part.from * inputBytes(g),
        gradient + part.from * outputBytes(g),
        part.target,
        ...depthwiseArguments(g, part.count),
      ]),
    ),
  );
  return dw.info;
};

const depthwiseInputGradient: FastKernel = (module, inputs, attrs) => {
  const { inputShape, ...rest } = attrs as ConvAttrs & { inputShape: number[] };
  const dy = inputOf(inputs, "dy");
  const filter = inputOf(inputs, "filter");
  const g = plain(dy, filter) ? covered(module, inputShape, filter.shape, rest, true) : null;
  if (g === null) return null;
  const dx = module.output(inputShape);
  const [gradient, weights] = [module.pointer(dy), module.pointer(filter)];
  module.run(
    "depthwiseInputGradient",
    module
      .slices(g.batch, depthwiseMicroseconds(g))
      .map(({ from, count }) => [
        gradient + from * outputBytes(g),
        weights,
        dx.pointer + from * inputBytes(g),
        ...depthwiseArguments(g, count),
      ]),
  );
  return dx.info;
};

/** The convolutions' kernels by name. */
export const fastConvolutions: Readonly<Record<string, FastKernel>> = {
  Conv2D: convForward,
  Conv2DBackpropFilter: convFilterGradient,
  Conv2DBackpropInput: convInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  FusedConv2D: fusedConv,
};
