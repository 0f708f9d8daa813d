/** How a row of symbols is written: at a fixed width, five ternary ones to a byte, or Huffman-coded. */
import { base3Bits, packBase3, unpackBase3 } from "./base3";
import { packBits, unpackBits, widthOf, type Symbols } from "./bitpack";
import { codeTableBits, decodeHuffman, encodeHuffman, huffmanCode, packCodeTable, unpackCodeTable } from "./huffman";
import { malformed, type Stream, type StreamSet, type StreamSize } from "./streams";
import type { Alphabet } from "./value-form";

export interface SymbolCoding {
  /** For people, behind what is stored. */
  readonly suffix: string;
  /**
   * @param counts occurrences of each symbol of the alphabet, from `first` on
   * @returns undefined where this coding cannot be used
   */
  sizes(counts: Uint32Array, entries: number): readonly StreamSize[] | undefined;
  encode(symbols: Symbols, alphabet: Alphabet, counts: Uint32Array): readonly Stream[];
  /** @throws EngineError `invalid-file`; a symbol outside the alphabet is one reason */
  decode(streams: StreamSet, alphabet: Alphabet, entries: number): Symbols;
}

const fixed: SymbolCoding = {
  suffix: "",
  sizes: (counts, entries) => [{ stream: "values", bits: entries * widthOf(counts.length) }],
  encode: (symbols, { first, count }) => [{ stream: "values", bytes: packBits(symbols, widthOf(count), first) }],
  decode(streams, { first, count }, entries) {
    const symbols = unpackBits(streams.get("values"), widthOf(count), entries, first);
    if (entries > 0 && count === 0) throw malformed(`expected an alphabet for ${entries} values, got an empty one`);
    for (let i = 0; i < symbols.length; i++) {
      if (symbols[i]! >= first + count) {
        throw malformed(`expected symbols below ${first + count}, got ${symbols[i]} at entry ${i}`);
      }
    }
    return symbols;
  },
};

const base3: SymbolCoding = {
  suffix: " in base 3",
  sizes: (counts, entries) => (counts.length === 3 ? [{ stream: "values", bits: base3Bits(entries) }] : undefined),
  encode: (symbols, { first }) => [
    { stream: "values", bytes: packBase3(first ? symbols.map((s) => s - first) : symbols) },
  ],
  decode(streams, { first, count }, entries) {
    if (count !== 3) throw malformed(`expected an alphabet of 3 for base 3, got ${count}`);
    const symbols = unpackBase3(streams.get("values"), entries);
    return first ? symbols.map((s) => s + first) : symbols;
  },
};

const huffman: SymbolCoding = {
  suffix: ", Huffman",
  sizes(counts) {
    const code = huffmanCode(counts);
    return (
      code && [
        { stream: "values", bits: code.bits },
        { stream: "codeTable", bits: codeTableBits(counts.length) },
      ]
    );
  },
  encode(symbols, { first }, counts) {
    const code = huffmanCode(counts);
    if (!code) throw new RangeError("expected a Huffman code of at most 31 bits");
    return [
      { stream: "values", bytes: encodeHuffman(symbols, code, first) },
      { stream: "codeTable", bytes: packCodeTable(code.lengths) },
    ];
  },
  decode(streams, { first, count }, entries) {
    const lengths = unpackCodeTable(streams.get("codeTable"), count);
    return decodeHuffman(streams.get("values"), lengths, entries, first);
  },
};

/** In the order in which ties are decided; keys are written into files. */
export const symbolCodings = { fixed, base3, huffman } as const satisfies Readonly<Record<string, SymbolCoding>>;
export type SymbolCodingId = keyof typeof symbolCodings;
export const symbolCodingIds = Object.keys(symbolCodings) as SymbolCodingId[];
