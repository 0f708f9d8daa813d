/** Files that were cut, altered, made by a newer studio, or made to harm: each is refused with the right code. */
import { deflateSync } from "fflate";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineError } from "../core/errors";
import { checkSnapshot } from "../core/snapshot";
import { decodeArtefact, encodeArtefact, FORMAT_VERSION, magicMatches } from "./artefact";
import { convNetwork, denseNetwork, randomSnapshot, sameBytes, snapshotArbitrary } from "./codecs.testing";
import { packContainer, unpackContainer } from "./container";
import { parseHeader, type ArtefactHeader } from "./header";

const small = encodeArtefact(randomSnapshot(convNetwork(1, 1)), { document: { name: "x" } }).bytes;

/** The code of the refusal, or `accepted`. Anything but an EngineError goes through. */
function codeOf(bytes: Uint8Array): string {
  try {
    checkSnapshot(decodeArtefact(bytes).snapshot);
    return "accepted";
  } catch (error) {
    if ((error as EngineError).name !== "EngineError") throw error;
    return (error as EngineError).code;
  }
}

const messageOf = (bytes: Uint8Array): string => {
  try {
    decodeArtefact(bytes);
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
};

/** A well-formed file, checksum and all, with another header. */
function withHeader(bytes: Uint8Array, edit: (header: ArtefactHeader) => unknown): Uint8Array {
  const { header, payload } = unpackContainer(bytes);
  return packContainer(JSON.stringify(edit(parseHeader(header))), [payload], FORMAT_VERSION);
}

describe("a damaged file", () => {
  it("cut anywhere is truncated-file, and says how much of it there is", () => {
    for (let length = 0; length < small.length; length++)
      expect(codeOf(small.subarray(0, length))).toBe("truncated-file");
    expect(messageOf(small.subarray(0, 200))).toBe(
      `expected a file of ${small.length} bytes, got 200: it was cut short, copy it again`,
    );
  });

  it("with any bit of any byte turned is refused", () => {
    for (let at = 0; at < small.length; at++) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const altered = small.slice();
        altered[at]! ^= bit;
        // Magic; version (1 -> 0 has no version that fits, 3 is another checksum's, the rest is newer); everything else.
        const newer = at === 8 || (at === 9 && (1 ^ bit) > FORMAT_VERSION);
        expect([at, codeOf(altered)]).toEqual([at, at < 8 ? "invalid-file" : newer ? "newer-version" : "corrupt-file"]);
      }
    }
  });

  it("with bytes behind its end is corrupt-file", () => {
    expect(codeOf(Uint8Array.from([...small, 0]))).toBe("corrupt-file");
  });

  it("that is a view into a larger buffer decodes as any other", () => {
    const larger = new Uint8Array(small.length + 13);
    larger.set(small, 5);
    expect(codeOf(larger.subarray(5, 5 + small.length))).toBe("accepted");
  });
});

describe("another kind of file", () => {
  it("is known by its first bytes", () => {
    expect(magicMatches(small)).toBe(true);
    expect(magicMatches(small.subarray(0, 7))).toBe(false);
    expect(magicMatches(new TextEncoder().encode('{"format": "layers-model"}'))).toBe(false);
    expect(codeOf(new TextEncoder().encode('{"format": "layers-model"}'))).toBe("invalid-file");
  });

  it("of a newer version says so before anything is checked", () => {
    const newer = small.slice(0, 40);
    newer[9] = FORMAT_VERSION + 1;
    expect(codeOf(newer)).toBe("newer-version");
    expect(messageOf(newer)).toBe("expected a file of version 3 or older, got version 4: open it with a newer studio");
  });

  it("is refused whatever follows the magic", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = Uint8Array.from([...small.subarray(0, 8), ...tail]);
        expect(["truncated-file", "corrupt-file", "newer-version", "invalid-file"]).toContain(codeOf(bytes));
      }),
    );
  });
});

describe("a file with a right checksum and a wrong content", () => {
  const dense = encodeArtefact(randomSnapshot(denseNetwork(3, 2))).bytes;

  it("is still accepted when only rewritten", () => {
    expect(codeOf(withHeader(dense, (header) => header))).toBe("accepted");
  });

  const firstTensor = (change: Record<string, unknown>) => (header: ArtefactHeader) => ({
    ...header,
    tensors: header.tensors.map((tensor, i) => (i === 0 ? { ...tensor, ...change } : tensor)),
  });

  it.each<[string, (header: ArtefactHeader) => unknown, RegExp]>([
    ["a header that is no object", () => [1], /header/],
    ["a tensor too few", (h) => ({ ...h, tensors: h.tensors.slice(1) }), /expected tensor 0 to be 'fc1\/kernel'/],
    ["a tensor too many", (h) => ({ ...h, tensors: [...h.tensors, h.tensors[0]] }), /expected tensor 4 to be 'none'/],
    ["another tensor's name", firstTensor({ name: "fc9/kernel" }), /got 'fc9\/kernel'/],
    ["an unknown form", firstTensor({ form: "f8" }), /header tensors\.0\.form/],
    ["a field that is not in the format", firstTensor({ extra: 1 }), /header tensors\.0\.extra/],
    [
      "an alphabet for floats that is not there",
      firstTensor({ form: "codebook" }),
      /tensor 'fc1\/kernel': expected an alphabet/,
    ],
    ["a stream longer than the file", firstTensor({ streams: [["values", 9999]] }), /expected 9999 bytes of 'values'/],
    [
      "a stream shorter than its tensor",
      firstTensor({ streams: [["values", 20]] }),
      /expected 24 bytes of 'values', got 20/,
    ],
    [
      "bytes that belong to nothing",
      (h) => ({
        ...h,
        tensors: h.tensors.map((t, i) => (i === 3 ? { ...t, form: "f16", streams: [["values", 4]] } : t)),
      }),
      /expected nothing after the last stream, got 4 bytes/,
    ],
    [
      "more entries than weights",
      firstTensor({ layout: { kind: "bitmap", entries: 7 } }),
      /at most 6 stored values, got 7/,
    ],
    [
      "a uniform quantizer without scales",
      firstTensor({ quantizer: { kind: "uniform", bits: 4, granularity: "tensor" } }),
      /expected scales/,
    ],
    [
      "a quantizer that does not give the values",
      firstTensor({ quantizer: { kind: "uniform", bits: 4, granularity: "tensor", scales: [0.5] } }),
      /expected values that the uniform quantizer gives/,
    ],
    [
      "an activation of no layer",
      (h) => ({ ...h, activations: [{ node: "x", bits: 8 }], activationStreams: [] }),
      /activationScales/,
    ],
    [
      "another network",
      (h) => ({ ...h, network: { ...(h.network as object), output: "x" } }),
      /network: output must be the id of a layer/,
    ],
  ])("%s", (_, edit, message) => {
    const bytes = withHeader(dense, edit);
    expect(codeOf(bytes)).toBe("invalid-file");
    expect(messageOf(bytes)).toMatch(message);
  });

  it("weights that are not finite", () => {
    const { header, payload } = unpackContainer(dense);
    const infinite = payload.slice();
    infinite.set([0x7f, 0x80, 0, 0]);
    expect(messageOf(packContainer(JSON.stringify(header), [infinite], FORMAT_VERSION))).toMatch(
      /expected finite values in 'fc1\/kernel'/,
    );
  });

  it("a few bytes that ask for a quarter of a billion zeros", () => {
    const shape = [16384, 16384];
    const bomb = withHeader(small, (h) => ({
      ...h,
      network: {
        name: "bomb",
        nodes: [
          { id: "input", op: "input", inputs: [], attrs: { shape: [16384] }, params: {} },
          {
            id: "fc",
            op: "dense",
            inputs: ["input"],
            attrs: { units: 16384, useBias: false },
            params: { kernel: { name: "fc/kernel", shape } },
          },
        ],
        output: "fc",
        head: "none",
      },
      tensors: [
        {
          name: "fc/kernel",
          form: "f32",
          layout: { kind: "relative", entries: 0, gapBits: 2 },
          streams: [
            ["values", 0],
            ["indices", 0],
          ],
        },
      ],
    }));
    expect(messageOf(bomb)).toMatch(/expected at most 16777216 parameters in \d+ bytes, got 268435456/);
  });

  /** Magic, version and lengths by hand, so that they can lie; both checksums right. */
  function forged(header: Uint8Array, headerBytes: number, textBytes: number): Uint8Array {
    const bytes = new Uint8Array(28 + header.length + 32);
    bytes.set(small.subarray(0, 10));
    const view = new DataView(bytes.buffer);
    view.setUint32(12, bytes.length);
    view.setUint32(16, headerBytes);
    view.setUint32(20, textBytes);
    bytes.set(sha256(bytes.subarray(0, 24)).subarray(0, 4), 24);
    bytes.set(header, 28);
    bytes.set(sha256(bytes.subarray(0, -32)), bytes.length - 32);
    return bytes;
  }

  it.each([
    ["a header beyond the file", new Uint8Array(4), 2 ** 31, 10, /expected a header of at most 4 bytes/],
    ["a header of 4 GB of text", new Uint8Array(4), 4, 2 ** 32 - 1, /bytes of text, got 4294967295/],
    ["a header that inflates to more than it says", deflateSync(new Uint8Array(2 ** 20)), 0, 100, /got more/],
    [
      "a header that inflates to less",
      deflateSync(new Uint8Array(10)),
      0,
      100,
      /expected a header of 100 bytes of text, got 10/,
    ],
    ["a header that is not deflated", Uint8Array.of(7, 7, 7), 3, 9, /RFC 1951/],
    [
      "a header cut within",
      deflateSync(new TextEncoder().encode("[1, 2, 3, 4, 5]")).subarray(0, 9),
      9,
      15,
      /RFC 1951|bytes of text/,
    ],
    ["a header that is not JSON", deflateSync(new TextEncoder().encode("{oops")), 0, 5, /in JSON/],
    ["a header that is not UTF-8", deflateSync(Uint8Array.of(0x22, 0xff, 0x22)), 0, 3, /in JSON/],
    ["no header", new Uint8Array(0), 0, 0, /in JSON/],
  ])("%s", (_, header, headerBytes, textBytes, message) => {
    const bytes = forged(header, headerBytes || header.length, textBytes);
    expect(codeOf(bytes)).toBe("invalid-file");
    expect(messageOf(bytes)).toMatch(message);
  });

  it("any byte of any stream replaced", () => {
    fc.assert(
      fc.property(snapshotArbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (snapshot, pick, turn) => {
        const { header, payload } = unpackContainer(encodeArtefact(snapshot).bytes);
        fc.pre(payload.length > 0);
        const altered = payload.slice();
        altered[pick % payload.length]! ^= turn;
        expect(["accepted", "invalid-file"]).toContain(
          codeOf(packContainer(JSON.stringify(header), [altered], FORMAT_VERSION)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("any field of any header replaced by anything", () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        -1,
        0,
        1,
        2,
        5,
        31,
        1e9,
        2 ** 28,
        1.5,
        "",
        "uniform",
        "relative",
        "huffman",
        [],
        {},
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    fc.assert(
      fc.property(snapshotArbitrary, fc.nat(), junk, fc.boolean(), (snapshot, pick, value, remove) => {
        const bytes = encodeArtefact(snapshot).bytes;
        const altered = withHeader(bytes, (header) => {
          const copy = JSON.parse(JSON.stringify(header)) as object;
          const places = placesIn(copy);
          const [owner, key] = places[pick % places.length]!;
          if (remove && !Array.isArray(owner)) delete owner[key];
          else owner[key] = value;
          return copy;
        });
        const code = codeOf(altered);
        expect(["accepted", "invalid-file"]).toContain(code);
        // What is accepted is a whole snapshot: it can be encoded again.
        if (code === "accepted") {
          const again = encodeArtefact(decodeArtefact(altered).snapshot).bytes;
          expect(sameBytes(encodeArtefact(decodeArtefact(again).snapshot).bytes, again)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});

type Owner = Record<string, unknown>;

/** Every field and element, however deep. */
function placesIn(value: object): [owner: Owner, key: string][] {
  return Object.entries(value).flatMap(([key, inner]): [Owner, string][] => [
    [value as Owner, key],
    ...(typeof inner === "object" && inner !== null ? placesIn(inner as object) : []),
  ]);
}
