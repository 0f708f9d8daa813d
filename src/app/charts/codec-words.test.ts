import { expect, it } from "vitest";
import { codecPhrases } from "./codec-words";

it.each([
  ["dense f32", ["codec_dense", "f32"]],
  ["all zero", ["codec_allZero"]],
  ["bitmap + 4-bit codes, Huffman", ["codec_bitmap", "codec_codes 4", "codec_huffman"]],
  [
    "relative index 4 b + 5-bit codebook indices, Huffman on values",
    ["codec_relative 4", "codec_codebook 5", "codec_huffmanValues"],
  ],
  ["CSR + f32", ["codec_csr", "f32"]],
  ["pattern + 4-bit codes", ["codec_pattern", "codec_codes 4"]],
  ["block-diagonal 4 x 4 + 8-bit codes", ["codec_blockDiagonal 4", "codec_codes 8"]],
  ["dense ternary codes in base 3", ["codec_dense", "codec_ternary", "codec_base3"]],
  ["something new", ["something new"]],
])("knows the phrases of '%s'", (label, expected) => {
  const said = codecPhrases(label).map(({ key, bits, text }) => (key === null ? text : [key, bits].join(" ").trim()));
  expect(said).toEqual(expected);
  expect(
    codecPhrases(label)
      .map(({ text }) => text)
      .join(""),
  ).toBe(label);
});
