/**
 * The fused training operations in WGSL. fused-composed.ts says what each means; webgpu-kernels.ts binds them to
 * tensors. All sums are taken in one order whatever the device does in parallel, so the same inputs give the same bits.
 */
import type { GpuProgram } from "./webgpu-device";

/** Invocations of a workgroup of the elementwise programs. */
const wide = 256;

/** One invocation for each element of `output`. */
export const elementwise = (
  program: Pick<GpuProgram, "key" | "inputs" | "outputs" | "uniforms" | "body"> & { readonly output: string },
): GpuProgram => ({
  ...program,
  workgroupSize: wide,
  body: `if (index >= uniforms.${program.output}Size) { return; }\n${program.body}`,
});

/** Workgroups of an elementwise program. */
export const groupsFor = (size: number): number => Math.ceil(size / wide);

const adam = (masked: boolean): GpuProgram => {
  const mask = masked ? " * mask[index]" : "";
  return elementwise({
    key: masked ? "adam-masked" : "adam",
    inputs: ["value", "gradient", "m", "v", ...(masked ? ["mask"] : [])],
    outputs: ["newValue", "newM", "newV"],
    // The first three are ready-made: learningRate / (1 - beta1^step), 1 - beta1, 1 - beta2.
    uniforms: [
      ["rate", "f32"],
      ["share1", "f32"],
      ["share2", "f32"],
      ["beta1", "f32"],
      ["beta2", "f32"],
      ["correction", "f32"],
      ["epsilon", "f32"],
    ],
    output: "newValue",
    body: `
  let g = gradient[index]${mask};
  let first = (m[index] * uniforms.beta1 + g * uniforms.share1)${mask};
  let second = (v[index] * uniforms.beta2 + g * g * uniforms.share2)${mask};
  let change = first * uniforms.rate / (sqrt(second / uniforms.correction) + uniforms.epsilon);
  newValue[index] = (value[index] - change)${mask};
  newM[index] = first;
  newV[index] = second;`,
  });
};

const sgd = (masked: boolean): GpuProgram => {
  const mask = masked ? " * mask[index]" : "";
  return elementwise({
    key: masked ? "sgd-masked" : "sgd",
    inputs: ["value", "gradient", "velocity", ...(masked ? ["mask"] : [])],
    outputs: ["newValue", "newVelocity"],
    uniforms: [
      ["learningRate", "f32"],
      ["momentum", "f32"],
    ],
    output: "newValue",
    body: `
  let moved = (velocity[index] * uniforms.momentum + gradient[index]${mask})${mask};
  newValue[index] = (value[index] - moved * uniforms.learningRate)${mask};
  newVelocity[index] = moved;`,
  });
};

export const adamProgram = { plain: adam(false), masked: adam(true) } as const;
export const sgdProgram = { plain: sgd(false), masked: sgd(true) } as const;

export const reluGradProgram = elementwise({
  key: "relu-grad",
  inputs: ["dy", "x"],
  outputs: ["dx"],
  uniforms: [["ceiling", "f32"]],
  output: "dx",
  body: `dx[index] = select(0.0, dy[index], x[index] > 0.0 && x[index] <= uniforms.ceiling);`,
});

/** The reduced axes seen as the middle of [outer, rows, inner]. */
export const spreadProgram = elementwise({
  key: "spread",
  inputs: ["dy"],
  outputs: ["dx"],
  uniforms: [
    ["stretch", "i32"],
    ["inner", "i32"],
    ["scale", "f32"],
  ],
  output: "dx",
  body: `dx[index] = dy[index / uniforms.stretch * uniforms.inner + index % uniforms.inner] * uniforms.scale;`,
});

/**
 * Reductions over the rows of a matrix [R,C]. A workgroup takes 16 columns and a chunk of rows: neighbours in a row lie
 * side by side in memory, and the 16 sums of a column are joined in workgroup memory as a tree.
 */
export const tileColumns = 16;
const tileRows = 16;
export const tile = tileColumns * tileRows;

/** Rows that an invocation should have at least before another chunk pays. */
const rowsEach = 8;
/** Chunks beyond which joining them costs more than it spreads. */
const mostChunks = 256;

export interface Chunks {
  readonly rowsPerChunk: number;
  readonly chunks: number;
}

/** How the rows are divided: enough workgroups to fill a GPU, and no more. */
export function chunksOf(rows: number): Chunks {
  const wanted = Math.min(mostChunks, Math.ceil(rows / (tileRows * rowsEach)));
  const rowsPerChunk = Math.ceil(rows / wanted);
  return { rowsPerChunk, chunks: Math.ceil(rows / rowsPerChunk) };
}

export const matrixUniforms = [
  ["rows", "i32"],
  ["columns", "i32"],
  ["rowsPerChunk", "i32"],
] as const;

/** `column`, `row0` (the invocation's place among 16), and the chunk's rows [begin, end). */
export const chunkOfRows = `
  let column = i32(group.x) * ${tileColumns} + lane % ${tileColumns};
  let row0 = lane / ${tileColumns};
  let chunk = i32(group.y);
  let begin = chunk * uniforms.rowsPerChunk;
  let end = min(begin + uniforms.rowsPerChunk, uniforms.rows);
  let inside = column < uniforms.columns;`;

/** Joins the `part` of each invocation into `sums[lane]` of its column's first, as a tree. */
export const joinColumn = (join: (a: string, b: string) => string): string => `
  sums[lane] = part;
  workgroupBarrier();
  for (var reach = ${tileRows / 2}; reach > 0; reach = reach / 2) {
    if (row0 < reach) { sums[lane] = ${join("sums[lane]", `sums[lane + reach * ${tileColumns}]`)}; }
    workgroupBarrier();
  }`;

const joinSums = joinColumn((a, b) => `${a} + ${b}`);

const pairs = `var<workgroup> sums: array<vec2<f32>, ${tile}>;`;

/** x [R,C] -> sums of its chunks' columns [chunks,C]. */
export const columnSumProgram: GpuProgram = {
  key: "column-sum",
  inputs: ["x"],
  outputs: ["partial"],
  uniforms: [...matrixUniforms, ["scale", "f32"]],
  workgroupSize: tile,
  declarations: `var<workgroup> sums: array<f32, ${tile}>;`,
  body: `${chunkOfRows}
  var part = 0.0;
  if (inside) {
    for (var row = begin + row0; row < end; row = row + ${tileRows}) { part = part + x[row * uniforms.columns + column]; }
  }
${joinSums}
  if (row0 == 0 && inside) { partial[chunk * uniforms.columns + column] = sums[lane] * uniforms.scale; }`,
};

/** Chan et al. 1979: mean and sum of squared deviations of two samples together. */
const joinMoments = `
struct Moments { count: f32, mean: f32, squares: f32 }
fn join(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  if (b.count == 0.0 || count == 0.0) { return a; }
  let apart = b.mean - a.mean;
  let share = b.count / count;
  return Moments(count, a.mean + apart * share, a.squares + b.squares + apart * apart * a.count * share);
}`;

/** x [R,C] -> mean and sum of squared deviations of its chunks' columns, each [chunks,C]. */
export const momentsProgram: GpuProgram = {
  key: "moments",
  inputs: ["x"],
  outputs: ["means", "squares"],
  uniforms: matrixUniforms,
  workgroupSize: tile,
  declarations: pairs,
  body: `${chunkOfRows}
  // Differences from a value of the column: squares of the values themselves would cancel where the mean is large.
  var origin = 0.0;
  var part = vec2<f32>(0.0);
  if (inside) {
    origin = x[begin * uniforms.columns + column];
    for (var row = begin + row0; row < end; row = row + ${tileRows}) {
      let apart = x[row * uniforms.columns + column] - origin;
      part = part + vec2<f32>(apart, apart * apart);
    }
  }
${joinSums}
  if (row0 == 0 && inside) {
    let count = f32(end - begin);
    let place = chunk * uniforms.columns + column;
    means[place] = origin + sums[lane].x / count;
    squares[place] = max(0.0, sums[lane].y - sums[lane].x * sums[lane].x / count);
  }`,
};

/** Moments of the chunks [chunks,C] -> mean, biased variance, 1 / sqrt(variance + epsilon), each [C]. */
export const joinMomentsProgram: GpuProgram = {
  key: "join-moments",
  inputs: ["means", "squares"],
  outputs: ["mean", "variance", "inverse"],
  uniforms: [...matrixUniforms, ["chunks", "i32"], ["epsilon", "f32"]],
  workgroupSize: tile,
  declarations: `${joinMoments}\nvar<workgroup> parts: array<Moments, ${tile}>;`,
  body: `
  let column = i32(group.x) * ${tileColumns} + lane % ${tileColumns};
  let row0 = lane / ${tileColumns};
  let inside = column < uniforms.columns;
  var joined = Moments(0.0, 0.0, 0.0);
  if (inside) {
    for (var chunk = row0; chunk < uniforms.chunks; chunk = chunk + ${tileRows}) {
      let begin = chunk * uniforms.rowsPerChunk;
      let count = f32(min(uniforms.rowsPerChunk, uniforms.rows - begin));
      let place = chunk * uniforms.columns + column;
      joined = join(joined, Moments(count, means[place], squares[place]));
    }
  }
  parts[lane] = joined;
  workgroupBarrier();
  for (var reach = ${tileRows / 2}; reach > 0; reach = reach / 2) {
    if (row0 < reach) { parts[lane] = join(parts[lane], parts[lane + reach * ${tileColumns}]); }
    workgroupBarrier();
  }
  if (row0 == 0 && inside) {
    let all = parts[lane];
    let spread = all.squares / all.count;
    mean[column] = all.mean;
    variance[column] = spread;
    inverse[column] = 1.0 / sqrt(spread + uniforms.epsilon);
  }`,
};

export const normalizeProgram = elementwise({
  key: "normalize",
  inputs: ["x", "gamma", "beta", "mean", "inverse"],
  outputs: ["y"],
  uniforms: [],
  output: "y",
  body: `
  let c = index % uniforms.gammaSize;
  y[index] = (x[index] - mean[c]) * (inverse[c] * gamma[c]) + beta[c];`,
});

/** dy, x [R,C], mean, inverse [C] -> chunks' sums of dy and of dy * (x - mean) * inverse, each [chunks,C]. */
export const normGradSumsProgram: GpuProgram = {
  key: "norm-grad-sums",
  inputs: ["dy", "x", "mean", "inverse"],
  outputs: ["offsets", "gains"],
  uniforms: matrixUniforms,
  workgroupSize: tile,
  declarations: pairs,
  body: `${chunkOfRows}
  var part = vec2<f32>(0.0);
  if (inside) {
    let centre = mean[column];
    let factor = inverse[column];
    for (var row = begin + row0; row < end; row = row + ${tileRows}) {
      let place = row * uniforms.columns + column;
      part = part + vec2<f32>(dy[place], dy[place] * ((x[place] - centre) * factor));
    }
  }
${joinSums}
  if (row0 == 0 && inside) {
    let place = chunk * uniforms.columns + column;
    offsets[place] = sums[lane].x;
    gains[place] = sums[lane].y;
  }`,
};

/** Two matrices [R,C] -> their columns' sums [C]. */
export const joinSumsProgram: GpuProgram = {
  key: "join-sums",
  inputs: ["offsets", "gains"],
  outputs: ["dbeta", "dgamma"],
  uniforms: matrixUniforms,
  workgroupSize: tile,
  declarations: pairs,
  body: `${chunkOfRows}
  var part = vec2<f32>(0.0);
  if (inside) {
    for (var row = begin + row0; row < end; row = row + ${tileRows}) {
      let place = row * uniforms.columns + column;
      part = part + vec2<f32>(offsets[place], gains[place]);
    }
  }
${joinSums}
  if (row0 == 0 && inside) {
    dbeta[column] = sums[lane].x;
    dgamma[column] = sums[lane].y;
  }`,
};

export const normGradProgram = elementwise({
  key: "norm-grad",
  inputs: ["dy", "x", "gamma", "mean", "inverse", "dgamma", "dbeta"],
  outputs: ["dx"],
  uniforms: [["rows", "f32"]],
  output: "dx",
  body: `
  let c = index % uniforms.gammaSize;
  let unit = (x[index] - mean[c]) * inverse[c];
  dx[index] = (dy[index] - (dbeta[c] + unit * dgamma[c]) / uniforms.rows) * (gamma[c] * inverse[c]);`,
});

/** Two averages at once: each moves towards its next value, keeping the share `decay` of what it was. */
export const followProgram = elementwise({
  key: "follow",
  inputs: ["first", "firstNext", "second", "secondNext"],
  outputs: ["newFirst", "newSecond"],
  // Ready-made: 1 - decay.
  uniforms: [
    ["decay", "f32"],
    ["share", "f32"],
  ],
  output: "newFirst",
  body: `
  newFirst[index] = first[index] * uniforms.decay + firstNext[index] * uniforms.share;
  newSecond[index] = second[index] * uniforms.decay + secondNext[index] * uniforms.share;`,
});

/** logits, wanted [B,C] -> the mean loss [] and (softmax - wanted) / B [B,C], in one workgroup: an invocation has a row. */
export const softmaxCrossEntropyProgram: GpuProgram = {
  key: "softmax-cross-entropy",
  inputs: ["logits", "wanted"],
  outputs: ["loss", "gradient"],
  uniforms: [
    ["rows", "i32"],
    ["columns", "i32"],
  ],
  workgroupSize: tile,
  declarations: `var<workgroup> sums: array<f32, ${tile}>;`,
  body: `
  var own = 0.0;
  for (var row = lane; row < uniforms.rows; row = row + ${tile}) {
    let begin = row * uniforms.columns;
    let end = begin + uniforms.columns;
    var largest = logits[begin];
    for (var i = begin + 1; i < end; i = i + 1) { largest = max(largest, logits[i]); }
    var total = 0.0;
    for (var i = begin; i < end; i = i + 1) { total = total + exp(logits[i] - largest); }
    let rest = log(total);
    for (var i = begin; i < end; i = i + 1) {
      let logProbability = logits[i] - largest - rest;
      own = own - wanted[i] * logProbability;
      gradient[i] = (exp(logProbability) - wanted[i]) / f32(uniforms.rows);
    }
  }
  sums[lane] = own;
  workgroupBarrier();
  for (var reach = ${tile / 2}; reach > 0; reach = reach / 2) {
    if (lane < reach) { sums[lane] = sums[lane] + sums[lane + reach]; }
    workgroupBarrier();
  }
  if (lane == 0) { loss[0] = sums[0] / f32(uniforms.rows); }`,
};

/** All programs of this file. */
export const trainingPrograms: readonly GpuProgram[] = [
  ...Object.values(adamProgram),
  ...Object.values(sgdProgram),
  reluGradProgram,
  spreadProgram,
  columnSumProgram,
  momentsProgram,
  joinMomentsProgram,
  normalizeProgram,
  normGradSumsProgram,
  joinSumsProgram,
  normGradProgram,
  followProgram,
  softmaxCrossEntropyProgram,
];
