/**
 * Fake quantization on WebGPU: programs and kernels. fused-composed.ts says what each operation means; WGSL rounds half
 * to even, as core/effective.ts does, but may divide with an error of some units in the last place.
 */
import * as tf from "@tensorflow/tfjs-core";
import { uniformLevels } from "../core/effective";
import {
  FAKE_QUANT_CODEBOOK,
  FAKE_QUANT_RANGE,
  FAKE_QUANT_UNIFORM,
  PASS_WITHIN,
  type FakeQuantAttrs,
} from "./fused-composed";
import { areFloats, dispatch, type GpuProgram } from "./webgpu-device";
import { columnGroups, free, groupsOf, namedInputs, type GpuKernel, type ThreeTensors } from "./webgpu-kernel";
import { chunkOfRows, chunksOf, elementwise, joinColumn, matrixUniforms, tile, tileColumns } from "./webgpu-programs";
import { inputOf } from "./wasm-types";

const largestOfColumn = `
  var part = 0.0;
  if (inside) {
    for (var row = begin + row0; row < end; row = row + ${tile / tileColumns}) {
      part = max(part, abs(x[row * uniforms.columns + column]));
    }
  }
${joinColumn((a, b) => `max(${a}, ${b})`)}`;

/** x [R,G] -> max |x| of its chunks' columns [chunks,G]. */
const largestProgram: GpuProgram = {
  key: "largest",
  inputs: ["x"],
  outputs: ["partial"],
  uniforms: matrixUniforms,
  workgroupSize: tile,
  declarations: `var<workgroup> sums: array<f32, ${tile}>;`,
  body: `${chunkOfRows}${largestOfColumn}
  if (row0 == 0 && inside) { partial[chunk * uniforms.columns + column] = sums[lane]; }`,
};

/** x [R,G], clips [G] -> limits [2,G]: -b and b with b = clip * max |x|. */
const limitsProgram: GpuProgram = {
  ...largestProgram,
  key: "limits",
  inputs: ["x", "clips"],
  outputs: ["limits"],
  body: `${chunkOfRows}${largestOfColumn}
  if (row0 == 0 && inside) {
    let bound = sums[lane] * clips[column];
    limits[column] = -bound;
    limits[uniforms.columns + column] = bound;
  }`,
};

const uniformProgram = elementwise({
  key: "fake-quant-uniform",
  inputs: ["x", "limits"],
  outputs: ["y"],
  uniforms: [["levels", "f32"]],
  output: "y",
  body: `
  let scales = uniforms.limitsSize / 2;
  let bound = limits[scales + index % scales];
  let scale = select(bound / uniforms.levels, 1.0, bound == 0.0);
  y[index] = clamp(round(x[index] / scale), -uniforms.levels, uniforms.levels) * scale;`,
});

const rangeProgram = elementwise({
  key: "fake-quant-range",
  inputs: ["x", "low", "high"],
  outputs: ["y", "limits"],
  uniforms: [["top", "f32"]],
  output: "y",
  body: `
  let width = high[0] - low[0];
  let scale = select(width / uniforms.top, 1.0, width == 0.0);
  let zeroPoint = clamp(round(-low[0] / scale), 0.0, uniforms.top);
  let code = clamp(round(x[index] / scale) + zeroPoint, 0.0, uniforms.top);
  y[index] = (code - zeroPoint) * scale;
  if (index == 0) {
    limits[0] = -zeroPoint * scale;
    limits[1] = (uniforms.top - zeroPoint) * scale;
  }`,
});

const codebook = (masked: boolean): GpuProgram =>
  elementwise({
    key: masked ? "fake-quant-codebook-masked" : "fake-quant-codebook",
    inputs: ["x", "values", ...(masked ? ["mask"] : [])],
    outputs: ["y"],
    uniforms: [],
    output: "y",
    body: `
  var best = values[0];
  for (var k = 1; k < uniforms.valuesSize; k = k + 1) {
    if (abs(x[index] - values[k]) < abs(x[index] - best)) { best = values[k]; }
  }
  y[index] = best${masked ? " * mask[index]" : ""};`,
  });

const codebookProgram = { plain: codebook(false), masked: codebook(true) } as const;

const passWithinProgram = elementwise({
  key: "pass-within",
  inputs: ["dy", "x", "limits"],
  outputs: ["dx"],
  uniforms: [],
  output: "dx",
  body: `
  let scales = uniforms.limitsSize / 2;
  let own = index % scales;
  dx[index] = select(0.0, dy[index], x[index] >= limits[own] && x[index] <= limits[scales + own]);`,
});

const fakeQuantUniform: GpuKernel = (backend, inputs, attrs) => {
  const levels = uniformLevels((attrs as FakeQuantAttrs).bits);
  const x = inputOf(inputs, "x");
  const clips = inputOf(inputs, "clips");
  if (!areFloats(backend, x, clips)) return null;
  const columns = tf.util.sizeFromShape(clips.shape);
  const rows = tf.util.sizeFromShape(x.shape) / columns;
  if (!Number.isInteger(rows)) return null;
  const { rowsPerChunk, chunks } = chunksOf(rows);
  const groups = columnGroups(columns);
  const shape = { shape: [2, columns] };
  let limits: tf.TensorInfo;
  if (chunks === 1) {
    [limits] = dispatch(backend, limitsProgram, [x, clips], [shape], groups, { rows, columns, rowsPerChunk }) as One;
  } else {
    const uniforms = { rows, columns, rowsPerChunk };
    const partial = { shape: [chunks, columns] };
    const [largest] = dispatch(backend, largestProgram, [x], [partial], [groups, chunks], uniforms) as One;
    const joined = { rows: chunks, columns, rowsPerChunk: chunks };
    [limits] = dispatch(backend, limitsProgram, [largest, clips], [shape], groups, joined) as One;
    free(backend, [largest]);
  }
  const [y] = dispatch(backend, uniformProgram, [x, limits], [x], groupsOf(x), { levels }) as One;
  return [y, limits];
};

type One = [tf.TensorInfo];

const fakeQuantRange: GpuKernel = (backend, inputs, attrs) => {
  const bound = namedInputs(inputs, ["x", "low", "high"]) as ThreeTensors;
  if (!areFloats(backend, ...bound)) return null;
  const [x] = bound;
  const top = 2 ** (attrs as FakeQuantAttrs).bits - 1;
  return dispatch(backend, rangeProgram, bound, [x, { shape: [2, 1] }], groupsOf(x), { top });
};

const fakeQuantCodebook: GpuKernel = (backend, inputs) => {
  const program = inputs["mask"] === undefined ? codebookProgram.plain : codebookProgram.masked;
  const bound = namedInputs(inputs, program.inputs);
  if (!areFloats(backend, ...bound)) return null;
  const x = inputOf(inputs, "x");
  return dispatch(backend, program, bound, [x], groupsOf(x), {});
};

const passWithin: GpuKernel = (backend, inputs) => {
  const bound = namedInputs(inputs, ["dy", "x", "limits"]) as ThreeTensors;
  if (!areFloats(backend, ...bound)) return null;
  const [dy] = bound;
  return dispatch(backend, passWithinProgram, bound, [dy], groupsOf(dy), {});
};

export const gpuQuantizers: Readonly<Record<string, GpuKernel>> = {
  [FAKE_QUANT_CODEBOOK]: fakeQuantCodebook,
  [FAKE_QUANT_RANGE]: fakeQuantRange,
  [FAKE_QUANT_UNIFORM]: fakeQuantUniform,
  [PASS_WITHIN]: passWithin,
};

export const quantizerPrograms: readonly GpuProgram[] = [
  largestProgram,
  limitsProgram,
  uniformProgram,
  rangeProgram,
  ...Object.values(codebookProgram),
  passWithinProgram,
];
