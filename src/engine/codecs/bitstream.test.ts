import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BitReader, BitWriter } from "./bitstream";

describe("bit stream", () => {
  it("puts the first bit on top of the first byte", () => {
    // 101 | 00001 | 1111 1111 -> 1010 0001, 1111 1111
    const writer = new BitWriter(new Uint8Array(2));
    writer.write(0b101, 3);
    writer.write(1, 5);
    writer.write(255, 8);
    expect([...writer.finish()]).toEqual([0b10100001, 255]);
  });

  it("fills the last byte with zeros", () => {
    const writer = new BitWriter(new Uint8Array(1));
    writer.write(0b11, 2);
    expect([...writer.finish()]).toEqual([0b11000000]);
  });

  it("reads back numbers of any width from 0 to 32 bits", () => {
    const number = fc
      .integer({ min: 0, max: 32 })
      .chain((width) => fc.record({ width: fc.constant(width), value: fc.integer({ min: 0, max: 2 ** width - 1 }) }));
    fc.assert(
      fc.property(fc.array(number, { maxLength: 40 }), (numbers) => {
        const bits = numbers.reduce((sum, { width }) => sum + width, 0);
        const writer = new BitWriter(new Uint8Array(Math.ceil(bits / 8)));
        for (const { value, width } of numbers) writer.write(value, width);
        const reader = new BitReader(writer.finish());
        expect(numbers.map(({ width }) => reader.read(width))).toEqual(numbers.map(({ value }) => value));
        reader.finish();
      }),
    );
  });

  it("says when a buffer was not of the size that was written", () => {
    expect(() => new BitWriter(new Uint8Array(2)).finish()).toThrow("expected to write 2 bytes, wrote 0");
  });

  it("refuses to read past the end", () => {
    const reader = new BitReader(Uint8Array.of(1));
    reader.read(6);
    expect(() => reader.read(3)).toThrow(/end of the stream/);
  });

  it("refuses a whole byte, or a one, behind the last number", () => {
    expect(() => new BitReader(new Uint8Array(1)).finish()).toThrow(/expected the stream to end at bit 0/);
    const reader = new BitReader(Uint8Array.of(0b10000001));
    reader.read(1);
    expect(() => reader.finish()).toThrow(/expected the stream to end/);
  });
});
