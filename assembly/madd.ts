/**
 * The multiplication with addition of all inner products. The module is compiled twice: where a processor's fused
 * instruction may be used (relaxed SIMD) it costs one instruction in place of two, and rounds once.
 */

/** a * b + c, lane by lane. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}
