/**
 * Canonical Huffman coding (Huffman 1952; used on indices and positions by Han et al. 2016, "Deep Compression").
 * The table is one 5-bit code length for each symbol (0: does not occur). Codes follow from the lengths: shorter ones
 * first, equal lengths in the order of the symbols, each one more than the last; written top bit first.
 */
import { BitWriter } from "./bitstream";
import { packBits, unpackBits, type Symbols } from "./bitpack";
import { bytesOfBits, malformed } from "./streams";

/** Longest code that a 5-bit length can say. */
const MAX_LENGTH = 31;
/** The decoder looks up codes of so many bits at once; longer ones, which are rare by their nature, bit by bit. */
const LOOKUP_BITS = 10;

export interface HuffmanCode {
  /** Code length of each symbol, 0..31. */
  readonly lengths: Uint8Array;
  /** Bits of all occurrences, table excluded. */
  readonly bits: number;
}

export const codeTableBits = (symbols: number): number => 5 * symbols;
export const packCodeTable = (lengths: Uint8Array): Uint8Array => packBits(lengths, 5);
export const unpackCodeTable = (bytes: Uint8Array, symbols: number): Uint8Array =>
  Uint8Array.from(unpackBits(bytes, 5, symbols));

/**
 * Shortest code lengths for symbols that occur `counts[symbol]` times. A lone symbol gets one bit.
 * @returns undefined where a code would be longer than 31 bits (needs at least 5,702,887 occurrences)
 */
export function huffmanCode(counts: Uint32Array): HuffmanCode | undefined {
  const lengths = new Uint8Array(counts.length);
  const used: number[] = [];
  for (let s = 0; s < counts.length; s++) if (counts[s]! > 0) used.push(s);
  const n = used.length;
  if (n === 0) return { lengths, bits: 0 };
  if (n === 1) {
    lengths[used[0]!] = 1;
    return { lengths, bits: counts[used[0]!]! };
  }
  used.sort((a, b) => counts[a]! - counts[b]! || a - b);
  // Two queues: leaves in rising order, and inner nodes, which are made in rising order. Ties take the leaf.
  const weight = new Float64Array(2 * n - 1);
  const parent = new Int32Array(2 * n - 1);
  for (let i = 0; i < n; i++) weight[i] = counts[used[i]!]!;
  let leaf = 0;
  let inner = n;
  let bits = 0;
  for (let made = n; made < 2 * n - 1; made++) {
    for (let side = 0; side < 2; side++) {
      const child = leaf < n && (inner >= made || weight[leaf]! <= weight[inner]!) ? leaf++ : inner++;
      weight[made]! += weight[child]!;
      parent[child] = made;
    }
    bits += weight[made]!;
  }
  const depth = new Uint32Array(2 * n - 1);
  for (let node = 2 * n - 3; node >= 0; node--) {
    depth[node] = depth[parent[node]!]! + 1;
    if (node < n) lengths[used[node]!] = Math.min(depth[node]!, 255);
  }
  return lengths.some((length) => length > MAX_LENGTH) ? undefined : { lengths, bits };
}

/** First code and number of codes of each length, and the symbols in the order of their codes. */
function canonicalOrder(lengths: Uint8Array) {
  const perLength = new Uint32Array(MAX_LENGTH + 2);
  for (const length of lengths) if (length > 0) perLength[length]!++;
  const firstCode = new Uint32Array(MAX_LENGTH + 2);
  const firstRank = new Uint32Array(MAX_LENGTH + 2);
  for (let length = 1; length <= MAX_LENGTH; length++) {
    firstCode[length + 1] = (firstCode[length]! + perLength[length]!) * 2;
    firstRank[length + 1] = firstRank[length]! + perLength[length]!;
  }
  const next = firstRank.slice();
  const order = new Uint32Array(firstRank[MAX_LENGTH + 1]!);
  for (let s = 0; s < lengths.length; s++) if (lengths[s]! > 0) order[next[lengths[s]!]!++] = s;
  return { perLength, firstCode, firstRank, order };
}

/** @param first taken off every symbol before it is looked up in the code */
export function encodeHuffman(symbols: Symbols, { lengths, bits }: HuffmanCode, first = 0): Uint8Array {
  const { firstCode, firstRank, order } = canonicalOrder(lengths);
  const codes = new Uint32Array(lengths.length);
  for (let rank = 0; rank < order.length; rank++) {
    const symbol = order[rank]!;
    const length = lengths[symbol]!;
    codes[symbol] = firstCode[length]! + rank - firstRank[length]!;
  }
  const writer = new BitWriter(new Uint8Array(bytesOfBits(bits)));
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i]! - first;
    writer.write(codes[symbol]!, lengths[symbol]!);
  }
  return writer.finish();
}

/**
 * The inverse: `count` symbols, `first` added to each.
 * @throws EngineError `invalid-file` when the lengths are no complete prefix code, or the bytes are not exactly filled
 */
export function decodeHuffman(bytes: Uint8Array, lengths: Uint8Array, count: number, first = 0): Uint16Array {
  const { perLength, firstCode, firstRank, order } = canonicalOrder(lengths);
  checkComplete(lengths, order.length, count);
  if (count > bytes.length * 8) throw malformed(`expected at least ${count} bits of codes, got ${bytes.length * 8}`);

  const lookup = new Uint32Array(1 << LOOKUP_BITS);
  for (let rank = 0; rank < order.length; rank++) {
    const length = lengths[order[rank]!]!;
    if (length > LOOKUP_BITS) break;
    const code = firstCode[length]! + rank - firstRank[length]!;
    lookup.fill((order[rank]! << 5) | length, code << (LOOKUP_BITS - length), (code + 1) << (LOOKUP_BITS - length));
  }

  // Four zero bytes behind the end: a look ahead never leaves the array.
  const padded = new Uint8Array(bytes.length + 4);
  padded.set(bytes);
  const end = bytes.length * 8;
  const out = new Uint16Array(count);
  let position = 0;
  for (let i = 0; i < count; i++) {
    const at = position >>> 3;
    const ahead = (padded[at]! << 24) | (padded[at + 1]! << 16) | (padded[at + 2]! << 8);
    const found = lookup[(ahead << (position & 7)) >>> (32 - LOOKUP_BITS)]!;
    if (found !== 0) {
      out[i] = (found >>> 5) + first;
      position += found & 31;
    } else {
      let code = 0;
      let length = 0;
      do {
        if (position >= end || length === MAX_LENGTH)
          throw malformed("expected a Huffman code, got bits that are none");
        code = code * 2 + ((padded[position >>> 3]! >>> (7 - (position & 7))) & 1);
        position++;
        length++;
      } while (code - firstCode[length]! >= perLength[length]!);
      out[i] = order[firstRank[length]! + code - firstCode[length]!]! + first;
    }
    if (position > end) throw malformed(`expected ${count} Huffman codes, got the end of the stream after ${i}`);
  }
  if (end - position > 7 || (bytes.length > 0 && (bytes.at(-1)! & ((1 << (end - position)) - 1)) !== 0)) {
    throw malformed(`expected the stream to end at bit ${position}, got ${end} bits`);
  }
  return out;
}

/** Kraft's sum must be 1 (1/2 for a lone symbol): then no code is another's beginning and every bit pattern is one. */
function checkComplete(lengths: Uint8Array, used: number, count: number): void {
  let sum = 0;
  for (const length of lengths) if (length > 0) sum += 2 ** -length;
  const expected = used === 1 ? 0.5 : used === 0 ? 0 : 1;
  if (sum !== expected || (used === 0 && count > 0)) {
    throw malformed(`expected code lengths of a complete prefix code (sum of 2^-length is ${expected}), got ${sum}`);
  }
}
