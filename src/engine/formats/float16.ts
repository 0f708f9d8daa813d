/** Arrays of IEEE 754 halves to single precision, exactly. */
import { float32Bits } from "../codecs/float16";

/** @param halves little-endian halves as a file holds them, read as uint16 */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = float32Bits(halves[i]!);
  return new Float32Array(bits.buffer);
}
