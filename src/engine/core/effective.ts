/**
 * From raw weights to effective ones on the CPU: mask, then quantizer. The encoder stores what this gives, the tensor
 * version in `training/transforms.ts` trains with the same arithmetic, and a test holds the two equal.
 */
import type { ActivationQuantizer, CodebookQuantizer, ParameterState, UniformQuantizer } from "./snapshot";

/** Round half to even, as `tf.round` and WGSL do; `Math.round` is half up. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Width of what is not quantized. */
export const floatBits = 32;

export const uniformLevels = (bits: number): number => 2 ** (bits - 1) - 1;

/** Quantized form of a tensor: integer codes in [-L, L] and fp32 scales; weight `i` has scale `i % scales.length`. */
export interface UniformCodes {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly bits: number;
}

/**
 * Scale of each group: `clip * max|w| / L` in fp32. A group of zeros gets 1. There are as many groups as clips, and
 * weight `i` is in group `i % groups`: output channels are the fastest axis of every kernel.
 */
export function uniformScales(weights: Float32Array, clips: Float32Array, bits: number): Float32Array {
  const groups = clips.length;
  const max = new Float32Array(groups);
  for (let i = 0; i < weights.length; i++) {
    const c = i % groups;
    const magnitude = Math.abs(weights[i]!);
    if (magnitude > max[c]!) max[c] = magnitude;
  }
  const levels = uniformLevels(bits);
  return max.map((m, c) => (m > 0 ? Math.fround(Math.fround(m * clips[c]!) / levels) : 1));
}

/** The quantizer with its scales computed afresh from (masked) weights. */
export const refreshScales = (weights: Float32Array, quantizer: UniformQuantizer): UniformQuantizer => ({
  ...quantizer,
  scales: uniformScales(weights, quantizer.clips, quantizer.bits),
});

export function uniformCodes(weights: Float32Array, quantizer: UniformQuantizer): UniformCodes {
  const { scales } = quantizer;
  const levels = uniformLevels(quantizer.bits);
  const codes = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    // The division is rounded to fp32 first so that a backend's fp32 kernels land on the same side of a tie.
    const q = roundHalfEven(Math.fround(weights[i]! / scales[i % scales.length]!));
    codes[i] = Math.max(-levels, Math.min(levels, q));
  }
  return { codes, scales, bits: quantizer.bits };
}

export function dequantizeUniform({ codes, scales }: UniformCodes): Float32Array {
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = codes[i]! * scales[i % scales.length]!;
  return out;
}

/** Index of the nearest codebook value of each weight; ties take the smaller index. */
export function codebookIndices(weights: Float32Array, { values }: CodebookQuantizer): Uint8Array {
  const out = new Uint8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    let best = 0;
    for (let k = 1; k < values.length; k++) {
      if (Math.abs(weights[i]! - values[k]!) < Math.abs(weights[i]! - values[best]!)) best = k;
    }
    out[i] = best;
  }
  return out;
}

export function applyMask(weights: Float32Array, mask: Uint8Array | undefined): Float32Array {
  return mask ? weights.map((w, i) => (mask[i] ? w : 0)) : weights;
}

/** What the network computes with: mask, then quantizer. Returns `raw` itself where there is no state. */
export function effectiveValues(raw: Float32Array, state: ParameterState | undefined): Float32Array {
  const masked = applyMask(raw, state?.mask);
  const quantizer = state?.quantizer;
  if (!quantizer) return masked;
  if (quantizer.kind === "uniform") return dequantizeUniform(uniformCodes(masked, quantizer));
  const indices = codebookIndices(masked, quantizer);
  // A removed weight is zero whatever the codebook holds.
  return masked.map((_, i) => (state?.mask && !state.mask[i] ? 0 : quantizer.values[indices[i]!]!));
}

/** The affine quantizer of a range, nudged so that real 0 is exact (Jacob et al. 2018); a range of width 0 gets scale 1. */
export function affineRange(low: number, high: number, bits: number): ActivationQuantizer {
  const top = 2 ** bits - 1;
  const min = Math.min(low, 0);
  const width = Math.max(high, 0) - min;
  const scale = width > 0 ? Math.fround(Math.fround(width) / top) : 1;
  const zeroPoint = Math.max(0, Math.min(top, roundHalfEven(Math.fround(-min / scale))));
  return { bits, scale, zeroPoint };
}
