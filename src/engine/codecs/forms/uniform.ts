import { uniformLevels } from "../../core/effective";
import { packFloats, unpackFloats, type Symbols } from "../bitpack";
import { dequantize } from "../effective-tensor";
import { malformed } from "../streams";
import type { ValueForm } from "../value-form";
import { signedLabel } from "../signed-label";

/** Code 0 is symbol 0, then 1, -1, 2, -2, ...: the largest magnitude in use ends the alphabet. */
function symbolsOf(codes: Int8Array): { symbols: Uint16Array; counts: Uint32Array } {
  const symbols = new Uint16Array(codes.length);
  const counts = new Uint32Array(256);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    const symbol = code > 0 ? 2 * code - 1 : -2 * code;
    symbols[i] = symbol;
    counts[symbol]!++;
  }
  let used = counts.length;
  while (used > 1 && counts[used - 1] === 0) used--;
  return { symbols, counts: counts.subarray(0, used) };
}

function codesOf(symbols: Symbols): Int8Array {
  const codes = new Int8Array(symbols.length);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i]!;
    codes[i] = symbol & 1 ? (symbol + 1) >>> 1 : -(symbol >>> 1);
  }
  return codes;
}

/**
 * Codes of a symmetric uniform quantizer and its f32 scales: `N b + 32 scales` bits. At 2 bits this is ternary, and
 * binary (one bit) where no code is zero. Only for parameters that have such a quantizer.
 */
export const uniform: ValueForm = {
  label: (alphabet, width) => signedLabel(alphabet, width) ?? `${width}-bit codes`,
  prepare({ uniform }) {
    if (!uniform) return undefined;
    const { scales } = uniform.quantizer;
    const { symbols, counts } = symbolsOf(uniform.codes);
    return {
      symbols,
      content: { kind: "symbols", counts },
      tableSizes: () => [{ stream: "scales", bits: 32 * scales.length }],
      tables: () => [{ stream: "scales", bytes: packFloats(scales) }],
    };
  },
  restore(symbols: Symbols, { alphabet, streams, count, uniformBits }) {
    if (uniformBits === undefined) throw malformed("expected codes of a uniform quantizer, got a tensor without one");
    const most = 2 * uniformLevels(uniformBits) + 1;
    if (alphabet.first + alphabet.count > most) {
      throw malformed(`expected at most ${most} codes of ${uniformBits} bits, got ${alphabet.first + alphabet.count}`);
    }
    const bytes = streams.get("scales");
    const groups = bytes.length / 4;
    if (!Number.isInteger(groups) || groups < 1 || groups > count) {
      throw malformed(`expected 1 to ${count} scales of 4 bytes, got ${bytes.length} bytes`);
    }
    const scales = unpackFloats(bytes, groups);
    return { values: dequantize(codesOf(symbols), scales), scales };
  },
};
