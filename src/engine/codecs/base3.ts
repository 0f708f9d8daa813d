/** Three-valued symbols, five to a byte: 3^5 = 243 <= 256. The first symbol is the most significant digit. */
import type { Symbols } from "./bitpack";
import { malformed } from "./streams";

/** Stored bits of `count` symbols: 8 * ceil(count / 5). */
export const base3Bits = (count: number): number => 8 * Math.ceil(count / 5);

/** @param symbols each 0, 1 or 2. Digits missing in the last byte are 0. */
export function packBase3(symbols: Symbols): Uint8Array {
  const out = new Uint8Array(base3Bits(symbols.length) / 8);
  for (let at = 0, i = 0; at < out.length; at++) {
    let byte = 0;
    for (let digit = 0; digit < 5; digit++, i++) byte = 3 * byte + (i < symbols.length ? symbols[i]! : 0);
    out[at] = byte;
  }
  return out;
}

/** @throws EngineError `invalid-file` for another length, a byte over 242 or digits after the last symbol */
export function unpackBase3(bytes: Uint8Array, count: number): Uint16Array {
  if (bytes.length !== base3Bits(count) / 8) {
    throw malformed(`expected ${base3Bits(count) / 8} bytes for ${count} ternary symbols, got ${bytes.length}`);
  }
  const out = new Uint16Array(count);
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at]!;
    if (byte > 242) throw malformed(`expected five ternary digits in a byte (at most 242), got ${byte}`);
    for (let digit = 4; digit >= 0; digit--) {
      const i = 5 * at + digit;
      const symbol = byte % 3;
      if (i < count) out[i] = symbol;
      else if (symbol !== 0) throw malformed("expected zero digits after the last ternary symbol");
      byte = (byte - symbol) / 3;
    }
  }
  return out;
}
