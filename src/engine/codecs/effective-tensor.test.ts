import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveValues } from "../quantizers/effective";
import { weightKindOf } from "../quantizers/weights/registry";
import { sameBytes, stateArbitrary, valuesArbitrary } from "./codecs.testing";
import { effectiveTensor } from "./effective-tensor";

describe("effective tensor", () => {
  it("is what effectiveValues computes, bit for bit, in every state", () => {
    const cases = fc
      .integer({ min: 1, max: 60 })
      .chain((count) => valuesArbitrary(count))
      .chain((values) => fc.tuple(fc.constant(values), stateArbitrary(values, Math.min(3, values.length))));
    fc.assert(
      fc.property(cases, ([values, state]) => {
        const tensor = effectiveTensor("w", values, state);
        expect(sameBytes(tensor.values, effectiveValues(values, state))).toBe(true);
        expect(tensor.coded?.form).toBe(state.quantizer && weightKindOf(state.quantizer).codes?.form);
      }),
      { numRuns: 400 },
    );
  });

  it("takes the smaller index of equally near codebook values, wherever they stand", () => {
    // 0.5 lies between 0 and 1; behind a distance that rounding makes equal, index 0 wins over index 1.
    const nearest = (w: number, ...codebook: number[]) =>
      effectiveTensor("w", Float32Array.of(w), { quantizer: { kind: "codebook", values: Float32Array.from(codebook) } })
        .values[0];
    expect(nearest(0.5, 1, 0)).toBe(1);
    expect(nearest(0.5, 0, 1)).toBe(0);
    expect(nearest(1e30, 2, 1)).toBe(2);
    expect(nearest(1e30, 1, 2)).toBe(1);
  });

  it("counts by bits: -0 is not zero", () => {
    expect(effectiveTensor("w", Float32Array.of(0, -0, 1), undefined).nonZero).toBe(2);
  });

  it.each([
    ["a mask of another length", { mask: new Uint8Array(2) }, "shape-mismatch"],
    ["a quantizer of 9 bits", { quantizer: uniform({ bits: 9 }) }, "invalid-params"],
    ["a scale of 0", { quantizer: uniform({ scales: Float32Array.of(0) }) }, "invalid-params"],
    [
      "a scale whose largest value is infinite",
      { quantizer: uniform({ scales: Float32Array.of(3e38) }) },
      "invalid-params",
    ],
    ["two scales for a tensor", { quantizer: uniform({ scales: Float32Array.of(1, 1) }) }, "invalid-params"],
    ["an empty codebook", { quantizer: { kind: "codebook" as const, values: new Float32Array(0) } }, "invalid-params"],
  ])("refuses %s", (_, state, code) => {
    expect(() => effectiveTensor("w", new Float32Array(3), state)).toThrow(expect.objectContaining({ code }));
  });
});

function uniform(changes: { bits?: number; scales?: Float32Array }) {
  const base = { kind: "uniform" as const, bits: 4, granularity: "tensor" as const, clips: Float32Array.of(1) };
  return { ...base, scales: Float32Array.of(0.1), ...changes };
}
