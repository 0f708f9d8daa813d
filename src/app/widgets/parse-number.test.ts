import { describe, expect, it } from "vitest";
import { heldProblem, parseNumber } from "./parse-number";

const fraction = { min: 0, max: 0.999, integer: false };
const images = { min: 1, max: 5000, integer: true };
const bits = { min: 2, max: 8, integer: true, off: 32 };

describe("parseNumber", () => {
  it.each([
    ["0.9", 0.9],
    ["0,9", 0.9],
    [" .5 ", 0.5],
    ["0", 0],
    ["90%", 0.9],
    ["90 %", 0.9],
    ["99,9 %", 0.999],
    ["9e-1", 0.9],
    // Full-width, as a Chinese keyboard gives them.
    ["０．９", 0.9],
    ["９０％", 0.9],
    ["0。9", 0.9],
  ])("a fraction: %s is %d", (typed, value) => {
    expect(parseNumber(typed, fraction, { fraction: true })).toEqual({ value });
  });

  it.each([
    ["512", 512],
    ["1,000", 1000],
    ["1，000", 1000],
    ["1 000", 1000],
    ["5e2", 500],
    ["12.0", 12],
  ])("a whole number: %s is %d", (typed, value) => expect(parseNumber(typed, images)).toEqual({ value }));

  it("a percentile keeps its percent", () => {
    expect(parseNumber("99.9 %", { min: 90, max: 100, integer: false })).toEqual({ value: 99.9 });
  });

  it("with thousands and decimals together", () => {
    expect(parseNumber("1,000.5", { min: 0, max: 2000, integer: false })).toEqual({ value: 1000.5 });
  });

  it("off, by its word in any language or by its number", () => {
    for (const typed of ["off", "OFF", "关", "32"]) {
      expect(parseNumber(typed, bits, { offWords: ["off", "关"] })).toEqual({ value: 32 });
    }
    expect(parseNumber("off", images, { offWords: ["off"] }).problem?.kind).toBe("not-number");
  });

  it.each([
    ["", fraction, "empty"],
    ["  ", fraction, "empty"],
    ["much", fraction, "not-number"],
    ["1.2.3", fraction, "not-number"],
    ["0x10", images, "not-number"],
    ["Infinity", images, "not-number"],
    ["1", fraction, "range"],
    ["-0.1", fraction, "range"],
    ["−1", fraction, "range"],
    ["1e999", images, "range"],
    ["120 %", fraction, "range"],
    ["2.5", images, "whole"],
    ["9", bits, "range"],
  ] as const)("'%s' is refused: %s", (typed, range, kind) => {
    const { problem } = parseNumber(typed, range, { fraction: true });
    expect(problem).toEqual({ kind, got: typed.trim() });
  });
});

describe("heldProblem", () => {
  it.each([
    [0.5, fraction, undefined],
    [32, bits, undefined],
    [1, fraction, { kind: "range", got: "1" }],
    ["much", fraction, { kind: "not-number", got: "much" }],
    [1.5, images, { kind: "whole", got: "1.5" }],
  ] as const)("%s", (value, range, problem) => expect(heldProblem(value, range)).toEqual(problem));
});
