/**
 * tfjs kernels on the compiled training module: what each takes from the operation, and how it calls the module. A
 * kernel answers null for a case it does not cover, which then runs on the composed kernel. Nothing is registered here.
 */
import * as tf from "@tensorflow/tfjs-core";
import { convGeometry, poolGeometry, type ConvAttrs, type ConvGeometry, type PoolAttrs } from "./conv-geometry";
import { fastTrainingOps } from "./fast-training-ops";
import { plain, type FastKernel } from "./fast-kernel";
import type { ConvArguments, PoolArguments, TrainingModule } from "./training-module";
import { inputOf } from "./wasm-types";

const geometryArguments = (g: ConvGeometry): ConvArguments => [
  g.batch,
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

const convFilterGradient: FastKernel = (module, inputs, attrs) => {
  const { filterShape, ...rest } = attrs as ConvAttrs & { filterShape: number[] };
  const x = inputOf(inputs, "x");
  const dy = inputOf(inputs, "dy");
  const g = plain(x, dy) ? covered(module, x.shape, filterShape, rest, false) : null;
  if (g === null) return null;
  const dw = module.output(filterShape);
  module.functions.convFilterGradient(module.pointer(x), module.pointer(dy), dw.pointer, ...geometryArguments(g));
  return dw.info;
};

const convInputGradient: FastKernel = (module, inputs, attrs) => {
  const { inputShape, ...rest } = attrs as ConvAttrs & { inputShape: number[] };
  const dy = inputOf(inputs, "dy");
  const filter = inputOf(inputs, "filter");
  const g = plain(dy, filter) ? covered(module, inputShape, filter.shape, rest, false) : null;
  if (g === null) return null;
  const dx = module.output(inputShape);
  const { convInputGradient: compute, convInputScratch } = module.functions;
  const floats = convInputScratch(
    g.inChannels,
    g.outChannels,
    g.filterHeight,
    g.filterWidth,
    g.strideHeight,
    g.strideWidth,
  );
  module.withScratch(floats, (scratch) => {
    compute(module.pointer(dy), module.pointer(filter), dx.pointer, scratch, ...geometryArguments(g));
  });
  return dx.info;
};

const convForward: FastKernel = (module, inputs, attrs) => {
  const x = inputOf(inputs, "x");
  const filter = inputOf(inputs, "filter");
  const g = plain(x, filter) ? covered(module, x.shape, filter.shape, attrs as ConvAttrs, false) : null;
  if (g === null) return null;
  const y = module.output([g.batch, g.outHeight, g.outWidth, g.outChannels]);
  module.functions.convForward(module.pointer(x), module.pointer(filter), y.pointer, ...geometryArguments(g));
  return y.info;
};

/** As for a convolution, but with channels of output per channel of input in place of filters. */
function depthwiseArguments(g: ConvGeometry): ConvArguments {
  return geometryArguments({ ...g, outChannels: g.outChannels / g.inChannels });
}

const depthwiseFilterGradient: FastKernel = (module, inputs, attrs) => {
  const { filterShape, ...rest } = attrs as ConvAttrs & { filterShape: number[] };
  const x = inputOf(inputs, "x");
  const dy = inputOf(inputs, "dy");
  const g = plain(x, dy) ? covered(module, x.shape, filterShape, rest, true) : null;
  if (g === null) return null;
  const dw = module.output(filterShape);
  module.functions.depthwiseFilterGradient(module.pointer(x), module.pointer(dy), dw.pointer, ...depthwiseArguments(g));
  return dw.info;
};

const depthwiseInputGradient: FastKernel = (module, inputs, attrs) => {
  const { inputShape, ...rest } = attrs as ConvAttrs & { inputShape: number[] };
  const dy = inputOf(inputs, "dy");
  const filter = inputOf(inputs, "filter");
  const g = plain(dy, filter) ? covered(module, inputShape, filter.shape, rest, true) : null;
  if (g === null) return null;
  const dx = module.output(inputShape);
  module.functions.depthwiseInputGradient(
    module.pointer(dy),
    module.pointer(filter),
    dx.pointer,
    ...depthwiseArguments(g),
  );
  return dx.info;
};

const poolArguments = (g: ConvGeometry): PoolArguments => [
  g.batch,
  g.inHeight,
  g.inWidth,
  g.inChannels,
  g.outHeight,
  g.outWidth,
  g.filterHeight,
  g.filterWidth,
  g.strideHeight,
  g.strideWidth,
  g.padTop,
  g.padLeft,
];

const maxPoolGradient: FastKernel = (module, inputs, attrs) => {
  const x = inputOf(inputs, "input");
  const dy = inputOf(inputs, "dy");
  if (!plain(x, dy)) return null;
  const g = poolGeometry(x.shape, attrs as PoolAttrs);
  const dx = module.output(x.shape);
  module.functions.maxPoolGradient(module.pointer(x), module.pointer(dy), dx.pointer, ...poolArguments(g));
  return dx.info;
};

const avgPoolGradient: FastKernel = (module, inputs, attrs) => {
  const x = inputOf(inputs, "input");
  const dy = inputOf(inputs, "dy");
  if (!plain(x, dy)) return null;
  const g = poolGeometry(x.shape, attrs as PoolAttrs);
  const dx = module.output(x.shape);
  module.functions.avgPoolGradient(module.pointer(dy), dx.pointer, ...poolArguments(g));
  return dx.info;
};

const matMul: FastKernel = (module, inputs, attrs) => {
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  const a = inputOf(inputs, "a");
  const b = inputOf(inputs, "b");
  if (!plain(a, b)) return null;
  const [aRows, aColumns] = lastTwo(a.shape);
  const [bRows, bColumns] = lastTwo(b.shape);
  const m = transposeA ? aColumns : aRows;
  const k = transposeA ? aRows : aColumns;
  const n = transposeB ? bRows : bColumns;
  const inner = transposeB ? bColumns : bRows;
  if (k !== inner) throw new Error(`matMul expects equal inner dimensions, got ${k} and ${inner}`);
  const aBatches = tf.util.sizeFromShape(a.shape.slice(0, -2));
  const bBatches = tf.util.sizeFromShape(b.shape.slice(0, -2));
  // Batches of several axes of which some are broadcast are left to tfjs.
  if (aBatches !== bBatches && aBatches !== 1 && bBatches !== 1) return null;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batches = tf.util.sizeFromShape(outer);
  if (batches !== Math.max(aBatches, bBatches)) return null;
  const c = module.output([...outer, m, n]);
  const aPointer = module.pointer(a);
  const bPointer = module.pointer(b);
  for (let batch = 0; batch < batches; batch++) {
    module.functions.gemm(
      aPointer + (aBatches === 1 ? 0 : batch * m * k * 4),
      bPointer + (bBatches === 1 ? 0 : batch * k * n * 4),
      c.pointer + batch * m * n * 4,
      m,
      n,
      k,
      transposeA,
      transposeB,
      false,
    );
  }
  return c.info;
};

function lastTwo(shape: readonly number[]): [number, number] {
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) throw new Error(`matMul expects matrices, got rank ${shape.length}`);
  return [rows, columns];
}

/** The fast kernels by the name of the tfjs kernel that each stands in for. */
export const fastKernels: Readonly<Record<string, FastKernel>> = {
  AvgPoolGrad: avgPoolGradient,
  BatchMatMul: matMul,
  Conv2D: convForward,
  Conv2DBackpropFilter: convFilterGradient,
  Conv2DBackpropInput: convInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  MaxPoolGrad: maxPoolGradient,
  ...fastTrainingOps,
};
