import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base3Bits, packBase3, unpackBase3 } from "./base3";

describe("base 3", () => {
  it("writes five symbols to a byte, the first one most significant", () => {
    // 1*81 + 0*27 + 2*9 + 1*3 + 2 = 104; 2 0 0 0 0 -> 2*81 = 162
    expect([...packBase3(Uint16Array.of(1, 0, 2, 1, 2, 2))]).toEqual([104, 162]);
  });

  it("takes 8 ceil(N / 5) bits", () => {
    // 4608 weights: 922 bytes
    expect(base3Bits(4608)).toBe(8 * 922);
  });

  it("gives back what it packed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }), (values) => {
        const symbols = Uint16Array.from(values);
        expect(unpackBase3(packBase3(symbols), symbols.length)).toEqual(symbols);
      }),
    );
  });

  it("refuses a byte that is no five digits, digits too many, and another length", () => {
    expect(() => unpackBase3(Uint8Array.of(243), 5)).toThrow(/at most 242.*got 243/);
    expect(() => unpackBase3(Uint8Array.of(1), 4)).toThrow("expected zero digits after the last ternary symbol");
    expect(() => unpackBase3(Uint8Array.of(0, 0), 5)).toThrow(/expected 1 bytes/);
  });
});
