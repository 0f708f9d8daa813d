/**
 * Writing and reading single numbers of any width, most significant bit first: the first bit written is the top bit
 * of the first byte. Arrays of one width go through `bitpack.ts`, which is faster.
 */
import { malformed } from "./streams";

/** Writes into a buffer whose size the caller has computed. */
export class BitWriter {
  /** Bits not yet in a byte, in the low `held` bits; what is above them is left over and ignored. */
  private pending = 0;
  private held = 0;
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param width 0..32; `value` must fit it */
  write(value: number, width: number): void {
    if (width > 24) {
      this.write(value >>> 24, width - 24);
      this.write(value & 0xffffff, 24);
      return;
    }
    this.pending = (this.pending << width) | value;
    this.held += width;
    while (this.held >= 8) {
      this.held -= 8;
      this.bytes[this.position++] = this.pending >>> this.held;
    }
  }

  /** Fills the last byte with zero bits. @returns the buffer; throws when its size was not the one written */
  finish(): Uint8Array {
    if (this.held > 0) this.bytes[this.position++] = this.pending << (8 - this.held);
    this.held = 0;
    if (this.position !== this.bytes.length) {
      throw new RangeError(`expected to write ${this.bytes.length} bytes, wrote ${this.position}`);
    }
    return this.bytes;
  }
}

export class BitReader {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param width 0..32. @throws EngineError `invalid-file` past the end */
  read(width: number): number {
    if (this.position + width > this.bytes.length * 8) {
      throw malformed(`expected ${width} more bits at bit ${this.position}, got the end of the stream`);
    }
    let value = 0;
    for (let left = width; left > 0;) {
      const offset = this.position & 7;
      const taken = Math.min(left, 8 - offset);
      const piece = (this.bytes[this.position >>> 3]! >>> (8 - offset - taken)) & ((1 << taken) - 1);
      value = value * 2 ** taken + piece;
      this.position += taken;
      left -= taken;
    }
    return value;
  }

  /** Nothing but the zero bits of the last byte may be left. @throws EngineError `invalid-file` */
  finish(): void {
    const left = this.bytes.length * 8 - this.position;
    if (left > 7 || this.read(left) !== 0) {
      throw malformed(`expected the stream to end at bit ${this.position}, got ${this.bytes.length * 8} bits`);
    }
  }
}
