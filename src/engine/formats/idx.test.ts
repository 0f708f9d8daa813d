import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { parseIdx } from "./idx";

/** Two images of 1 x 3: 00 00 08 03, then 2, 1, 3 as big-endian uint32, then the bytes. */
const valid = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

describe("parseIdx", () => {
  it("reads shape and values", () => {
    expect(parseIdx(Uint8Array.from(valid), "f")).toEqual({
      shape: [2, 1, 3],
      values: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  it("reads a view into a larger buffer", () => {
    const inside = Uint8Array.from([9, ...valid, 9]).subarray(1, -1);
    expect(parseIdx(inside, "f").values).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });

  it.each([
    ["truncated-file", "'f': expected a header of at least 4 bytes, got 0", []],
    ["invalid-file", "'f': expected an IDX file (bytes 00 00 08 ...), got 1f 8b 08", [0x1f, 0x8b, 8, 0]],
    ["invalid-file", "'f': expected values of type uint8, got float32", [0, 0, 0x0d, 1, 0, 0, 0, 0]],
    ["invalid-file", "'f': expected 1 to 4 axes, got 200", [0, 0, 8, 200]],
    ["truncated-file", "'f': expected a header of 16 bytes for 3 axes, got 8", valid.slice(0, 8)],
    ["truncated-file", "'f': expected 6 bytes of values for [2, 1, 3], got 5", valid.slice(0, -1)],
    ["invalid-file", "'f': expected 6 bytes of values for [2, 1, 3], got 7", [...valid, 7]],
    // 2^32 - 1 three times: nothing may be allocated for it.
    ["truncated-file", "[4294967295, 4294967295, 4294967295], got 0", [0, 0, 8, 3, ...Array<number>(12).fill(255)]],
  ])("%s: %s", (code, message, bytes) => {
    const parse = () => parseIdx(Uint8Array.from(bytes), "f");
    expect(parse).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
  });

  it("reads or refuses any bytes", () => {
    const header = fc.constantFrom([0, 0, 8, 1], [0, 0, 8, 2], [0, 0, 8, 3], []);
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 40 }), (start, rest) => {
        try {
          const { shape, values } = parseIdx(Uint8Array.from([...start, ...rest]), "f");
          expect(values).toHaveLength(shape.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
        }
      }),
    );
  });
});
