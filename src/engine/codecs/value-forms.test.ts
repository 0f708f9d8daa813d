import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { effectiveTensor, tensorOf, type EffectiveTensor } from "./effective-tensor";
import { StreamSet } from "./streams";
import { valueFormIds, valueForms, type ValueFormId } from "./value-forms";

/** One tensor that each form can hold. A form without a line here does not compile. */
const samples: Readonly<Record<ValueFormId, EffectiveTensor>> = {
  f32: tensorOf(Float32Array.of(0, 0.1, -3)),
  f16: tensorOf(Float32Array.of(0, 0.5, -3)),
  uniform: effectiveTensor("w", Float32Array.of(0, 0.2, -0.7), {
    quantizer: {
      kind: "uniform",
      bits: 4,
      granularity: "tensor",
      clips: Float32Array.of(1),
      scales: Float32Array.of(0.1),
    },
  }),
  signs: tensorOf(Float32Array.of(0, 0.2, -0.3)),
  "power-of-two": tensorOf(Float32Array.of(0, 0.5, -4)),
  codebook: tensorOf(Float32Array.of(0, 0.1, 0.2)),
  coded: effectiveTensor("w", Float32Array.of(0, 0.2, -0.7), {
    mask: Uint8Array.of(0, 1, 1),
    quantizer: { kind: "basis", bits: 2, turns: 1, decay: 0.9, basis: Float32Array.of(0.3, 0.6) },
  }),
};

describe("value forms", () => {
  it("are all listed: as many as files in forms/, of which codes.ts holds two", () => {
    const files = readdirSync(new URL("./forms", import.meta.url)).filter((f) => !f.endsWith(".test.ts"));
    expect(files.length + 1).toBe(valueFormIds.length);
  });

  it.each(valueFormIds)("%s keeps its contract", (id) => {
    const tensor = samples[id];
    const prepared = valueForms[id].prepare(tensor)!;
    expect(prepared.symbols.length).toBe(tensor.count);
    // Symbol 0 is +0, in every form.
    tensor.bits.forEach((bits, i) => expect(prepared.symbols[i] === 0).toBe(bits === 0));
    const { content } = prepared;
    if (content.kind === "raw") {
      expect(content.width).toBe(valueForms[id].rawWidth);
    } else {
      const counts = new Uint32Array(content.counts.length);
      prepared.symbols.forEach((s) => counts[s]!++);
      expect(content.counts).toEqual(counts);
      // Cut after the last symbol that occurs.
      expect(counts.at(-1)).toBeGreaterThan(0);
    }
    for (const first of [0, 1] as const) {
      const alphabet = { first, count: content.kind === "raw" ? 0 : content.counts.length - first };
      const sizes = prepared.tableSizes(alphabet);
      const tables = prepared.tables(alphabet);
      expect(tables.map(({ stream, bytes }) => ({ stream, bits: bytes.length * 8 }))).toEqual(sizes);
    }
  });

  it.each([
    ["f16", "a value with 12 significant bits", Float32Array.of(1 + 2 ** -11)],
    ["uniform", "a tensor without a quantizer", Float32Array.of(1)],
    ["signs", "two values of one sign", Float32Array.of(1, 2)],
    ["signs", "-0", Float32Array.of(-0, 2)],
    ["power-of-two", "a third", Float32Array.of(1, 0.5, 1 / 3)],
    ["power-of-two", "a subnormal power", Float32Array.of(2 ** -130)],
    ["codebook", "257 values", Float32Array.from({ length: 257 }, (_, i) => i + 1)],
  ] as const)("%s does not take %s", (id, _, values) => {
    expect(valueForms[id].prepare(tensorOf(values))).toBeUndefined();
  });

  it("powers of two below the normal floats are refused", () => {
    // 2^-126 down to symbol 3, which would be 2^-127.
    const streams = new StreamSet([{ stream: "exponent", bytes: Uint8Array.of(-126) }]);
    const restore = (count: number) =>
      valueForms["power-of-two"].restore(Uint16Array.of(1), {
        alphabet: { first: 1, count },
        streams,
        count: 1,
        quantizer: undefined,
      });
    expect(restore(2).values).toEqual(Float32Array.of(2 ** -126));
    expect(() => restore(3)).toThrow("expected exponents of at least -126, got -126 and 3 symbols");
  });

  it("a codebook has room for 256 values besides zero", () => {
    expect(valueForms.codebook.prepare(tensorOf(Float32Array.from({ length: 257 }, (_, i) => i)))).toBeDefined();
  });
});
