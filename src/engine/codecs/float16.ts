/** IEEE 754 half precision for the floats that it holds exactly; anything else is refused, never rounded. */

/**
 * Half-precision bits of the float with these single-precision bits, or -1 where a half cannot hold it exactly
 * (more than 11 significant bits, out of range, infinite, not a number).
 */
export function float16Bits(float32Bits: number): number {
  const sign = (float32Bits >>> 16) & 0x8000;
  const exponent = ((float32Bits >>> 23) & 0xff) - 127;
  const mantissa = float32Bits & 0x7fffff;
  if (exponent === -127) return mantissa === 0 ? sign : -1;
  if (exponent > 15 || exponent < -24) return -1;
  if (exponent >= -14) return (mantissa & 0x1fff) === 0 ? sign | ((exponent + 15) << 10) | (mantissa >>> 13) : -1;
  // Subnormal half: value = n * 2^-24 with n below 1024, so the bits below 2^-24 must be zero.
  const full = mantissa | 0x800000;
  const shift = -1 - exponent;
  return (full & ((1 << shift) - 1)) === 0 ? sign | (full >>> shift) : -1;
}

/** Single-precision bits of a half; exact for every half. */
export function float32Bits(float16Bits: number): number {
  const sign = (float16Bits & 0x8000) << 16;
  const exponent = (float16Bits >>> 10) & 0x1f;
  const mantissa = float16Bits & 0x3ff;
  if (exponent === 31) return (sign | 0x7f800000 | (mantissa << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (mantissa << 13)) >>> 0;
  if (mantissa === 0) return sign >>> 0;
  const shift = Math.clz32(mantissa) - 21;
  return (sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)) >>> 0;
}
