/**
 * The worked layer, unless a case says otherwise: convolution 3x3, 16 -> 32: 4,608 weights, 32 output channels; sparse
 * case 461 nonzero (density 0.1). All sizes in bits.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveValues } from "../quantizers/effective";
import { type Shape, sizeOfShape } from "../core/network";
import { createRng } from "../core/rng";
import type { ParameterState } from "../core/snapshot";
import { diagonalPositions, TILE_SIDES } from "./block-diagonal";
import { sameBytes, stateArbitrary, valuesArbitrary } from "./codecs.testing";
import { effectiveTensor, tensorOf, type EffectiveTensor } from "./effective-tensor";
import { layoutKinds } from "./layout";
import { StreamSet, streamNames } from "./streams";
import { symbolCodingIds } from "./symbol-coding";
import { candidatePlans, codecLabel, decodeTensor, encodeTensor, planTensor, type TensorPlan } from "./tensor-codec";
import { valueFormIds } from "./value-forms";
import { stateFields } from "./parameter-state";

const fourBits = { kind: "uniform", bits: 4, granularity: "tensor" } as const;

const N = 4608;
const CHANNELS = 32;

const SHAPE = [3, 3, 16, CHANNELS];

/** Random floats, none of them 0, no two alike. */
function dense(count = N): Float32Array {
  const rng = createRng(1, "weights");
  return Float32Array.from({ length: count }, () => rng.normal() || 1);
}

/** 461 of 4,608 values at every tenth place, then the last few closer together. */
const sparse = (value: (i: number) => number): Float32Array =>
  Float32Array.from({ length: N }, (_, i) => (i % 10 === 0 && i < 4610 ? value(i) : 0));

/** Codes that use the whole range [-L, L] in every channel but, if asked, never 0. */
function withUniform(bits: number, granularity: "tensor" | "channel", codeOf: (i: number) => number): EffectiveTensor {
  const groups = granularity === "tensor" ? 1 : CHANNELS;
  const scales = Float32Array.from({ length: groups }, (_, c) => 0.01 + c / 1000);
  const values = Float32Array.from({ length: N }, (_, i) => codeOf(i) * scales[i % groups]!);
  const clips = new Float32Array(groups).fill(1);
  return effectiveTensor("w", values, { quantizer: { kind: "uniform", bits, granularity, clips, scales } });
}

const range = (bits: number) => (i: number) => (i % (2 ** bits - 1)) - (2 ** (bits - 1) - 1);

/** The plan of one layout, form and coding; sizes in bits by stream. */
function sizesOf(tensor: EffectiveTensor, layout: string, form: string, coding?: string, k?: number) {
  const plan = [...candidatePlans(tensor)].find(
    ({ fields }) =>
      fields.layout.kind === layout &&
      fields.form === form &&
      fields.symbols?.coding === coding &&
      (fields.layout.kind !== "relative" || fields.layout.gapBits === k),
  );
  if (!plan) return undefined;
  return Object.fromEntries(plan.sizes.map(({ stream, bits }) => [stream, bits]));
}

const labelOf = ({ fields, tensor }: TensorPlan) => codecLabel(fields, tensor.count);

describe("stored bits of the worked layer", () => {
  it("dense f32: 32 N = 147,456, and nothing smaller for random floats", () => {
    const tensor = tensorOf(dense());
    expect(sizesOf(tensor, "dense", "f32")).toEqual({ values: 147_456 });
    const plan = planTensor(tensor);
    expect(plan.sizeBytes).toBe(4 * N);
    expect(labelOf(plan)).toBe("dense f32");
  });

  it("f16, where every value survives: 16 N = 73,728", () => {
    const halves = Float32Array.from({ length: N }, (_, i) => (i + 1) / 4096);
    expect(sizesOf(tensorOf(halves.map((x) => Math.fround(x + 1e-6))), "dense", "f16")).toBeUndefined();
    const survivors = Float32Array.from({ length: N }, (_, i) => (1 + (i % 1024) / 1024) * 2 ** -(i % 5));
    expect(sizesOf(tensorOf(survivors), "dense", "f16")).toEqual({ values: 73_728 });
    expect(labelOf(planTensor(tensorOf(survivors)))).toBe("dense f16");
  });

  it("bitmap: N + nnz * 32 = 4,608 + 461 * 32 = 19,360", () => {
    const tensor = tensorOf(sparse((i) => dense(1)[0]! + i));
    expect(tensor.nonZero).toBe(461);
    expect(sizesOf(tensor, "bitmap", "f32")).toEqual({ mask: 4_608, values: 461 * 32 });
  });

  it("CSR: nnz (32 + log2 cols) + (rows + 1) log2 (nnz + 1) = 461 * 32 + 461 * 8 + 33 * 9 = 18,737", () => {
    // 32 rows, 3 * 3 * 16 = 144 columns.
    const sizes = sizesOf(
      tensorOf(
        sparse((i) => dense(1)[0]! + i),
        SHAPE,
      ),
      "csr",
      "f32",
    )!;
    expect(sizes).toEqual({ columns: 3_688, rowPointers: 297, values: 14_752 });
    expect(Object.values(sizes).reduce((sum, bits) => sum + bits)).toBe(18_737);
  });

  it("CSR is not for vectors, whose rows and columns are not told apart", () => {
    expect(sizesOf(tensorOf(sparse((i) => i + 1)), "csr", "f32")).toBeUndefined();
  });

  it("CSR wins over bitmap and relative index where few weights lie in few rows, far apart", () => {
    // 32 rows of 8,192 columns; 24 weights, 13 bits each and 33 pointers of 5 bits: 477 bits = 39 + 21 bytes.
    // Each gap of 10,922 zeros would take the relative index, at its widest of 10 bits, 10 fillers with a value each.
    const values = new Float32Array(2 ** 18);
    for (let j = 0; j < 24; j++) values[Math.floor((j * 2 ** 18) / 24)] = 1.1 ** j;
    const plan = planTensor(tensorOf(values, [2 ** 13, 32]));
    expect(labelOf(plan)).toBe("CSR + f32");
    expect(plan.sizeBytes).toBe(24 * 4 + 39 + 21);
  });

  it("bitmap with 8-bit codes: 4,608 + 461 * 8 = 8,296, and 32 for the scale", () => {
    const tensor = withUniform(8, "tensor", (i) => (i % 10 === 0 ? (i % 127) + 1 : 0));
    expect(tensor.nonZero).toBe(461);
    const sizes = sizesOf(tensor, "bitmap", "uniform", "fixed")!;
    expect(sizes.mask! + sizes.values!).toBe(8_296);
    expect(sizes.scales).toBe(32);
  });

  it("relative index: positions 1, 4, 15 of 16 at k = 3 are 4 entries: 4 (3 + 32) = 140", () => {
    const values = new Float32Array(16);
    [1, 4, 15].forEach((at, i) => (values[at] = i + 0.1));
    expect(sizesOf(tensorOf(values), "relative", "f32", undefined, 3)).toEqual({ indices: 12, values: 128 });
  });

  it("pattern: 72 weights, 10 of 18 shape columns: 40 * 32 + 18 = 1,298; with 4-bit codes 40 * 4 + 18", () => {
    // [3, 3, 2, 4]: 18 columns of 4 weights, of which those of odd places stay, and column 0.
    const stays = (i: number) => Math.floor(i / 4) % 2 === 1 || i < 4;
    const values = Float32Array.from({ length: 72 }, (_, i) => (stays(i) ? 1.1 ** i : 0));
    const plan = planTensor(tensorOf(values, [3, 3, 2, 4]));
    expect(labelOf(plan)).toBe("pattern + f32");
    expect(plan.sizes).toEqual([
      { stream: "pattern", bits: 18 },
      { stream: "values", bits: 1_280 },
    ]);
    const scales = Float32Array.of(0.5);
    const quantizer = { kind: "uniform", bits: 4, granularity: "tensor", clips: Float32Array.of(1), scales } as const;
    const codes = Float32Array.from({ length: 72 }, (_, i) => (stays(i) ? (i % 15) - 7 : 0) / 2);
    // Codes of 0 in the rows that stay are stored like any other.
    expect(sizesOf(effectiveTensor("w", codes, { quantizer }, [3, 3, 2, 4]), "pattern", "uniform", "fixed")).toEqual({
      pattern: 18,
      values: 160,
      scales: 32,
    });
  });

  it("pattern is not tried where every row has a weight", () => {
    expect(
      sizesOf(
        tensorOf(
          sparse((i) => i + 1),
          SHAPE,
        ),
        "pattern",
        "f32",
      ),
    ).toBeUndefined();
  });

  it("block-diagonal: 128 x 128, p 4, 8-bit codes: 4,096 * 8 + 1,024 * 2 = 34,816 (fp32: 524,288)", () => {
    const rng = createRng(4, "offsets");
    const offsets = Uint8Array.from({ length: 1_024 }, () => rng.integer(4));
    const matrix = { inputs: 128, outputs: 128 };
    const values = new Float32Array(128 * 128);
    for (const position of diagonalPositions(offsets, matrix, 4))
      values[position] = (rng.integer(254) - 127 || 127) / 8;
    const quantizer = { kind: "uniform", bits: 8, granularity: "tensor", clips: Float32Array.of(1) } as const;
    const state = { quantizer: { ...quantizer, scales: Float32Array.of(1 / 8) } };
    const tensor = effectiveTensor("fc", values, state, [128, 128]);
    expect(tensor.nonZero).toBe(4_096);
    const plan = planTensor(tensor);
    expect(labelOf(plan)).toBe("block-diagonal 4 x 4 + 8-bit codes");
    expect(plan.sizes).toEqual([
      { stream: "offsets", bits: 2_048 },
      { stream: "scales", bits: 32 },
      { stream: "values", bits: 32_768 },
    ]);
    // Half of the side is block-diagonal too, with twice the entries; sides that do not divide it are not.
    const sides = [...candidatePlans(tensor)].map(({ fields: { layout } }) => "side" in layout && layout.side);
    expect([...new Set(sides)]).toEqual([false, 2, 4]);
  });

  it("8-bit codes, a scale per channel: 8 N + 32 * 32 = 37,888; 4 bits: 19,456", () => {
    expect(sizesOf(withUniform(8, "channel", range(8)), "dense", "uniform", "fixed")).toEqual({
      values: 36_864,
      scales: 1_024,
    });
    expect(sizesOf(withUniform(4, "channel", range(4)), "dense", "uniform", "fixed")).toEqual({
      values: 18_432,
      scales: 1_024,
    });
  });

  it("codebook: 6 weights, 3 values: 6 * 2 + 3 * 32 = 108 (fp32: 192)", () => {
    const tensor = tensorOf(Float32Array.of(-0.85, -0.85, 0.05, 0.05, 0.9, 0.9));
    expect(sizesOf(tensor, "dense", "codebook", "fixed")).toEqual({ values: 12, codebook: 96 });
    expect(sizesOf(tensor, "dense", "f32")).toEqual({ values: 192 });
  });

  it("Huffman on codebook indices that occur 5, 2, 1, 1 times: 15 bits and 4 * 5 of table (fixed: 18)", () => {
    const tensor = tensorOf(Float32Array.of(1, 1, 1, 1, 1, 2, 2, 3, 5));
    expect(sizesOf(tensor, "dense", "codebook", "huffman")).toEqual({ values: 15, codeTable: 20, codebook: 128 });
    expect(sizesOf(tensor, "dense", "codebook", "fixed")).toEqual({ values: 18, codebook: 128 });
  });

  it("binary: N + 32 * 32 = 5,632, with one scale N + 32", () => {
    const signsOnly = (i: number) => (i % 3 === 0 ? 1 : -1);
    const perChannel = withUniform(2, "channel", signsOnly);
    expect(sizesOf(perChannel, "dense", "uniform", "fixed")).toEqual({ values: 4_608, scales: 1_024 });
    const plain = tensorOf(Float32Array.from({ length: N }, (_, i) => 0.3 * signsOnly(i)));
    expect(sizesOf(plain, "dense", "signs", "fixed")).toEqual({ values: 4_608, scales: 32 });
    expect(labelOf(planTensor(plain))).toMatch(/^dense 1-bit signs/);
  });

  it("ternary: 2 N + 32 * 32 = 10,240; base 3: 8 * 922 + 1,024 = 8,400; bitmap and sign: N + nnz", () => {
    const tensor = withUniform(2, "channel", range(2));
    expect(sizesOf(tensor, "dense", "uniform", "fixed")).toEqual({ values: 9_216, scales: 1_024 });
    expect(sizesOf(tensor, "dense", "uniform", "base3")).toEqual({ values: 7_376, scales: 1_024 });
    // Every third code is 0: 1,536 of them.
    expect(sizesOf(tensor, "bitmap", "uniform", "fixed")).toEqual({ mask: 4_608, values: 3_072, scales: 1_024 });
  });

  it("trained ternary, {-Wn, 0, Wp}: two scales instead of a codebook of three", () => {
    const rng = createRng(2, "ternary");
    const tensor = tensorOf(Float32Array.from({ length: N }, () => [-0.2, 0, 0.3][rng.integer(3)]!));
    expect(sizesOf(tensor, "dense", "signs", "fixed")).toEqual({ values: 9_216, scales: 64 });
    expect(sizesOf(tensor, "dense", "codebook", "fixed")).toEqual({ values: 9_216, codebook: 96 });
    expect(labelOf(planTensor(tensor))).toBe("dense ternary codes in base 3");
  });

  it("powers of two at 5 bits: 5 N + 8 = 23,048", () => {
    // 0 and +-2^0 .. +-2^-7 are 17 values.
    const tensor = tensorOf(Float32Array.from({ length: N }, (_, i) => [1, -1, 0][i % 3]! * 2 ** -(i % 8)));
    expect(sizesOf(tensor, "dense", "power-of-two", "fixed")).toEqual({ values: 23_040, exponent: 8 });
  });

  it("a tensor of zeros takes nothing, whatever its quantizer", () => {
    const plan = planTensor(withUniform(4, "channel", () => 0));
    expect(plan.sizeBytes).toBe(0);
    expect(labelOf(plan)).toBe("all zero");
  });
});

describe("Deep Compression's pair (Han et al. 2016)", () => {
  it("stores a zero in the codebook only where there are fillers", () => {
    // 3 values. Positions 0, 1, 2: no filler, 2 bits each. At 0, 1, 100: fillers, so 4 values, still 2 bits.
    const near = new Float32Array(101);
    const far = new Float32Array(101);
    [0, 1, 2].forEach((at, i) => (near[at] = i + 1.1));
    [0, 1, 100].forEach((at, i) => (far[at] = i + 1.1));
    expect(sizesOf(tensorOf(near), "relative", "codebook", "fixed", 2)).toEqual({
      indices: 6,
      values: 6,
      codebook: 96,
    });
    // The gap of 98 zeros: 98 / 4 = 24 fillers and 2 left: 27 entries of 2 + 2 bits.
    expect(sizesOf(tensorOf(far), "relative", "codebook", "fixed", 2)).toMatchObject({ values: 54, codebook: 128 });
  });

  it("codes indices and values apart, each only if it helps", () => {
    const rng = createRng(3, "pruned");
    const pruned = Float32Array.from({ length: 50_000 }, () => (rng.next() < 0.08 ? rng.normal() : 0));
    const codebook = Float32Array.from({ length: 31 }, (_, i) => (i - 15 || 0.5) / 5);
    const mask = Uint8Array.from(pruned, (w) => (w === 0 ? 0 : 1));
    const plan = planTensor(effectiveTensor("fc", pruned, { mask, quantizer: { kind: "codebook", values: codebook } }));
    expect(labelOf(plan)).toMatch(/^relative index \d b \+ 5-bit codebook indices, Huffman$/);
    const { length: nonZero } = pruned.filter((w) => w !== 0);
    const fixed = sizesOf(plan.tensor, "relative", "codebook", "fixed", 5)!;
    expect(fixed.values).toBeGreaterThanOrEqual(5 * nonZero);
    expect(plan.sizeBytes * 8).toBeLessThan(fixed.values! + fixed.codebook! + 5 * nonZero);
  });
});

describe("what a plan promises", () => {
  const cases = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 8 })).chain((shape) =>
    valuesArbitrary(shape[0] * shape[1]).chain((values) =>
      fc.record({
        values: fc.constant(values),
        state: stateArbitrary(values, shape[1]),
        shape: fc.constantFrom(shape, [values.length]),
      }),
    ),
  );

  const roundTrip = (plan: TensorPlan, state: ParameterState, shape: Shape) => {
    // Encoding throws when a stream is not of its planned length.
    const streams = encodeTensor(plan);
    const { quantizer } = stateFields(state, plan.fields.form);
    return decodeTensor(plan.fields, new StreamSet(streams), shape, quantizer).values;
  };

  it("holds for every candidate: planned length written, values decoded bit for bit", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(cases, ({ values, state, shape }) => {
        const effective = effectiveValues(values, state);
        for (const plan of candidatePlans(effectiveTensor("w", values, state, shape))) {
          const { layout, form, symbols } = plan.fields;
          for (const part of [layout.kind, form, symbols?.coding]) if (part) seen.add(part);
          expect(sameBytes(roundTrip(plan, state, shape), effective)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    // No form, layout or coding went untested.
    expect([...seen].sort()).toEqual([...valueFormIds, ...layoutKinds, ...symbolCodingIds].sort());
  });

  it("is the smallest of all candidates, and never more than 4 bytes a weight", () => {
    fc.assert(
      fc.property(cases, ({ values, state, shape }) => {
        const tensor = effectiveTensor("w", values, state, shape);
        const smallest = Math.min(...Array.from(candidatePlans(tensor), (p) => p.sizeBytes));
        expect(planTensor(tensor).sizeBytes).toBe(smallest);
        expect(smallest).toBeLessThanOrEqual(4 * values.length);
      }),
    );
  });
});

describe("streams that nobody encoded", () => {
  it("a symbol that the alphabet does not have is refused, where the width has room for it", () => {
    // Symbols 0, 1, 2 at 2 bits: 11 is none.
    const fields = {
      layout: { kind: "dense" },
      form: "uniform",
      symbols: { first: 0, count: 3, coding: "fixed" },
    } as const;
    const streams = new StreamSet([
      { stream: "values", bytes: Uint8Array.of(0b01110000) },
      { stream: "scales", bytes: Uint8Array.of(0x3f, 0x80, 0, 0) },
    ]);
    expect(() => decodeTensor(fields, streams, [2], fourBits)).toThrow("expected symbols below 3, got 3 at entry 1");
  });

  it("are decoded or refused as invalid-file; nothing else happens", () => {
    const layout = fc.oneof(
      fc.constant({ kind: "dense" as const }),
      fc.record({ kind: fc.constantFrom("bitmap" as const, "csr" as const, "pattern" as const), entries: fc.nat(60) }),
      fc.record({
        kind: fc.constant("block-diagonal" as const),
        entries: fc.nat(60),
        side: fc.constantFrom(...TILE_SIDES),
      }),
      fc.record({
        kind: fc.constant("relative" as const),
        entries: fc.nat(60),
        gapBits: fc.constantFrom(2 as const, 5 as const, 10 as const),
        gapSymbols: fc.option(fc.nat(40), { nil: undefined }),
      }),
    );
    const fields = fc.record({
      layout,
      form: fc.constantFrom(...valueFormIds),
      symbols: fc.option(
        fc.record({
          first: fc.constantFrom(0 as const, 1 as const),
          count: fc.nat(20),
          coding: fc.constantFrom(...symbolCodingIds),
        }),
        { nil: undefined },
      ),
    });
    const streams = fc.tuple(
      ...streamNames.map((stream) => fc.uint8Array({ maxLength: 24 }).map((bytes) => ({ stream, bytes }))),
    );
    const shape = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((count) => [count]),
      fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
    );
    fc.assert(
      fc.property(fields, streams, shape, (f, s, dimensions) => {
        try {
          expect(decodeTensor(f, new StreamSet(s), dimensions, fourBits).values.length).toBe(sizeOfShape(dimensions));
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid-file" });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
