import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameBytes } from "./codecs.testing";
import { MAX_WIDTH, packBits, packFloats, unpackBits, unpackFloats, widthOf } from "./bitpack";

describe("bit packing", () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [255, 8],
    [256, 8],
    [257, 9],
  ])("%i symbols need %i bits", (count, width) => expect(widthOf(count)).toBe(width));

  it("writes values one behind the other", () => {
    // 1, 2, 3, 4, 5 at 3 bits: 001 010 011 100 101 -> 0010 1001 1100 1010
    expect([...packBits(Uint16Array.of(1, 2, 3, 4, 5), 3)]).toEqual([0b00101001, 0b11001010]);
  });

  it("writes a float as its bits, big-endian", () => {
    // 1.5 = 0x3fc00000
    expect([...packFloats(Float32Array.of(1.5))]).toEqual([0x3f, 0xc0, 0, 0]);
  });

  it("gives back what it packed, at every width and with a first symbol of 1", () => {
    const packed = fc
      .integer({ min: 0, max: MAX_WIDTH })
      .chain((width) =>
        fc.tuple(
          fc.constant(width),
          fc.constantFrom(0, 1),
          fc.array(fc.integer({ min: 0, max: 2 ** width - 1 }), { maxLength: 50 }),
        ),
      );
    fc.assert(
      fc.property(packed, ([width, first, values]) => {
        const symbols =
          width > 16
            ? Uint32Array.from(values, (x) => x + first)
            : Uint16Array.from(values, (x) => Math.min(x + first, 65_535));
        const bytes = packBits(symbols, width, first);
        expect(bytes.length).toBe(Math.ceil((width * values.length) / 8));
        expect(unpackBits(bytes, width, values.length, first)).toEqual(symbols);
      }),
    );
  });

  it("gives back floats bit for bit, -0 and subnormals too", () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 30, noNaN: true }), (values) => {
        expect(sameBytes(unpackFloats(packFloats(values), values.length), values)).toBe(true);
      }),
    );
  });

  it("refuses another number of bytes", () => {
    expect(() => unpackBits(new Uint8Array(3), 4, 4)).toThrow("expected 2 bytes for 4 values of 4 bits, got 3");
    expect(() => unpackFloats(new Uint8Array(7), 2)).toThrow(/expected 8 bytes/);
  });

  it("refuses ones behind the last value", () => {
    expect(() => unpackBits(Uint8Array.of(0b10100001), 3, 1)).toThrow("expected zero bits after the last value");
  });
});
