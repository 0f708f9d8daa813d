import { malformed } from "../streams";
import type { ValueForm } from "../value-form";

/** Exponents of normal floats. */
const LOWEST = -126;

/** Sign and exponent of a normal power of two; undefined for any other value. */
function powerOf(float32Bits: number): { readonly negative: boolean; readonly exponent: number } | undefined {
  const exponent = ((float32Bits >>> 23) & 0xff) - 127;
  if ((float32Bits & 0x7fffff) !== 0 || exponent < LOWEST || exponent > 127) return undefined;
  return { negative: float32Bits >>> 31 === 1, exponent };
}

/**
 * Zero and powers of two, plus and minus (shift weights; Zhou et al. 2017, "INQ"): `N b + 8` bits, the 8 being the
 * largest exponent n1. Symbol 1 + 2 m is `2^(n1 - m)`, symbol 2 + 2 m is its negative.
 */
export const powerOfTwo: ValueForm = {
  label: (_, width) => `${width}-bit powers of two`,
  prepare(tensor) {
    const distinct = tensor.distinct();
    if (!distinct || distinct.values.length === 0) return undefined;
    const powers = Array.from(new Uint32Array(distinct.values.buffer, 0, distinct.values.length), powerOf);
    const largest = powers.reduce((most, p) => Math.max(most, p?.exponent ?? Infinity), -Infinity);
    if (largest === Infinity) return undefined;
    const newSymbol = [0, ...powers.map((p) => 2 * (largest - p!.exponent) + (p!.negative ? 2 : 1))];
    const counts = new Uint32Array(Math.max(...newSymbol) + 1);
    distinct.counts.forEach((times, s) => (counts[newSymbol[s]!] = times));
    return {
      symbols: distinct.symbols.map((s) => newSymbol[s]!),
      content: { kind: "symbols", counts },
      tableSizes: () => [{ stream: "exponent", bits: 8 }],
      tables: () => [{ stream: "exponent", bytes: Uint8Array.of(largest) }],
    };
  },
  restore(symbols, { alphabet, streams }) {
    const largest = (streams.get("exponent", 1)[0]! << 24) >> 24;
    const last = alphabet.first + alphabet.count - 1;
    if (largest - ((last - 1) >> 1) < LOWEST) {
      throw malformed(`expected exponents of at least ${LOWEST}, got ${largest} and ${last} symbols`);
    }
    const table = new Float32Array(last + 1);
    for (let symbol = 1; symbol <= last; symbol++) {
      table[symbol] = (symbol & 1 ? 1 : -1) * 2 ** (largest - ((symbol - 1) >> 1));
    }
    const values = new Float32Array(symbols.length);
    for (let i = 0; i < symbols.length; i++) values[i] = table[symbols[i]!]!;
    return { values };
  },
};
