/**
 * tfjs kernels on the compiled training module: what each takes from the operation, and how it calls the module. A
 * kernel answers null for a case it does not cover, which then runs on the composed kernel. Nothing is registered here.
 */
import * as tf from "@tensorflow/tfjs-core";
import { poolGeometry, type ConvGeometry, type PoolAttrs } from "./conv-geometry";
import { fastConvolutions } from "./fast-convolutions";
import { fastTrainingOps } from "./fast-training-ops";
import { plain, type FastKernel } from "./fast-kernel";
import { fastQuantizers } from "./fast-quantizers";
import { multiply, RATES } from "./sliced";
import type { PoolArguments } from "./training-exports";
import type { TrainingModule } from "./training-module";
import { inputOf } from "./wasm-types";

const poolArguments = (g: ConvGeometry, images: number): PoolArguments => [
  images,
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

/** Gradients of poolings, image by image. */
function sliceImages(
  module: TrainingModule,
  g: ConvGeometry,
): readonly { readonly inputs: number; readonly outputs: number; readonly geometry: PoolArguments }[] {
  const outputs = g.outHeight * g.outWidth * g.inChannels;
  const microseconds = (g.batch * outputs * g.filterHeight * g.filterWidth) / RATES.floats;
  return module.slices(g.batch, microseconds).map(({ from, count }) => ({
    inputs: from * g.inHeight * g.inWidth * g.inChannels * 4,
    outputs: from * outputs * 4,
    geometry: poolArguments(g, count),
  }));
}

const maxPoolGradient: FastKernel = (module, inputs, attrs) => {
  const x = inputOf(inputs, "input");
  const dy = inputOf(inputs, "dy");
  if (!plain(x, dy)) return null;
  const g = poolGeometry(x.shape, attrs as PoolAttrs);
  const dx = module.output(x.shape);
  const [from, gradient] = [module.pointer(x), module.pointer(dy)];
  module.run(
    "maxPoolGradient",
    sliceImages(module, g).map(({ inputs: at, outputs, geometry }) => [
      from + at,
      gradient + outputs,
      dx.pointer + at,
      ...geometry,
    ]),
  );
  return dx.info;
};

const avgPoolGradient: FastKernel = (module, inputs, attrs) => {
  const x = inputOf(inputs, "input");
  const dy = inputOf(inputs, "dy");
  if (!plain(x, dy)) return null;
  const g = poolGeometry(x.shape, attrs as PoolAttrs);
  const dx = module.output(x.shape);
  const gradient = module.pointer(dy);
  module.run(
    "avgPoolGradient",
    sliceImages(module, g).map(({ inputs: at, outputs, geometry }) => [
      gradient + outputs,
      dx.pointer + at,
      ...geometry,
    ]),
  );
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
    multiply(module, {
      a: aPointer + (aBatches === 1 ? 0 : batch * m * k * 4),
      b: bPointer + (bBatches === 1 ? 0 : batch * k * n * 4),
      c: c.pointer + batch * m * n * 4,
      m,
      n,
      k,
      transposeA,
      transposeB,
    });
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
  MaxPoolGrad: maxPoolGradient,
  ...fastConvolutions,
  ...fastQuantizers,
  ...fastTrainingOps,
};
