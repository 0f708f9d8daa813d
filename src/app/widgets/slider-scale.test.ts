import { describe, expect, it } from "vitest";
import { catalog } from "../../engine/blocks/catalog";
import type { Param } from "../../engine/blocks/params";
import { hasSlider, lastPosition, positionOf, valueAt } from "./slider-scale";

const sparsity = { min: 0, max: 0.999, step: 0.005, scale: "linear" } as const;
const rate = { min: 1e-6, max: 1, step: 1e-6, scale: "log" } as const;

describe("an even scale", () => {
  it("has round values and exact ends", () => {
    // 0.999 / 0.005 = 199.8: the last position is 200.
    expect(lastPosition(sparsity)).toBe(200);
    expect([0, 1, 180, 199, 200].map((p) => valueAt(sparsity, p))).toEqual([0, 0.005, 0.9, 0.995, 0.999]);
    expect([0, 0.9, 0.999].map((v) => positionOf(sparsity, v))).toEqual([0, 180, 200]);
  });

  it("begins where the range begins", () => {
    const memory = { min: 0.5, max: 0.9999, step: 0.001, scale: "linear" } as const;
    expect([0, 1, 490, 500].map((p) => valueAt(memory, p))).toEqual([0.5, 0.501, 0.99, 0.9999]);
  });

  it("is no slider for four billion values", () => {
    expect(hasSlider({ min: 0, max: 4294967295, step: 1, scale: "linear" })).toBe(false);
  });
});

describe("a log scale", () => {
  it("goes by round values, 18 to a decade", () => {
    expect(lastPosition(rate)).toBe(6 * 18);
    expect([0, 1, 2, 18, 36, 54, 62, 107, 108].map((p) => valueAt(rate, p))).toEqual([
      1e-6, 1.5e-6, 2e-6, 1e-5, 1e-4, 1e-3, 5e-3, 0.95, 1,
    ]);
  });

  it("0.001 lies half way between a millionth and 1, and 0.0005 on a position of its own", () => {
    expect(positionOf(rate, 0.001)).toBe(54);
    // 5e-4: decade -4, mantissa 5, eight half steps above 1.
    expect(positionOf(rate, 0.0005)).toBe(36 + 8);
    expect(valueAt(rate, 44)).toBe(0.0005);
  });

  it("takes values beyond it as its ends", () => {
    expect([positionOf(rate, 0), positionOf(rate, 99)]).toEqual([0, 108]);
  });
});

describe("every parameter of the catalogue", () => {
  const numbers = catalog.flatMap((meta) =>
    Object.entries<Param>(meta.params).flatMap(([name, param]) =>
      param.type === "number" ? [[`${meta.id} ${name}`, param] as const] : [],
    ),
  );
  it.each(numbers.filter(([, param]) => hasSlider(param)))("%s: each position gives itself back", (_, param) => {
    const last = lastPosition(param);
    let before = -Infinity;
    for (let position = 0; position <= last; position++) {
      const value = valueAt(param, position);
      expect(value).toBeGreaterThan(before);
      expect(value).toBeLessThanOrEqual(param.max);
      expect(positionOf(param, value)).toBe(position);
      before = value;
    }
  });
});
