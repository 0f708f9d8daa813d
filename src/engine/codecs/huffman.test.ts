import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeTableBits, decodeHuffman, encodeHuffman, huffmanCode, packCodeTable, unpackCodeTable } from "./huffman";

const countsOf = (symbols: Uint16Array, alphabet: number) => {
  const counts = new Uint32Array(alphabet);
  for (const s of symbols) counts[s]!++;
  return counts;
};

describe("Huffman coding", () => {
  it("gives counts 5, 2, 1, 1 the lengths 1, 2, 3, 3", () => {
    // 5*1 + 2*2 + 1*3 + 1*3 = 15 bits against 9*2 = 18 at a fixed width; entropy 14.92. Table: 4*5 = 20 bits.
    const code = huffmanCode(Uint32Array.of(5, 2, 1, 1))!;
    expect([...code.lengths]).toEqual([1, 2, 3, 3]);
    expect(code.bits).toBe(15);
    expect(codeTableBits(4)).toBe(20);
  });

  it("writes canonical codes: 0, 10, 110, 111", () => {
    const code = huffmanCode(Uint32Array.of(5, 2, 1, 1))!;
    // 0 | 10 | 110 | 111 | 0 0 0 0 10 -> 0101 1011 | 1000 010(0)
    const bytes = encodeHuffman(Uint16Array.of(0, 1, 2, 3, 0, 0, 0, 0, 1), code);
    expect([...bytes]).toEqual([0b01011011, 0b10000100]);
  });

  it("joins leaves before inner nodes of the same weight, which keeps the longest code short", () => {
    // 1 + 1 = 2 waits while the leaves 2 and 2 join: two bits each. Joined first, it would give 1, 2, 3, 3: as many bits.
    expect([...huffmanCode(Uint32Array.of(1, 1, 2, 2))!.lengths]).toEqual([2, 2, 2, 2]);
  });

  it("gives a lone symbol one bit, and nothing to no symbol", () => {
    expect(huffmanCode(Uint32Array.of(0, 7))).toEqual({ lengths: Uint8Array.of(0, 1), bits: 7 });
    expect(huffmanCode(Uint32Array.of(0, 0))).toEqual({ lengths: Uint8Array.of(0, 0), bits: 0 });
  });

  it("is never longer than a fixed width, never shorter than the entropy", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 300 }), (list) => {
        const counts = Uint32Array.from(list);
        const total = list.reduce((a, b) => a + b, 0);
        const used = list.filter((c) => c > 0).length;
        fc.pre(used > 1);
        const { bits } = huffmanCode(counts)!;
        const entropy = list.reduce((sum, c) => (c > 0 ? sum - c * Math.log2(c / total) : sum), 0);
        expect(bits).toBeGreaterThanOrEqual(entropy - 1e-6);
        expect(bits).toBeLessThanOrEqual(total * Math.ceil(Math.log2(used)));
      }),
    );
  });

  it("gives back what it coded, also through the table's bytes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(0, 1),
        fc.array(fc.nat(10 ** 6), { maxLength: 200 }),
        (alphabet, first, raw) => {
          // Squares: small symbols are frequent, so that lengths differ.
          const plain = Uint16Array.from(raw, (x) => Math.floor(((x / 10 ** 6) ** 2 * alphabet) % alphabet));
          const code = huffmanCode(countsOf(plain, alphabet))!;
          const symbols = plain.map((s) => s + first);
          const bytes = encodeHuffman(symbols, code, first);
          expect(bytes.length).toBe(Math.ceil(code.bits / 8));
          const lengths = unpackCodeTable(packCodeTable(code.lengths), alphabet);
          expect(decodeHuffman(bytes, lengths, symbols.length, first)).toEqual(symbols);
        },
      ),
    );
  });

  it("decodes codes longer than its lookup table", () => {
    // Fibonacci counts make the deepest tree: 20 symbols, longest code 19 bits.
    const counts = new Uint32Array(20).fill(1);
    for (let i = 2; i < 20; i++) counts[i] = counts[i - 1]! + counts[i - 2]!;
    const code = huffmanCode(counts)!;
    expect(Math.max(...code.lengths)).toBe(19);
    const symbols = Uint16Array.from([0, 19, 1, 18, 0, 2, 17, 5, 19]);
    const sent = { lengths: code.lengths, bits: symbols.reduce((sum, s) => sum + code.lengths[s]!, 0) };
    expect(decodeHuffman(encodeHuffman(symbols, sent), code.lengths, symbols.length)).toEqual(symbols);
  });

  it("is not offered where a code would need more than 31 bits", () => {
    const counts = new Uint32Array(34).fill(1);
    for (let i = 2; i < 34; i++) counts[i] = counts[i - 1]! + counts[i - 2]!;
    expect(Math.max(...huffmanCode(counts.subarray(0, 32))!.lengths)).toBe(31);
    expect(huffmanCode(counts)).toBeUndefined();
  });

  it.each([
    ["too many short codes", [1, 1, 1], 1],
    ["a gap", [1, 3], 1],
    ["a lone symbol of two bits", [2], 1],
    ["no symbol at all", [0, 0], 1],
  ])("refuses a table with %s", (_, lengths, count) => {
    expect(() => decodeHuffman(Uint8Array.of(0), Uint8Array.from(lengths), count)).toThrow(/complete prefix code/);
  });

  it("refuses bytes that end early, go on, or are no code", () => {
    const lengths = Uint8Array.of(1, 2, 2);
    expect(() => decodeHuffman(Uint8Array.of(0b11111111), lengths, 5)).toThrow(/end of the stream/);
    expect(() => decodeHuffman(Uint8Array.of(0, 0), lengths, 3)).toThrow(/expected the stream to end at bit 3/);
    expect(() => decodeHuffman(Uint8Array.of(0b00000001), lengths, 3)).toThrow(/expected the stream to end/);
    expect(() => decodeHuffman(Uint8Array.of(0b10000000), Uint8Array.of(1), 1)).toThrow(/got bits that are none/);
    expect(() => decodeHuffman(new Uint8Array(0), lengths, 2 ** 28)).toThrow(/expected at least/);
  });

  it("never hangs on bytes that nobody coded", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ max: 31, maxLength: 20 }),
        fc.nat(200),
        (bytes, lengths, n) => {
          try {
            expect(decodeHuffman(bytes, lengths, n).length).toBe(n);
          } catch (error) {
            expect(error).toMatchObject({ code: "invalid-file" });
          }
        },
      ),
    );
  });
});
