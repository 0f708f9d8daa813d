/** The arithmetic that masks and quantizers share, on the CPU. What each kind makes of it is in `quantizers/`. */
import type { ActivationQuantizer } from "./snapshot";

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

export function applyMask(weights: Float32Array, mask: Uint8Array | undefined): Float32Array {
  return mask ? weights.map((w, i) => (mask[i] ? w : 0)) : weights;
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
