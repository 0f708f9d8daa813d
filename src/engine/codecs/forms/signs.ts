import { packFloats, unpackFloats } from "../bitpack";
import { malformed } from "../streams";
import type { ValueForm } from "../value-form";
import { signedLabel } from "../signed-label";

/**
 * One positive and one negative value, and zero: ternary weights with one scale (TWN, Li and Liu 2016) or two (TTQ, Zhu
 * et al. 2017), binary weights where no zero is stored. `2 N` bits (base 3: `8 ceil(N / 5)`; binary: `N`) + 32 for each
 * scale: one where both are the same or one is absent, else the positive one first. Symbol 1 is plus, 2 is minus.
 */
export const signs: ValueForm = {
  label: (alphabet, width) => signedLabel(alphabet, width) ?? "signs",
  prepare(tensor) {
    const distinct = tensor.distinct();
    if (!distinct || distinct.values.length === 0 || distinct.values.length > 2) return undefined;
    const [low, high] = [distinct.values[0]!, distinct.values[1]];
    // Neither two of one sign, nor -0, which no magnitude gives.
    if (low === 0 || high === 0 || (high !== undefined && !(low < 0 && high > 0))) return undefined;
    const plus = high ?? (low > 0 ? low : undefined);
    const minus = low < 0 ? -low : undefined;
    const scales = Float32Array.from(
      [plus, minus].filter((s, i, all) => s !== undefined && all.indexOf(s) === i) as number[],
    );
    // Rising order has minus before plus.
    const newSymbol = minus === undefined ? [0, 1] : [0, 2, 1];
    const symbols = distinct.symbols.map((s) => newSymbol[s]!);
    const counts = new Uint32Array(minus === undefined ? 2 : 3);
    distinct.counts.forEach((times, s) => (counts[newSymbol[s]!] = times));
    return {
      symbols,
      content: { kind: "symbols", counts },
      tableSizes: () => [{ stream: "scales", bits: 32 * scales.length }],
      tables: () => [{ stream: "scales", bytes: packFloats(scales) }],
    };
  },
  restore(symbols, { alphabet, streams }) {
    if (alphabet.first + alphabet.count > 3) throw malformed(`expected at most 3 signs, got ${alphabet.count}`);
    const bytes = streams.get("scales");
    if (bytes.length !== 4 && bytes.length !== 8)
      throw malformed(`expected one or two scales, got ${bytes.length} bytes`);
    const scales = unpackFloats(bytes, bytes.length / 4);
    const table = Float32Array.of(0, scales[0]!, -scales.at(-1)!);
    const values = new Float32Array(symbols.length);
    for (let i = 0; i < symbols.length; i++) values[i] = table[symbols[i]!]!;
    return { values };
  },
};
