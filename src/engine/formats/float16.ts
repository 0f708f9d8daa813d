/** Arrays of IEEE 754 halves to single precision, exactly. */
import { float32Bits } from "../codecs/float16";

/** @param halves little-endian halves as a file holds them, read as uint16 */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, float32Bits).buffer);
}
