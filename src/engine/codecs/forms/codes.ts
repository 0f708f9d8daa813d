import { weightKindOf } from "../../quantizers/weights/registry";
import { packFloats, unpackFloats } from "../bitpack";
import { malformed, type StreamName } from "../streams";
import { signedLabel } from "../signed-label";
import type { ValueForm } from "../value-form";

/**
 * Codes of the parameter's own quantizer and the f32 numbers that turn them back: only for tensors whose kind of
 * quantizer names this form. The kind gives the symbols and reads them again.
 * @param form key of the form
 * @param stream where the table goes
 */
export const codesForm = (form: string, stream: StreamName): ValueForm => ({
  label: (alphabet, width) => signedLabel(alphabet, width) ?? `${width}-bit codes`,
  prepare({ coded }) {
    if (coded?.form !== form) return undefined;
    const { symbols, table } = coded;
    return {
      symbols,
      content: { kind: "symbols", counts: countsOf(symbols) },
      tableSizes: () => [{ stream, bits: 32 * table.length }],
      tables: () => [{ stream, bytes: packFloats(table) }],
    };
  },
  restore(symbols, { alphabet, streams, quantizer }) {
    const codes = quantizer && weightKindOf(quantizer).codes;
    if (codes?.form !== form) {
      throw malformed(`expected codes of a quantizer stored as '${form}', got a tensor without one`);
    }
    const most = codes.symbolCount(quantizer);
    if (alphabet.first + alphabet.count > most) {
      throw malformed(`expected at most ${most} codes of the quantizer, got ${alphabet.first + alphabet.count}`);
    }
    const bytes = streams.get(stream);
    if (bytes.length % 4 !== 0)
      throw malformed(`expected numbers of 4 bytes in '${stream}', got ${bytes.length} bytes`);
    const table = unpackFloats(bytes, bytes.length / 4);
    return { values: codes.values(symbols, table, quantizer), table };
  },
});

/** Occurrences of each symbol, cut after the last that occurs. */
function countsOf(symbols: Uint16Array): Uint32Array {
  let most = 0;
  for (let i = 0; i < symbols.length; i++) if (symbols[i]! > most) most = symbols[i]!;
  const counts = new Uint32Array(most + 1);
  for (let i = 0; i < symbols.length; i++) counts[symbols[i]!]!++;
  return counts;
}
