import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import { applyMask, roundHalfEven } from "../core/effective";
import type { ActivationQuantizer, ParameterQuantizer } from "../core/snapshot";
import { LiveQuantizer } from "./live-quantizer";
import { quantizeActivation } from "./transforms";
import { effectiveValues } from "../quantizers/effective";
import { refreshScales, type UniformQuantizer } from "../quantizers/weights/uniform";
import type { CodebookQuantizer } from "../quantizers/weights/codebook";
import { affineRange, fakeQuantizeRange } from "../quantizers/activations/affine";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const f32 = (...values: number[]) => Float32Array.from(values);
/** Float arrays with -0 as 0. */
const plain = (values: ArrayLike<number>) => Array.from(values, (v) => v + 0);

const fakeQuantize = (weights: tf.Tensor, quantizer: ParameterQuantizer, mask?: tf.Tensor): tf.Tensor =>
  new LiveQuantizer(quantizer).effective(weights, mask, undefined);

function onTensors(weights: Float32Array, quantizer: ParameterQuantizer, mask?: Uint8Array): number[] {
  return tf.tidy(() => {
    const maskTensor = mask && tf.tensor1d(Float32Array.from(mask));
    return plain(fakeQuantize(tf.tensor1d(weights), quantizer, maskTensor).dataSync());
  });
}

const uniform = (weights: Float32Array, bits: number, clips: Float32Array): UniformQuantizer =>
  refreshScales(weights, { kind: "uniform", bits, granularity: "channel", clips, scales: clips });

describe("fake quantization of weights is what the CPU computes, bit for bit", () => {
  const bits = fc.integer({ min: 2, max: 8 });
  const clips = fc.array(fc.constantFrom(1, 1, 0.5, 0.83), { minLength: 1, maxLength: 3 });
  const weight = fc.float({ min: -2, max: 2, noNaN: true }).filter((w) => w === 0 || Math.abs(w) > 1e-20);

  it("random values, uniform, with masks and groups of zeros", () => {
    fc.assert(
      fc.property(
        bits,
        clips,
        fc.array(weight, { minLength: 24, maxLength: 24 }),
        fc.nat({ max: 2 }),
        fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
        (b, clipList, values, zeroGroup, keeps) => {
          const groups = clipList.length;
          const mask = Uint8Array.from(keeps, (keep, i) => (keep && i % groups !== zeroGroup ? 1 : 0));
          const masked = applyMask(Float32Array.from(values), mask);
          const quantizer = uniform(masked, b, Float32Array.from(clipList));
          expect(onTensors(masked, quantizer, mask)).toEqual(plain(effectiveValues(masked, { mask, quantizer })));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([2, 3, 4, 8])("ties at %i bits go to the even code", (b) => {
    // The largest weight is L, so the scale is 1 and every half is a tie.
    const levels = 2 ** (b - 1) - 1;
    const weights = f32(levels, ...Array.from({ length: 2 * levels }, (_, i) => i - levels + 0.5));
    const quantizer = uniform(weights, b, f32(1));
    expect(quantizer.scales[0]).toBe(1);
    const expected = plain(weights.map(roundHalfEven));
    expect(onTensors(weights, quantizer)).toEqual(expected);
    expect(plain(effectiveValues(weights, { quantizer }))).toEqual(expected);
  });

  it("a group of zeros stays zero", () => {
    const weights = f32(0, 1, 0, -0.4);
    expect(onTensors(weights, uniform(weights, 3, f32(1, 1)))).toEqual(plain(f32(0, 1, 0, Math.fround(1 / 3) * -1)));
  });

  const book = (...values: number[]): CodebookQuantizer => ({ kind: "codebook", values: f32(...values) });

  it("codebook: nearest value, ties to the smaller index, removed weights 0", () => {
    // Half way: -0.25 between -1 and 0.5, 0.75 between 0.5 and 1. The unmasked 0 is a weight like any other.
    const weights = f32(-3, -0.25, 0.25, 0.75, 0, 0);
    const mask = Uint8Array.of(1, 1, 1, 1, 1, 0);
    const quantizer = book(-1, 0.5, 1);
    const expected = [-1, -1, 0.5, 0.5, 0.5, 0];
    expect(plain(effectiveValues(weights, { mask, quantizer }))).toEqual(expected);
    expect(onTensors(weights, quantizer, mask)).toEqual(expected);
  });

  it("codebook: random values, on a grid where fp32 takes differences without rounding", () => {
    const onGrid = fc.integer({ min: -128, max: 128 }).map((n) => n / 64);
    fc.assert(
      fc.property(
        fc.array(onGrid, { minLength: 1, maxLength: 16 }),
        fc.array(onGrid, { minLength: 20, maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        (values, weights, keeps) => {
          const mask = Uint8Array.from(keeps, Number);
          const masked = applyMask(Float32Array.from(weights), mask);
          const quantizer = book(...values);
          expect(onTensors(masked, quantizer, mask)).toEqual(plain(effectiveValues(masked, { mask, quantizer })));
        },
      ),
      { numRuns: 40 },
    );
  });
});

const gradient = (x: number[], f: (x: tf.Tensor) => tf.Tensor): number[] =>
  tf.tidy(() =>
    plain(
      tf
        .grad((t) => tf.sum(f(t)) as tf.Scalar)(tf.tensor1d(x))
        .dataSync(),
    ),
  );

describe("straight-through gradients (Bengio et al. 2013)", () => {
  it("activations: x = (-2, -0.5, 0.3, 2), range [-1, 1], dy = 1 -> dx = (0, 1, 1, 0)", () => {
    const dx = gradient([-2, -0.5, 0.3, 2], (x) => fakeQuantizeRange(x, tf.scalar(-1), tf.scalar(1), 8));
    expect(dx).toEqual([0, 1, 1, 0]);
  });

  it("weights pass inside the clip: 0.5 * max|w| = 1", () => {
    const quantizer = uniform(f32(2, 1, -1, -1.01, 0), 4, f32(0.5));
    const dx = gradient([2, 1, -1, -1.01, 0], (w) => fakeQuantize(w, quantizer));
    expect(dx).toEqual([0, 1, 1, 0, 1]);
  });

  it("with a clip of 1 every weight passes, the largest too", () => {
    const quantizer = uniform(f32(0.9, -0.2), 2, f32(1));
    expect(gradient([0.9, -0.2], (w) => fakeQuantize(w, quantizer))).toEqual([1, 1]);
  });

  const incoming = Array.from({ length: 24 }, (_, i) => i - 11.5);
  const value = fc.integer({ min: -16, max: 16 }).map((n) => n / 8);
  const values = fc.array(value, { minLength: 24, maxLength: 24 });

  it("of any weights: what comes in where |w| <= clip * max|w| of the group, else 0", () => {
    const clips = fc.array(fc.constantFrom(1, 0.5, 0.25), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(values, clips, fc.integer({ min: 2, max: 8 }), (w, clipList, bits) => {
        const groups = clipList.length;
        const quantizer = uniform(Float32Array.from(w), bits, Float32Array.from(clipList));
        const dx = gradient(w, (x) => tf.mul(fakeQuantize(x, quantizer), tf.tensor1d(incoming)));
        const largest = clipList.map((_, g) => Math.max(...w.filter((_, i) => i % groups === g).map(Math.abs)));
        const passes = (x: number, i: number) => Math.abs(x) <= clipList[i % groups]! * largest[i % groups]!;
        expect(dx).toEqual(w.map((x, i) => (passes(x, i) ? incoming[i]! : 0)));
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it("of any activations: what comes in between the ends of the nudged range, else 0", () => {
    const bound = fc.constantFrom(0, 0.3, 0.625, 1.25);
    fc.assert(
      fc.property(values, bound, bound, fc.integer({ min: 2, max: 8 }), (x, down, up, bits) => {
        const { scale, zeroPoint } = affineRange(Math.fround(-down), Math.fround(up), bits);
        const [low, high] = [-zeroPoint, 2 ** bits - 1 - zeroPoint].map((code) => Math.fround(code * scale));
        const dx = gradient(x, (t) =>
          tf.mul(fakeQuantizeRange(t, tf.scalar(-down), tf.scalar(up), bits), tf.tensor1d(incoming)),
        );
        expect(dx).toEqual(x.map((v, i) => (v >= low! && v <= high! ? incoming[i]! : 0)));
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it("a codebook passes everything", () => {
    const quantizer = { kind: "codebook", values: f32(-1, 1) } as const;
    expect(gradient([5, 0.1, 0], (w) => fakeQuantize(w, quantizer))).toEqual([1, 1, 1]);
  });

  it("carries the gradient that comes in", () => {
    const dx = gradient([0.3, 5], (x) =>
      tf.mul(fakeQuantizeRange(x, tf.scalar(0), tf.scalar(1), 4), tf.tensor1d([3, 3])),
    );
    expect(dx).toEqual([3, 0]);
  });

  it("leaves no tensor behind", () => {
    const before = tf.memory().numTensors;
    gradient([1, 2], (x) => fakeQuantizeRange(x, tf.scalar(0), tf.scalar(1), 4));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("affine activations (Jacob et al. 2018)", () => {
  it("[-1.02, 1.98] at 8 bits: S = 3 / 255, 1.02 / S = 86.7 -> Z = 87; 0.37 -> 118 -> 0.364706", () => {
    const quantizer = affineRange(-1.02, 1.98, 8);
    expect(quantizer.scale).toBeCloseTo(0.01176471, 8);
    expect(quantizer.zeroPoint).toBe(87);
    // The nudged range: -87 S and (255 - 87) S.
    expect(-87 * quantizer.scale).toBeCloseTo(-1.023529, 6);
    expect(168 * quantizer.scale).toBeCloseTo(1.976471, 6);
    const [y, zero, low, high] = quantized([0.37, 0, -5, 5], quantizer);
    expect(y! / quantizer.scale + 87).toBeCloseTo(118, 4);
    expect(y).toBeCloseTo(0.364706, 6);
    expect([zero, low, high]).toEqual([0, expect.closeTo(-1.023529, 6), expect.closeTo(1.976471, 6)]);
  });

  it.each([
    ["after a relu the zero point is 0", 0, 2, 0],
    ["0 is made part of the range", 1, 2, 0],
    ["negative values only", -2, -1, 15],
  ])("%s", (_, low, high, zeroPoint) => {
    const quantizer = affineRange(low, high, 4);
    expect(quantizer.zeroPoint).toBe(zeroPoint);
    expect(quantizer.scale).toBe(Math.fround(2 / 15));
  });

  it("a range of width 0 has scale 1", () => {
    expect(affineRange(0, 0, 8)).toEqual({ kind: "affine", bits: 8, scale: 1, zeroPoint: 0 });
    const trained = tf.tidy(() =>
      plain(fakeQuantizeRange(tf.tensor1d([0, 0]), tf.scalar(0), tf.scalar(0), 8).dataSync()),
    );
    expect(trained).toEqual([0, 0]);
  });

  it("training and inference round alike: fakeQuantizeRange(low, high) is quantizeActivation of affineRange(low, high)", () => {
    const bound = fc.float({ min: 0, max: 8, noNaN: true }).filter((v) => v === 0 || v > 1e-6);
    fc.assert(
      fc.property(
        bound,
        bound,
        fc.integer({ min: 2, max: 8 }),
        fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (down, up, bits, x) => {
          const [low, high] = [Math.fround(-down), Math.fround(up)];
          const trained = tf.tidy(() =>
            plain(fakeQuantizeRange(tf.tensor1d(x), tf.scalar(low), tf.scalar(high), bits).dataSync()),
          );
          expect(trained).toEqual(quantized(x, affineRange(low, high, bits)));
        },
      ),
      { numRuns: 60 },
    );
  });

  const quantized = (x: number[], quantizer: ActivationQuantizer) =>
    tf.tidy(() => plain(quantizeActivation(tf.tensor1d(x), quantizer).dataSync()));
});
