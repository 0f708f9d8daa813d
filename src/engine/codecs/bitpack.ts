/** Arrays of unsigned numbers at one width, most significant bit first, without gaps. */
import { bytesOfBits, malformed } from "./streams";

/** Small symbols, or the 32 bits of a float. */
export type Symbols = Uint16Array | Uint32Array;

/** Widest number but a float's 32 bits. */
export const MAX_WIDTH = 24;

/** Bits of a number in [0, count): ceil(log2 count); none where there is no choice. */
export const widthOf = (count: number): number => (count <= 1 ? 0 : 32 - Math.clz32(count - 1));

/**
 * `values[i] - first` at `width` bits each.
 * @param width 0..24, or 32
 * @param first taken off every value
 */
export function packBits(values: Symbols | Uint8Array, width: number, first = 0): Uint8Array {
  const out = new Uint8Array(bytesOfBits(values.length * width));
  if (width === 0) return out;
  if (width === 32) {
    const view = new DataView(out.buffer);
    for (let i = 0; i < values.length; i++) view.setUint32(4 * i, values[i]! - first);
    return out;
  }
  let at = 0;
  let pending = 0;
  let held = 0;
  for (let i = 0; i < values.length; i++) {
    pending = (pending << width) | (values[i]! - first);
    held += width;
    while (held >= 8) {
      held -= 8;
      out[at++] = pending >>> held;
    }
  }
  if (held > 0) out[at] = pending << (8 - held);
  return out;
}

/**
 * The inverse: `count` numbers, `first` added to each.
 * @throws EngineError `invalid-file` when the bytes are not exactly as many, or the last byte is not filled with zeros
 */
export function unpackBits(bytes: Uint8Array, width: number, count: number, first = 0): Symbols {
  if (bytes.length !== bytesOfBits(count * width)) {
    throw malformed(
      `expected ${bytesOfBits(count * width)} bytes for ${count} values of ${width} bits, got ${bytes.length}`,
    );
  }
  if (width === 32) {
    const words = new Uint32Array(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) words[i] = view.getUint32(4 * i) + first;
    return words;
  }
  const out = width > 16 ? new Uint32Array(count) : new Uint16Array(count);
  const keep = (1 << width) - 1;
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    while (held < width) {
      pending = (pending << 8) | bytes[at++]!;
      held += 8;
    }
    held -= width;
    out[i] = ((pending >>> held) & keep) + first;
  }
  if ((pending & ((1 << held) - 1)) !== 0) throw malformed("expected zero bits after the last value");
  return out;
}

/** The 32 bits of each float, big-endian. */
export const packFloats = (values: Float32Array): Uint8Array =>
  packBits(new Uint32Array(values.buffer, values.byteOffset, values.length), 32);

/** @throws EngineError `invalid-file` when the bytes are not exactly `4 * count` */
export const unpackFloats = (bytes: Uint8Array, count: number): Float32Array =>
  new Float32Array(unpackBits(bytes, 32, count).buffer);
