import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMask } from "../core/effective";
import { parametersOf } from "../core/network";
import { type ParameterQuantizer, type ParameterState, plainSnapshot, type Snapshot } from "../core/snapshot";
import { createRng } from "../core/rng";
import { decodeArtefact, encodeArtefact } from "./artefact";
import { convNetwork, denseNetwork, randomSnapshot, sameBytes, snapshotArbitrary } from "./codecs.testing";
import { planSnapshot, sizeOf } from "./snapshot-plan";
import { effectiveValues } from "../quantizers/effective";
import { uniformScales } from "../quantizers/weights/uniform";

describe("an artefact decodes to what was encoded", () => {
  it("whatever the states: values, states, activations, sizes, embedded things; and encodes again to the same bytes", () => {
    fc.assert(
      fc.property(snapshotArbitrary, fc.jsonValue(), (snapshot, document) => {
        const embedded = { document, info: { seed: 7 } };
        const encoded = encodeArtefact(snapshot, embedded);
        const decoded = decodeArtefact(encoded.bytes);

        for (const { name } of parametersOf(snapshot.network)) {
          const expected = effectiveValues(snapshot.values.get(name)!, snapshot.states.get(name));
          const values = decoded.snapshot.values.get(name)!;
          expect(sameBytes(values, expected)).toBe(true);
          expect(sameBytes(effectiveValues(values, decoded.snapshot.states.get(name)), expected)).toBe(true);
        }
        expect(decoded.snapshot.activations).toEqual(snapshot.activations);
        expect(decoded.snapshot.network).toEqual(snapshot.network);
        expect(decoded.document).toEqual(JSON.parse(JSON.stringify(document)));
        expect(decoded.info).toEqual({ seed: 7 });

        const { bytes, ...sizes } = encoded;
        expect(decoded).toMatchObject(sizes);
        expect(bytes.length).toBe(encoded.fileBytes);
        expect(sizeOf(snapshot)).toBe(encoded.sizeBytes);
        const streams = [...encoded.tensors, encoded.activations].flatMap((part) => part.streams);
        expect(streams.reduce((sum, s) => sum + s.bytes, 0)).toBe(encoded.sizeBytes);

        expect(sameBytes(encodeArtefact(decoded.snapshot, embedded).bytes, bytes)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps each quantizer: kind, bits, scales, the codebook's values in use", () => {
    const network = denseNetwork(3, 2);
    const scales = Float32Array.of(0.1, 0.25);
    const snapshot: Snapshot = {
      ...randomSnapshot(network),
      states: new Map([
        [
          "fc1/kernel",
          { quantizer: { kind: "uniform", bits: 3, granularity: "channel", clips: Float32Array.of(0.5, 1), scales } },
        ],
        ["fc2/kernel", { quantizer: { kind: "codebook", values: Float32Array.of(1, -1, 9) } }],
      ]),
    };
    const { states } = decodeArtefact(encodeArtefact(snapshot).bytes).snapshot;
    const clips = Float32Array.of(1, 1);
    expect(states.get("fc1/kernel")).toEqual({
      quantizer: { kind: "uniform", bits: 3, granularity: "channel", clips, scales },
    });
    expect(states.get("fc2/kernel")).toEqual({ quantizer: { kind: "codebook", values: Float32Array.of(-1, 1) } });
  });

  it("gives a mask where zeros were pruned, and none where they only happened", () => {
    const network = denseNetwork(2, 2);
    const values = new Map([
      ["fc1/kernel", Float32Array.of(0.1, 5, 0.2, 0.3)],
      ["fc1/bias", Float32Array.of(0, 0)],
      ["fc2/kernel", Float32Array.of(0, 0.1, 0.2, 0)],
      ["fc2/bias", Float32Array.of(1, 2)],
    ]);
    const states = new Map([["fc1/kernel", { mask: Uint8Array.of(1, 0, 1, 1) }]]);
    const { snapshot } = decodeArtefact(encodeArtefact({ ...plainSnapshot(network, values), states }).bytes);
    expect([...snapshot.states]).toEqual([["fc1/kernel", { mask: Uint8Array.of(1, 0, 1, 1) }]]);
    expect(snapshot.values.get("fc1/kernel")![1]).toBe(0);
  });

  it("takes a mask that removes nothing for none", () => {
    const values = new Map([["conv/kernel", Float32Array.from({ length: 9 }, (_, i) => (i > 4 ? i : 0))]]);
    const states = new Map([["conv/kernel", { mask: new Uint8Array(9).fill(1) }]]);
    const { bytes } = encodeArtefact({ ...plainSnapshot(convNetwork(1, 1), values), states });
    expect(decodeArtefact(bytes).snapshot.states.size).toBe(0);
  });

  it.each([
    ["f32", undefined, /^relative index \d b \+ f32, Huffman on indices$/],
    ["5-bit codes", "uniform", /^relative index \d b \+ 5-bit codes, Huffman$/],
    ["a codebook of 31", "codebook", /^relative index \d b \+ 5-bit codebook indices, Huffman$/],
  ] as const)("at a size where everything is Huffman-coded: 90 % sparse, %s", (_, kind, codec) => {
    const network = convNetwork(32, 64);
    const rng = createRng(11, "pruned");
    const raw = Float32Array.from({ length: 9 * 32 * 64 }, () => rng.normal());
    const mask = Uint8Array.from(raw, () => (rng.next() < 0.9 ? 0 : 1));
    const clips = Float32Array.of(1);
    const quantizer: ParameterQuantizer | undefined =
      kind === "uniform"
        ? { kind, bits: 5, granularity: "tensor", clips, scales: uniformScales(applyMask(raw, mask), clips, 5) }
        : kind && { kind, values: Float32Array.from({ length: 31 }, (_, i) => (i - 15 || 0.3) / 5) };
    const state: ParameterState = { mask, ...(quantizer && { quantizer }) };
    const snapshot: Snapshot = {
      ...plainSnapshot(network, new Map([["conv/kernel", raw]])),
      states: new Map([["conv/kernel", state]]),
    };
    const encoded = encodeArtefact(snapshot);
    expect(encoded.tensors[0]!.codec).toMatch(codec);
    expect(encoded.sizeBytes).toBe(sizeOf(snapshot));
    const decoded = decodeArtefact(encoded.bytes).snapshot;
    expect(sameBytes(decoded.values.get("conv/kernel")!, effectiveValues(raw, state))).toBe(true);
    expect(sameBytes(encodeArtefact(decoded).bytes, encoded.bytes)).toBe(true);
  });

  it("rounds the scale of an activation to fp32, in which it is used", () => {
    const activations = new Map([["conv", { kind: "affine" as const, bits: 8, scale: 0.1, zeroPoint: 3 }]]);
    const { bytes } = encodeArtefact({ ...randomSnapshot(convNetwork(1, 2)), activations });
    expect(decodeArtefact(bytes).snapshot.activations.get("conv")).toEqual({
      kind: "affine",
      bits: 8,
      scale: Math.fround(0.1),
      zeroPoint: 3,
    });
  });

  it("embeds nothing unless told", () => {
    const decoded = decodeArtefact(encodeArtefact(randomSnapshot(convNetwork(1, 1))).bytes);
    expect(decoded).toMatchObject({ document: undefined, info: {} });
  });
});

describe("sizes", () => {
  it("of an untouched network are 4 bytes a parameter", () => {
    const encoded = encodeArtefact(randomSnapshot(denseNetwork(50, 20)));
    // 50*20 + 20 + 20*2 + 2 = 1062
    expect(encoded.sizeBytes).toBe(4 * 1062);
    expect(encoded.tensors.map((t) => t.codec)).toEqual(Array(4).fill("dense f32"));
  });

  it("of two convolutions 16 -> 32 -> 10 fall from 240,960 to 150,720 bits with 12 filters", () => {
    // 3*3*16*32 + 32 + 3*3*32*10 + 10 = 7530; 3*3*16*20 + 20 + 3*3*20*10 + 10 = 4710
    const bits = (filters: number) => {
      const [first, second] = [convNetwork(16, filters), convNetwork(filters, 10)];
      return 8 * (sizeOf(randomSnapshot(first)) + sizeOf(randomSnapshot(second))) + 32 * (filters + 10);
    };
    expect(bits(32)).toBe(240_960);
    expect(bits(20)).toBe(150_720);
  });

  it("count 32 bits of scale and b bits of zero point for each activation", () => {
    const activations = new Map([
      ["input", { kind: "affine" as const, bits: 8, scale: 1, zeroPoint: 0 }],
      ["conv", { kind: "affine" as const, bits: 4, scale: 1, zeroPoint: 15 }],
      ["pool", { kind: "affine" as const, bits: 3, scale: 1, zeroPoint: 7 }],
    ]);
    const snapshot = randomSnapshot(convNetwork(1, 1));
    const encoded = encodeArtefact({ ...snapshot, activations });
    // 3 * 4 bytes, and 15 bits
    expect(encoded.activations).toEqual({
      count: 3,
      streams: [
        { stream: "activationScales", bytes: 12 },
        { stream: "zeroPoints", bytes: 2 },
      ],
      sizeBytes: 14,
    });
    expect(encoded.sizeBytes).toBe(sizeOf(snapshot) + 14);
  });

  it("add up by tensor, with what is zero and what is not", () => {
    const rng = createRng(5, "pruned");
    const kernel = Float32Array.from({ length: 900 }, () => (rng.next() < 0.1 ? rng.normal() : 0));
    const network = convNetwork(10, 10);
    const { tensors, sizeBytes } = encodeArtefact(plainSnapshot(network, new Map([["conv/kernel", kernel]])));
    expect(tensors).toHaveLength(1);
    expect(tensors[0]).toMatchObject({
      name: "conv/kernel",
      shape: [3, 3, 10, 10],
      count: 900,
      nonZero: kernel.filter((w) => w !== 0).length,
      sizeBytes,
    });
    expect(tensors[0]!.codec).toMatch(/^relative index \d b \+ f32/);
    expect(planSnapshot(plainSnapshot(network, new Map([["conv/kernel", kernel]]))).sizeBytes).toBe(sizeBytes);
  });
});

describe("the same snapshot gives the same bytes", () => {
  it("however its maps and its network's fields are ordered", () => {
    const snapshot = randomSnapshot(denseNetwork(4, 3));
    const reversed = JSON.parse(JSON.stringify(snapshot.network), (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ) as Snapshot["network"];
    const again: Snapshot = { ...snapshot, network: reversed, values: new Map([...snapshot.values].reverse()) };
    expect(sameBytes(encodeArtefact(snapshot).bytes, encodeArtefact(again).bytes)).toBe(true);
  });
});

describe("what cannot be stored is refused before a byte is written", () => {
  const good = randomSnapshot(convNetwork(1, 1));
  const withKernel = (kernel: Float32Array): Snapshot =>
    plainSnapshot(good.network, new Map([["conv/kernel", kernel]]));
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;

  it.each([
    ["a weight that is not finite", () => encodeArtefact(withKernel(new Float32Array(9).fill(NaN))), "invalid-file"],
    ["another number of weights", () => encodeArtefact(withKernel(new Float32Array(8))), "shape-mismatch"],
    [
      "a network that no reader would take",
      () => encodeArtefact({ ...good, network: { ...good.network, output: "nowhere" } }),
      "invalid-file",
    ],
    [
      "an activation of no layer",
      () =>
        encodeArtefact({
          ...good,
          activations: new Map([["nowhere", { kind: "affine" as const, bits: 8, scale: 1, zeroPoint: 0 }]]),
        }),
      "invalid-params",
    ],
    [
      "a zero point out of range",
      () =>
        encodeArtefact({
          ...good,
          activations: new Map([["conv", { kind: "affine" as const, bits: 2, scale: 1, zeroPoint: 4 }]]),
        }),
      "invalid-params",
    ],
    ["a document with a cycle", () => encodeArtefact(good, { document: cyclic }), "invalid-document"],
    ["a document of 5 MB", () => encodeArtefact(good, { document: "x".repeat(5_000_000) }), "invalid-document"],
  ])("%s", (_, encode, code) => {
    expect(encode).toThrow(expect.objectContaining({ code }));
  });
});
