/**
 * For tests only: random cases of each training kernel, small in shape and wide in kind. Values come from a seed; shapes
 * and attributes are what fast-check draws and shrinks.
 */
import fc from "fast-check";
import { convGeometry, poolGeometry, type ConvAttrs } from "./conv-geometry";
import { sample, type Sample } from "./node-wasm.testing";

/** What a kernel is called with. A failed property shows it by its shapes; the values follow from their seed. */
export interface KernelCase {
  readonly inputs: Readonly<Record<string, Sample>>;
  readonly attrs: object;
}

const described = (drawn: KernelCase): KernelCase & fc.WithToStringMethod => ({
  ...drawn,
  [fc.toStringMethod]: () =>
    JSON.stringify([Object.entries(drawn.inputs).map(([name, { shape }]) => [name, ...shape]), drawn.attrs]),
});

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const seeds = fc.nat({ max: 999 });

/** sample with each value changed. */
function mapped(shape: readonly number[], seed: number, change: (value: number) => number): Sample {
  return { shape, values: Float32Array.from(sample(shape, seed).values, change) };
}

/** Multiples of 1/8, so that values are equal, on an edge or half way between two others as often as not. */
const onGrid = (shape: readonly number[], seed: number): Sample => mapped(shape, seed, (v) => Math.round(v * 8) / 8);

/** Zeros and ones. */
const maskOf = (shape: readonly number[], seed: number): Sample => mapped(shape, seed, (v) => (v > 0 ? 1 : 0));

const scalar = (value: number): Sample => ({ shape: [], values: Float32Array.of(value) });

// Convolutions

interface ConvCase {
  readonly x: readonly [batch: number, height: number, width: number, channels: number];
  readonly kernel: readonly [number, number];
  /** Filters, or output channels for each input channel of a depthwise one. */
  readonly filters: number;
  readonly strides: readonly [number, number];
  readonly pad: ConvAttrs["pad"];
  readonly seed: number;
}

const pads: fc.Arbitrary<ConvAttrs["pad"]> = fc.oneof(
  fc.constantFrom("same" as const, "valid" as const),
  between(0, 3),
  fc
    .tuple(between(0, 2), between(0, 2), between(0, 2), between(0, 2))
    .map(([top, bottom, left, right]): ConvAttrs["pad"] => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]),
);

const images = fc.tuple(between(1, 3), between(5, 11), between(5, 11), between(1, 9));

const anyConv: fc.Arbitrary<ConvCase> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      x: images,
      kernel: fc.tuple(between(1, 5), between(1, 5)),
      filters: between(1, 13),
      strides: fc.tuple(between(1, 3), between(1, 3)),
      pad: pads,
      seed: seeds,
    }),
  },
  {
    // More patch columns than are packed at a time.
    weight: 1,
    arbitrary: fc.constant<ConvCase>({
      x: [2, 9, 8, 21],
      kernel: [5, 5],
      filters: 10,
      strides: [1, 1],
      pad: "same",
      seed: 1,
    }),
  },
);

/** 3x3 with stride 1 and more than one channel. */
const winogradConv: fc.Arbitrary<ConvCase> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      x: fc.tuple(between(1, 3), between(5, 11), between(5, 11), between(2, 9)),
      kernel: fc.constant([3, 3] as const),
      filters: between(2, 13),
      strides: fc.constant([1, 1] as const),
      pad: pads,
      seed: seeds,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<ConvCase>({
      x: [4, 13, 18, 9],
      kernel: [3, 3],
      filters: 21,
      strides: [1, 1],
      pad: "same",
      seed: 1,
    }),
  },
);

/** tfjs takes the height's kernel and stride for the width too where the padding is one number. */
const square = (c: ConvCase): ConvCase =>
  typeof c.pad === "number" ? { ...c, kernel: [c.kernel[0], c.kernel[0]], strides: [c.strides[0], c.strides[0]] } : c;

const isWinograd = ({ kernel, strides }: ConvCase): boolean => [...kernel, ...strides].join() === "3,3,1,1";
const directConv = anyConv.map(square).filter((c) => !isWinograd(c));
const depthwiseConv = anyConv.map(square).map((c) => ({ ...c, filters: ((c.filters - 1) % 3) + 1 }));

function convCase(c: ConvCase, depthwise: boolean) {
  const attrs: ConvAttrs = { strides: [...c.strides], pad: c.pad, dataFormat: "NHWC", dilations: [1, 1] };
  const filterShape = [...c.kernel, c.x[3], c.filters];
  const g = convGeometry(c.x, filterShape, attrs, depthwise);
  return {
    attrs,
    filterShape,
    x: sample(c.x, c.seed),
    filter: sample(filterShape, c.seed + 1),
    dy: sample([g.batch, g.outHeight, g.outWidth, g.outChannels], c.seed + 2),
    bias: sample([g.outChannels], c.seed + 3),
  };
}

const forward = (c: ConvCase): KernelCase => {
  const { x, filter, attrs } = convCase(c, false);
  return { inputs: { x, filter }, attrs };
};

const filterGradient =
  (depthwise: boolean) =>
  (c: ConvCase): KernelCase => {
    const { x, dy, attrs, filterShape } = convCase(c, depthwise);
    return { inputs: { x, dy }, attrs: { ...attrs, filterShape } };
  };

const inputGradient =
  (depthwise: boolean) =>
  (c: ConvCase): KernelCase => {
    const { dy, filter, attrs, x } = convCase(c, depthwise);
    return { inputs: { dy, filter }, attrs: { ...attrs, inputShape: x.shape } };
  };

const fused = (convs: fc.Arbitrary<ConvCase>): fc.Arbitrary<KernelCase> =>
  fc.tuple(convs, fc.constantFrom("linear", "relu", "relu6"), fc.boolean()).map(([c, activation, biased]) => {
    const { x, filter, attrs, bias } = convCase(c, false);
    return { inputs: { x, filter, ...(biased ? { bias } : {}) }, attrs: { ...attrs, activation } };
  });

// Pooling

const pooling = (valuesOf: typeof sample): fc.Arbitrary<KernelCase> =>
  fc
    .record({
      x: images,
      filterSize: fc.tuple(between(1, 4), between(1, 4)),
      strides: fc.tuple(between(1, 3), between(1, 3)),
      pad: fc.constantFrom("same" as const, "valid" as const),
      seed: seeds,
    })
    .map(({ x, filterSize, strides, pad, seed }) => {
      const attrs = { filterSize, strides, pad };
      const g = poolGeometry(x, attrs);
      const input = valuesOf(x, seed);
      return { inputs: { input, dy: sample([g.batch, g.outHeight, g.outWidth, g.outChannels], seed + 1) }, attrs };
    });

// Products and sums

const length = fc.oneof({ weight: 8, arbitrary: between(1, 19) }, { weight: 1, arbitrary: between(60, 90) });
const innerLength = fc.oneof({ weight: 8, arbitrary: between(1, 19) }, { weight: 1, arbitrary: between(380, 400) });

const matMul: fc.Arbitrary<KernelCase> = fc
  .record({
    m: length,
    n: length,
    k: innerLength,
    batches: fc.constantFrom(
      [[], []],
      [[2], [2]],
      [[3], [1]],
      [[1], [2]],
      [
        [2, 2],
        [2, 2],
      ],
    ),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed: seeds,
  })
  .map(({ m, n, k, batches: [ofA = [], ofB = []], transposeA, transposeB, seed }) => ({
    inputs: {
      a: sample([...ofA, ...(transposeA ? [k, m] : [m, k])], seed),
      b: sample([...ofB, ...(transposeB ? [n, k] : [k, n])], seed + 1),
    },
    attrs: { transposeA, transposeB },
  }));

const shapes = fc.oneof(
  { weight: 5, arbitrary: fc.array(between(1, 7), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.tuple(between(65, 140), between(1, 37)) },
);
const shapeAndAxes = shapes.chain((shape) =>
  fc.tuple(fc.constant(shape as readonly number[]), fc.subarray([...shape.keys()], { minLength: 1 })),
);

const reduction: fc.Arbitrary<KernelCase> = fc
  .tuple(shapeAndAxes, fc.boolean(), seeds)
  .map(([[shape, axis], keepDims, seed]) => ({ inputs: { x: sample(shape, seed) }, attrs: { axis, keepDims } }));

const spread: fc.Arbitrary<KernelCase> = fc
  .tuple(shapeAndAxes, fc.constantFrom(1, 0.25), seeds)
  .map(([[shape, axes], scale, seed]) => {
    const kept = shape.filter((_, axis) => !axes.includes(axis));
    return { inputs: { dy: sample(kept, seed) }, attrs: { shape: [...shape], axes, scale } };
  });

const segmentSum: fc.Arbitrary<KernelCase> = fc
  .tuple(between(1, 9), between(1, 5), between(1, 4), seeds)
  .map(([rows, width, numSegments, seed]) => {
    // Some ids are outside, which drops their rows.
    const ids = Int32Array.from(sample([rows], seed + 1).values, (v) => Math.floor((v + 1) * numSegments * 0.6) - 1);
    return {
      inputs: { x: sample([rows, width], seed), segmentIds: { shape: [rows], values: ids } },
      attrs: { numSegments },
    };
  });

// The studio's own operations

const reluGradient: fc.Arbitrary<KernelCase> = fc
  .tuple(between(1, 70), fc.constantFrom(Number.POSITIVE_INFINITY, 6), seeds)
  .map(([size, ceiling, seed]) => ({
    inputs: { dy: sample([size], seed), x: mapped([size], seed + 1, (v) => Math.round(v * 10)) },
    attrs: { ceiling },
  }));

const rowsAndChannels = fc.tuple(between(1, 70), between(1, 23));

const batchNorm: fc.Arbitrary<KernelCase> = fc
  .tuple(rowsAndChannels, fc.constantFrom(0, 3), seeds)
  .map(([[rows, channels], mean, seed]) => ({
    inputs: {
      x: mapped([rows, channels], seed, (v) => v + mean),
      gamma: sample([channels], seed + 1),
      beta: sample([channels], seed + 2),
    },
    attrs: { epsilon: 1e-3 },
  }));

const batchNormGradient: fc.Arbitrary<KernelCase> = fc
  .tuple(rowsAndChannels, seeds)
  .map(([[rows, channels], seed]) => ({
    inputs: {
      dy: sample([rows, channels], seed),
      x: sample([rows, channels], seed + 1),
      gamma: sample([channels], seed + 2),
      mean: sample([channels], seed + 3),
      inverse: mapped([channels], seed + 4, (v) => v + 1.5),
    },
    attrs: {},
  }));

const optimizer = fc.record({
  size: between(1, 40),
  withMask: fc.boolean(),
  learningRate: fc.constantFrom(1e-3, 0.1),
  momentum: fc.constantFrom(0, 0.9),
  step: fc.constantFrom(1, 2, 17, 1000),
  seed: seeds,
});

const adam: fc.Arbitrary<KernelCase> = optimizer.map(({ size, withMask, learningRate, step, seed }) => ({
  inputs: {
    value: sample([size], seed),
    gradient: sample([size], seed + 1),
    m: sample([size], seed + 2),
    v: mapped([size], seed + 3, (v) => v * v),
    ...(withMask ? { mask: maskOf([size], seed + 4) } : {}),
  },
  attrs: { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step },
}));

const sgd: fc.Arbitrary<KernelCase> = optimizer.map(({ size, withMask, learningRate, momentum, seed }) => ({
  inputs: {
    value: sample([size], seed),
    gradient: sample([size], seed + 1),
    velocity: sample([size], seed + 2),
    ...(withMask ? { mask: maskOf([size], seed + 4) } : {}),
  },
  attrs: { learningRate, momentum },
}));

const follow: fc.Arbitrary<KernelCase> = optimizer.map(({ size, momentum, seed }) => ({
  inputs: {
    first: sample([size], seed),
    firstNext: sample([size], seed + 1),
    second: sample([size], seed + 2),
    secondNext: sample([size], seed + 3),
  },
  attrs: { decay: momentum },
}));

const softmaxCrossEntropy: fc.Arbitrary<KernelCase> = fc
  .tuple(between(1, 9), between(1, 40), fc.constantFrom(1, 10, 1000), seeds)
  .map(([batch, classes, scale, seed]) => {
    const target = mapped([batch, classes], seed + 1, (v) => v + 1);
    for (let row = 0; row < batch; row++) {
      const ofRow = Float32Array.from(target.values.subarray(row * classes, (row + 1) * classes));
      const total = ofRow.reduce((sum, v) => sum + v, 0);
      target.values.set(
        ofRow.map((v) => v / total),
        row * classes,
      );
    }
    return { inputs: { logits: mapped([batch, classes], seed, (v) => v * scale), target }, attrs: {} };
  });

// Fake quantizers

const grouped = fc.record({
  rows: between(1, 13),
  groups: between(1, 11),
  bits: between(2, 8),
  drawn: fc.constantFrom(sample, onGrid),
  seed: seeds,
});

const fakeQuantUniform: fc.Arbitrary<KernelCase> = fc
  .tuple(grouped, fc.nat({ max: 11 }))
  .map(([{ rows, groups, bits, drawn, seed }, zeroGroup]) => {
    const x = drawn([rows, groups], seed);
    for (let row = 0; row < rows && zeroGroup < groups; row++) x.values[row * groups + zeroGroup] = 0;
    const clips = mapped([groups], seed + 1, (v) => (v > 0 ? 1 : 0.75 + v / 4));
    return { inputs: { x, clips }, attrs: { bits } };
  });

const fakeQuantRange: fc.Arbitrary<KernelCase> = fc
  .tuple(grouped, fc.constantFrom([0, 0], [0, 0.75], [-0.5, 0], [-0.625, 0.3], [-1, 1] as readonly number[]))
  .map(([{ rows, groups, bits, drawn, seed }, [low = 0, high = 0]]) => ({
    inputs: { x: drawn([rows, groups], seed), low: scalar(low), high: scalar(high) },
    attrs: { bits },
  }));

const fakeQuantCodebook: fc.Arbitrary<KernelCase> = fc
  .tuple(grouped, between(1, 20), fc.boolean())
  .map(([{ rows, groups, drawn, seed }, count, withMask]) => ({
    inputs: {
      x: drawn([rows, groups], seed),
      values: drawn([count], seed + 1),
      ...(withMask ? { mask: maskOf([rows, groups], seed + 2) } : {}),
    },
    attrs: {},
  }));

const passWithin: fc.Arbitrary<KernelCase> = grouped.map(({ rows, groups, drawn, seed }) => ({
  inputs: {
    dy: sample([rows, groups], seed),
    x: drawn([rows, groups], seed + 1),
    limits: drawn([2, groups], seed + 2),
  },
  attrs: {},
}));

const cases = {
  directConv: directConv.map(forward),
  winogradConv: winogradConv.map(forward),
  fusedDirectConv: fused(directConv),
  fusedWinogradConv: fused(winogradConv),
  directFilterGradient: directConv.map(filterGradient(false)),
  winogradFilterGradient: winogradConv.map(filterGradient(false)),
  directInputGradient: directConv.map(inputGradient(false)),
  winogradInputGradient: winogradConv.map(inputGradient(false)),
  depthwiseFilterGradient: depthwiseConv.map(filterGradient(true)),
  depthwiseInputGradient: depthwiseConv.map(inputGradient(true)),
  maxPoolGradient: fc.oneof(pooling(sample), pooling(onGrid)),
  averagePoolGradient: pooling(sample),
  matMul,
  reduction,
  spread,
  segmentSum,
  reluGradient,
  batchNorm,
  batchNormGradient,
  adam,
  sgd,
  follow,
  softmaxCrossEntropy,
  fakeQuantUniform,
  fakeQuantRange,
  fakeQuantCodebook,
  passWithin,
} as const;

export type KernelCaseName = keyof typeof cases;

export const kernelCases = (name: KernelCaseName): fc.Arbitrary<KernelCase> =>
  (cases[name] as fc.Arbitrary<KernelCase>).map(described);
