/**
 * Fake quantization on the compiled training module. fused-composed.ts says what each operation means; the results are
 * the same to the bit, but for the sign of a zero.
 */
import * as tf from "@tensorflow/tfjs-core";
import { uniformLevels } from "../core/effective";
import { plain, type FastKernel } from "./fast-kernel";
import {
  FAKE_QUANT_CODEBOOK,
  FAKE_QUANT_RANGE,
  FAKE_QUANT_UNIFORM,
  PASS_WITHIN,
  type FakeQuantAttrs,
} from "./fused-composed";
import { RATES } from "./sliced";
import type { TrainingModule } from "./training-module";
import { inputOf } from "./wasm-types";
import { affineRange } from "../quantizers/activations/affine";

/** Rows of x [rows, groups] in slices: how many bytes from the begin, and how many rows. */
const sliceRows = (
  module: TrainingModule,
  rows: number,
  groups: number,
  perMicrosecond: number = RATES.floats,
): readonly { readonly at: number; readonly count: number }[] =>
  module
    .slices(rows, (rows * groups) / perMicrosecond, 16)
    .map(({ from, count }) => ({ at: from * groups * 4, count }));

/** y = x on the grid of the scales, as the module's `roundToGrid` has it. */
function roundToGrid(
  module: TrainingModule,
  { x, y, scales, rows, groups }: { x: number; y: number; scales: number; rows: number; groups: number },
  zeroPoint: number,
  low: number,
  high: number,
): void {
  module.run(
    "roundToGrid",
    sliceRows(module, rows, groups).map(({ at, count }) => [
      x + at,
      y + at,
      scales,
      count,
      groups,
      zeroPoint,
      low,
      high,
    ]),
  );
}

const uniform: FastKernel = (module, inputs, attrs) => {
  const levels = uniformLevels((attrs as FakeQuantAttrs).bits);
  const x = inputOf(inputs, "x");
  const clips = inputOf(inputs, "clips");
  if (!plain(x, clips)) return null;
  const groups = tf.util.sizeFromShape(clips.shape);
  const rows = tf.util.sizeFromShape(x.shape) / groups;
  if (!Number.isInteger(rows)) return null;
  const y = module.output(x.shape);
  const limits = module.output([2, groups]);
  module.withScratch(groups, (scales) => {
    const from = module.pointer(x);
    module.functions.uniformGrid(from, module.pointer(clips), limits.pointer, scales, rows, groups, levels);
    roundToGrid(module, { x: from, y: y.pointer, scales, rows, groups }, 0, -levels, levels);
  });
  return [y.info, limits.info];
};

const range: FastKernel = (module, inputs, attrs) => {
  const { bits } = attrs as FakeQuantAttrs;
  const [x, low, high] = [inputOf(inputs, "x"), inputOf(inputs, "low"), inputOf(inputs, "high")];
  if (!plain(x, low, high)) return null;
  const { backend } = module;
  const y = module.output(x.shape);
  const limits = module.output([2, 1]);
  const numberOf = (info: tf.TensorInfo): number => backend.typedArrayFromHeap(info)[0] ?? Number.NaN;
  // The pointers before the numbers: taking one may bring the data to this backend first.
  const from = module.pointer(x);
  module.pointer(low);
  module.pointer(high);
  const { scale, zeroPoint } = affineRange(numberOf(low), numberOf(high), bits);
  const top = 2 ** bits - 1;
  module.withScratch(1, (scales) => {
    new Float32Array(backend.typedArrayFromHeap(x).buffer, scales, 1)[0] = scale;
    const rows = tf.util.sizeFromShape(x.shape);
    roundToGrid(module, { x: from, y: y.pointer, scales, rows, groups: 1 }, zeroPoint, 0, top);
  });
  backend.typedArrayFromHeap(limits.info).set([-zeroPoint * scale, (top - zeroPoint) * scale]);
  return [y.info, limits.info];
};

const codebook: FastKernel = (module, inputs) => {
  const x = inputOf(inputs, "x");
  const values = inputOf(inputs, "values");
  const mask = inputs["mask"];
  if (!plain(x, values, ...(mask ? [mask] : []))) return null;
  const y = module.output(x.shape);
  const [from, places, alive] = [module.pointer(x), module.pointer(values), mask ? module.pointer(mask) : 0];
  const count = tf.util.sizeFromShape(values.shape);
  module.run(
    "nearestValue",
    sliceRows(module, tf.util.sizeFromShape(x.shape), 1, RATES.floats / count).map(({ at, count: size }) => [
      from + at,
      places,
      alive === 0 ? 0 : alive + at,
      y.pointer + at,
      size,
      count,
    ]),
  );
  return y.info;
};

const passWithin: FastKernel = (module, inputs) => {
  const [dy, x, limits] = [inputOf(inputs, "dy"), inputOf(inputs, "x"), inputOf(inputs, "limits")];
  if (!plain(dy, x, limits)) return null;
  const groups = tf.util.sizeFromShape(limits.shape) / 2;
  const dx = module.output(dy.shape);
  const [gradient, from, bounds] = [module.pointer(dy), module.pointer(x), module.pointer(limits)];
  module.run(
    "passWithin",
    sliceRows(module, tf.util.sizeFromShape(x.shape) / groups, groups).map(({ at, count }) => [
      gradient + at,
      from + at,
      dx.pointer + at,
      bounds,
      count,
      groups,
    ]),
  );
  return dx.info;
};

export const fastQuantizers: Readonly<Record<string, FastKernel>> = {
  [FAKE_QUANT_CODEBOOK]: codebook,
  [FAKE_QUANT_RANGE]: range,
  [FAKE_QUANT_UNIFORM]: uniform,
  [PASS_WITHIN]: passWithin,
};
