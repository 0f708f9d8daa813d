/** Layouts in whole files: the version that they need, files of version 1, and what other programs may write. */
import { describe, expect, it } from "vitest";
import { plainSnapshot, type ParameterState, type Snapshot } from "../core/snapshot";
import { decodeArtefact, encodeArtefact } from "./artefact";
import { denseNetwork, randomSnapshot, sameBytes } from "./codecs.testing";
import { FORMAT_VERSION, packContainer, unpackContainer } from "./container";
import { parseHeader, type ArtefactHeader } from "./header";
import { sizeOf } from "./snapshot-plan";

const INPUTS = 500;
const OUTPUTS = 12;

/** A network whose first kernel `[500, 12]` has random floats where `stays`, and the rest pruned. */
function prunedSnapshot(stays: (input: number, output: number) => boolean): Snapshot {
  const network = denseNetwork(INPUTS, OUTPUTS);
  const mask = Uint8Array.from({ length: INPUTS * OUTPUTS }, (_, i) =>
    stays(Math.floor(i / OUTPUTS), i % OUTPUTS) ? 1 : 0,
  );
  return { ...randomSnapshot(network), states: new Map([["fc1/kernel", { mask }]]) };
}

const files = {
  // 3 entries of 9 bits, 13 pointers of 2: 4 bytes each.
  csr: encodeArtefact(prunedSnapshot((input, output) => input % 200 === 50 && output === 7)),
  // 100 of 500 inputs stay.
  pattern: encodeArtefact(prunedSnapshot((input) => input % 5 === 2)),
  // Tiles of 3 x 3 with the offset (row + column) mod 3 of the tile, the last row of them one input short.
  diagonal: encodeArtefact(
    prunedSnapshot(
      (input, output) => (Math.floor(input / 3) + Math.floor(output / 3)) % 3 === (output - (input % 3) + 3) % 3,
    ),
  ),
};

/** The first tensor's layout replaced, its streams cut or altered; a right checksum around it. */
function forged(
  { bytes }: { readonly bytes: Uint8Array },
  change: (tensor: ArtefactHeader["tensors"][number]) => object,
  alter: (payload: Uint8Array) => void = () => undefined,
): () => unknown {
  const { header, payload } = unpackContainer(bytes);
  const parsed = parseHeader(header);
  const tensors = parsed.tensors.map((tensor, i) => (i === 0 ? { ...tensor, ...change(tensor) } : tensor));
  const altered = payload.slice();
  alter(altered);
  const file = packContainer(JSON.stringify({ ...parsed, tensors }), [altered], FORMAT_VERSION);
  return () => decodeArtefact(file);
}

describe("files of version 2", () => {
  it.each([
    ["csr", "CSR + f32", { columns: 4, rowPointers: 4, values: 12 }],
    ["pattern", "pattern + f32", { pattern: 63, values: 4 * 100 * 12 }],
    // ceil(500 / 3) * 4 = 668 tiles of 2 bits; 2,000 weights: 500 rows of 4.
    ["diagonal", "block-diagonal 3 x 3 + f32", { offsets: 167, values: 4 * 2_000 }],
  ] as const)("store what is smallest so: %s", (kind, codec, bytes) => {
    const file = files[kind];
    expect(file.tensors[0]!.codec).toBe(codec);
    expect(Object.fromEntries(file.tensors[0]!.streams.map((s) => [s.stream, s.bytes]))).toEqual(bytes);
    const { snapshot, sizeBytes } = decodeArtefact(file.bytes);
    expect(sizeOf(snapshot)).toBe(sizeBytes);
    expect(sameBytes(encodeArtefact(snapshot).bytes, file.bytes)).toBe(true);
  });

  it("say so, and files without such a layout are still of version 1", () => {
    expect(Object.values(files).map(({ bytes }) => bytes[9])).toEqual([2, 2, 2]);
    expect(encodeArtefact(randomSnapshot(denseNetwork(4, 3))).bytes[9]).toBe(1);
  });
});

describe("a file of version 1", () => {
  // Written by the first studio: uniform codes with a relative index, floats, floats with a bitmap, powers of two.
  const written = Uint8Array.from(
    atob(
      "iUNTQQ0KGgoAAQAAAAACSwAAAbwAAASeWt2k5JWU3VLyMBCG72WP43xQcD6GQ2/BQ6YHoU01Q5vU/CjI9N59N1CIUh096ma7fffZn+ZIRoU3" +
        "63a0hik7RWuqlfGKBBlbK0/rzZF0Dbc2fQxw2z47pCcHlYJkCA7mkfyz7CG0Wc7KQVAvnezYPwziLNVU81FoTHYROkvnetFofrUSFL160BJ2" +
        "cFHl2rRTzqg2qwI5/p2dIiMSK2baJpFPscl1jURYzlt8z8vFTNAWf6QtbmlXopiELb7CImwYwGBj4N6NwM9KMr23TejkniAVQG8ZE0Od6lMr" +
        "D9BIhNrwt061MuhXrliZ4DQvRHEv6En2D6nMJVQb6zrEovBkgevQbW2boBvtPARngiobDaz/bNXaPHFuvVc1c/ngVGrNhudf6wp5xHxRig35" +
        "SrZ8WvLhVbYxvZqVKLeTfofvU3sFvURpgn5XLsO/Im1PtCB30sRWOh0OCDg1hNKob5fhph2n6V9Lbhbc55x+JFwUJWY3Pd8bWcB1ss97fP9T" +
        "Dq6bsBtZQwo05Eu639bQ2zfl7mxzh3tgcnbzy+yw0z/PTu17a1AEJvRpXIDjX6TCKmGdrBlvjIvj8SICtzaNTffFBwzM+czMz5zMzPnMzMA+" +
        "AAAA1ZCmrIU1ZCmrID3MzM0+TMzNPpmZmj7MzM0/AAAAPxmZmj8zMzM/TMzNEkk+mZmaPxmZmj9mZmY/mZmaP8AAAACAgnBcolvBhdC6NiQ6" +
        "YGd8Phfa2xVDKamWrWPLd99Cugw=",
    ),
    (character) => character.charCodeAt(0),
  );
  const kernel = Float32Array.from({ length: 320 }, (_, i) => (i % 13 === 0 ? (i % 7) / 8 - 0.375 : 0));
  const values = new Map([
    ["fc1/kernel", kernel],
    ["fc1/bias", Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)],
    ["fc2/kernel", Float32Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? i / 10 : 0))],
    ["fc2/bias", Float32Array.of(-1, 1)],
  ]);

  it("decodes to what was encoded", () => {
    const { snapshot, sizeBytes } = decodeArtefact(written);
    expect(sizeBytes).toBe(83);
    for (const [name, expected] of values) expect(sameBytes(snapshot.values.get(name)!, expected)).toBe(true);
  });

  it("is what the same snapshot is encoded to today", () => {
    const [clips, scales] = [Float32Array.of(1), Float32Array.of(0.125)];
    const state: ParameterState = {
      mask: Uint8Array.from(kernel, (w) => (w === 0 ? 0 : 1)),
      quantizer: { kind: "uniform", bits: 4, granularity: "tensor", clips, scales },
    };
    const states = new Map([["fc1/kernel", state]]);
    const { bytes } = encodeArtefact({ ...plainSnapshot(denseNetwork(40, 8), values), states });
    expect(sameBytes(bytes, written)).toBe(true);
  });
});

describe("a layout that contradicts its tensor is refused", () => {
  const layout = (changes: object) => (tensor: { readonly layout: object }) => ({
    layout: { ...tensor.layout, ...changes },
  });
  const cut = (name: string) => (tensor: ArtefactHeader["tensors"][number]) => ({
    streams: tensor.streams.map(([stream, bytes]) => [stream, stream === name ? bytes - 1 : bytes]),
  });
  const same = () => ({});

  it.each<[string, () => unknown, RegExp]>([
    ["tiles of side 0", forged(files.diagonal, layout({ side: 0 })), /header tensors\.0\.layout\.side/],
    ["tiles of side 1", forged(files.diagonal, layout({ side: 1 })), /header tensors\.0\.layout\.side/],
    ["tiles of side 17", forged(files.diagonal, layout({ side: 17 })), /header tensors\.0\.layout\.side/],
    ["tiles of no side", forged(files.diagonal, layout({ side: undefined })), /header tensors\.0\.layout/],
    [
      "tiles of another side",
      forged(files.diagonal, layout({ side: 4 })),
      /expected 94 bytes for 375 values of 2 bits/,
    ],
    ["an offset of p", forged(files.diagonal, same, (p) => (p[0] = 0b11111111)), /offsets below 3, got 3 at tile 0/],
    ["too few offsets", forged(files.diagonal, cut("offsets")), /expected 167 bytes for 668 values of 2 bits, got 166/],
    [
      "fewer diagonal values than places",
      forged(files.diagonal, (tensor) => ({
        ...layout({ entries: 1_999 })(tensor),
        streams: tensor.streams.map(([stream, bytes]) => [stream, stream === "values" ? 4 * 1_999 : bytes]),
      })),
      /expected 2000 values on the diagonals, got 1999/,
    ],
    ["part of a row", forged(files.pattern, layout({ entries: 1_199 })), /expected 4796 bytes.*got 4800/],
    ["a pattern cut short", forged(files.pattern, cut("pattern")), /expected 63 bytes of 'pattern', got 62/],
    ["a pattern of another count", forged(files.pattern, same, (p) => (p[0] = 255)), /expected 100 ones/],
    ["rows behind the last", forged(files.pattern, same, (p) => (p[62]! |= 1)), /expected 100 ones/],
    ["more CSR entries than there are", forged(files.csr, layout({ entries: 4 })), /expected 16 bytes/],
    ["CSR columns cut short", forged(files.csr, cut("columns")), /expected 4 bytes for 3 values of 9 bits, got 3/],
    [
      "CSR pointers cut short",
      forged(files.csr, cut("rowPointers")),
      /expected 4 bytes for 13 values of 2 bits, got 3/,
    ],
    // Columns 50, 250, 450 at 9 bits each; 511 is none of 500.
    [
      "a CSR column out of range",
      forged(files.csr, same, (p) => p.fill(255, 0, 2)),
      /expected columns below 500, got 511/,
    ],
    [
      "CSR pointers that run backwards",
      forged(files.csr, same, (p) => (p[4] = 0b00110000)),
      /never fall, got 0 after 3/,
    ],
    ["CSR without its streams", forged(files.pattern, layout({ kind: "csr" })), /expected a stream 'columns'/],
    [
      "more entries than weights",
      forged(files.csr, layout({ entries: 6_001 })),
      /at most 6000 stored values, got 6001/,
    ],
  ])("%s", (_, decode, message) => {
    expect(decode).toThrow(expect.objectContaining({ code: "invalid-file" }));
    expect(decode).toThrow(message);
  });

  it.each(["csr", "pattern", "block-diagonal"])("a vector stored as %s", (kind) => {
    const { header, payload } = unpackContainer(encodeArtefact(randomSnapshot(denseNetwork(2, 3))).bytes);
    const parsed = parseHeader(header);
    const side = kind === "block-diagonal" ? { side: 2 } : {};
    const tensors = parsed.tensors.map((tensor) =>
      tensor.name === "fc1/bias" ? { ...tensor, layout: { kind, entries: 3, ...side } } : tensor,
    );
    const file = packContainer(JSON.stringify({ ...parsed, tensors }), [payload], FORMAT_VERSION);
    expect(() => decodeArtefact(file)).toThrow(/expected a matrix for this layout, got a vector of 3/);
  });
});
