/**
 * Affine quantizer: `q = clamp(round(x / S) + Z, 0, 2^bits - 1)`, value `(q - Z) * S`. Real 0 is exact (Jacob et al.
 * 2018). While it trains it keeps a range `[low, high]` around 0, from which scale and zero point follow.
 */
import * as tf from "@tensorflow/tfjs-core";
import * as v from "valibot";
import { followAverages } from "../../backend/fused";
import { FAKE_QUANT_RANGE, runFused } from "../../backend/fused-composed";
import { roundHalfEven } from "../../core/effective";
import { straightThrough } from "../straight-through";
import { defineActivationKind } from "./kind";

export interface AffineQuantizer {
  readonly kind: "affine";
  /** 1 to 16. */
  readonly bits: number;
  /** > 0 */
  readonly scale: number;
  /** Integer in [0, 2^bits - 1]: real 0 is exact. */
  readonly zeroPoint: number;
}

declare module "../../core/snapshot" {
  interface ActivationQuantizers {
    affine: AffineQuantizer;
  }
}

/** Widest zero point; fp32 activations have no quantizer. */
const mostBits = 16;

/** The quantizer of a range, nudged so that real 0 is exact (Jacob et al. 2018); a range of width 0 gets scale 1. */
export function affineRange(low: number, high: number, bits: number): AffineQuantizer {
  const top = 2 ** bits - 1;
  const min = Math.min(low, 0);
  const width = Math.max(high, 0) - min;
  const scale = width > 0 ? Math.fround(Math.fround(width) / top) : 1;
  const zeroPoint = Math.max(0, Math.min(top, roundHalfEven(Math.fround(-min / scale))));
  return { kind: "affine", bits, scale, zeroPoint };
}

/**
 * Fake quantization with tensors for the range: gradient dy inside the nudged range, else 0.
 * @param low, high scalars, low <= 0 <= high
 */
export function fakeQuantizeRange(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor, bits: number): tf.Tensor {
  return straightThrough(x, (input) => runFused(FAKE_QUANT_RANGE, { x: input, low, high }, { bits }));
}

export const affine = defineActivationKind<AffineQuantizer>({
  kind: "affine",
  since: 1,
  attributes: { bits: v.number(), scale: v.number(), zeroPoint: v.number() },
  problem({ bits, scale: exact, zeroPoint }) {
    const scale = Math.fround(exact);
    if (!Number.isInteger(bits) || bits < 1 || bits > mostBits) return `expected 1 to ${mostBits} bits, got ${bits}`;
    if (!(scale > 0 && Number.isFinite(scale))) return `expected a finite fp32 scale above 0, got ${scale}`;
    if (!Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint >= 2 ** bits) {
      return `expected a zero point in [0, ${2 ** bits - 1}], got ${zeroPoint}`;
    }
    return undefined;
  },
  values: ({ bits }) => 2 ** bits,
  value(x, { bits, scale, zeroPoint }) {
    const q = roundHalfEven(Math.fround(Math.fround(x) / Math.fround(scale))) + zeroPoint;
    return Math.fround((Math.max(0, Math.min(2 ** bits - 1, q)) - zeroPoint) * Math.fround(scale));
  },
  apply(x, { bits, scale, zeroPoint }) {
    const q = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zeroPoint), 0, 2 ** bits - 1);
    return tf.mul(tf.sub(q, zeroPoint), scale);
  },
  state: { low: "observed", high: "observed" },
  initial: ({ bits, scale, zeroPoint }) => ({ low: -zeroPoint * scale, high: (2 ** bits - 1 - zeroPoint) * scale }),
  observe(x, { low, high }, _quantizer, decay) {
    followAverages(
      { average: low!, next: tf.minimum(tf.min(x), 0) },
      { average: high!, next: tf.maximum(tf.max(x), 0) },
      decay,
    );
  },
  train: (x, { low, high }, { bits }) => fakeQuantizeRange(x, low!, high!, bits),
  settled: ({ low, high }, { bits }) => affineRange(low![0]!, high![0]!, bits),
  stored: ({ bits, scale, zeroPoint }) => ({ floats: [scale], codes: [[zeroPoint, bits]] }),
  layout: (bits) => ({ floats: 1, codes: [bits] }),
  restore: (bits, [scale], [zeroPoint]) => ({ kind: "affine", bits, scale: scale!, zeroPoint: zeroPoint! }),
  example: () => ({ kind: "affine", bits: 4, scale: 0.25, zeroPoint: 4 }),
});
