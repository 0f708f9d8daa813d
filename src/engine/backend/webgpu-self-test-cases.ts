/**
 * The small cases on which each WebGPU kernel is compared with the composed operation before it is used, besides those
 * of self-test-cases.ts: what is particular to it are sums over more rows than one workgroup takes.
 */
import { selfTestCases, type SelfTestCase, type SelfTestInput } from "./self-test-cases";

/** Off the origin, where sums of squares would cancel. */
const rows: SelfTestInput = { shape: [300, 19], low: 3, high: 5 };
const each: SelfTestInput = { shape: [19], low: 0.5, high: 1.5 };

const more: Readonly<Record<string, readonly SelfTestCase[]>> = {
  Mean: [{ inputs: { x: rows }, attrs: { axis: 0, keepDims: true } }],
  Sum: [{ inputs: { x: rows }, attrs: { axis: [0], keepDims: false } }],
  StudioBatchNorm: [{ inputs: { x: rows, gamma: each, beta: each }, attrs: { epsilon: 1e-3 } }],
  StudioBatchNormGrad: [
    {
      inputs: { dy: { ...rows, low: -1, high: 1 }, x: rows, gamma: each, mean: each, inverse: each },
      attrs: {},
    },
  ],
  StudioFakeQuantUniform: [{ inputs: { x: rows, clips: { ...each, high: 1 } }, attrs: { bits: 4 } }],
  StudioFollow: [
    {
      inputs: { first: each, firstNext: each, second: each, secondNext: { ...each, high: 0.6 } },
      attrs: { decay: 0.9 },
    },
  ],
  StudioSgd: [
    {
      inputs: {
        value: { shape: [7], low: -1, high: 1 },
        gradient: { shape: [7], low: 1, high: 2 },
        velocity: { shape: [7], low: -1, high: 1 },
        mask: { shape: [7], low: 0, high: 0 },
      },
      attrs: { learningRate: 0.1, momentum: 0.9 },
    },
  ],
  StudioSoftmaxCrossEntropy: [
    {
      inputs: { logits: { shape: [5, 7], low: -30, high: 30 }, target: { shape: [5, 7], low: 0, high: 0.3 } },
      attrs: {},
    },
  ],
  StudioSpread: [
    { inputs: { dy: { shape: [6], low: -1, high: 1 } }, attrs: { shape: [3, 2, 5], axes: [2], scale: 1 } },
  ],
};

/** Cases of a kernel by its name. */
export const gpuSelfTestCases = (name: string): readonly SelfTestCase[] => [
  ...(selfTestCases[name] ?? []),
  ...(more[name] ?? []),
];
