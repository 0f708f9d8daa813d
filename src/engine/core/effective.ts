/** The arithmetic that masks and quantizers share, on the CPU. What each kind makes of it is in `quantizers/`. */
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
