/**
 * How a tensor is stored, in the reader's language. The engine's label is made of a few phrases in a fixed order
 * (`relative index 4 b + 5-bit codes, Huffman`); a phrase that is not known here stays as the engine says it.
 */
import type { Catalogue } from "../i18n/catalogue";

type Key = keyof Catalogue["charts"] & `codec_${string}`;

export interface Phrase {
  /** Null where `text` is not known. */
  readonly key: Key | null;
  readonly bits?: number;
  readonly text: string;
}

const phrases: readonly (readonly [RegExp, Key])[] = [
  [/^all zero/, "codec_allZero"],
  [/^dense /, "codec_dense"],
  [/^bitmap \+ /, "codec_bitmap"],
  [/^relative index (\d+) b \+ /, "codec_relative"],
  [/^CSR \+ /, "codec_csr"],
  [/^pattern \+ /, "codec_pattern"],
  [/^block-diagonal (\d+) x \d+ \+ /, "codec_blockDiagonal"],
  [/^one value/, "codec_oneValue"],
  [/^ternary codes/, "codec_ternary"],
  [/^(\d+)-bit codebook indices/, "codec_codebook"],
  [/^(\d+)-bit powers of two/, "codec_powers"],
  [/^(\d+)-bit codes/, "codec_codes"],
  [/^(\d+)-bit signs/, "codec_signs"],
  [/^ in base 3/, "codec_base3"],
  [/^, Huffman on values/, "codec_huffmanValues"],
  [/^, Huffman on indices/, "codec_huffmanIndices"],
  [/^, Huffman/, "codec_huffman"],
];

export function codecPhrases(label: string): readonly Phrase[] {
  const found: Phrase[] = [];
  for (let rest = label; rest !== "";) {
    const match = phrases.map(([form, key]) => ({ key, hit: form.exec(rest) })).find(({ hit }) => hit !== null);
    if (!match?.hit) return [...found, { key: null, text: rest }];
    const [text, bits] = match.hit;
    found.push({ key: match.key, text, ...(bits === undefined ? {} : { bits: Number(bits) }) });
    rest = rest.slice(text.length);
  }
  return found;
}
