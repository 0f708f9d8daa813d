import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "./errors";
import { pack, type PackedArray, unpack } from "./tensor-pack";

const arrays = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.oneof(fc.float32Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 9 }), fc.uint32Array({ maxLength: 9 })),
  { maxKeys: 5, noNullPrototype: true },
);
const packs = fc.record({ json: fc.jsonValue(), arrays }).map(({ json, arrays: a }) => ({
  // -0 is 0 in JSON.
  json: JSON.parse(JSON.stringify(json)) as unknown,
  arrays: new Map<string, PackedArray>(Object.entries(a)),
}));

const bytesOf = (array: PackedArray) => [...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)];

describe("pack and unpack", () => {
  it("give back JSON, names, kinds and bits, in order", () => {
    fc.assert(
      fc.property(packs, (original) => {
        const { json, arrays: got } = unpack(pack(original));
        expect(json).toEqual(original.json);
        expect([...got.keys()]).toEqual([...original.arrays.keys()]);
        for (const [name, array] of original.arrays) {
          expect(got.get(name)!.constructor).toBe(array.constructor);
          expect(bytesOf(got.get(name)!)).toEqual(bytesOf(array));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keep NaN, infinities, -0 and subnormal numbers bit for bit", () => {
    const odd = Float32Array.of(NaN, Infinity, -Infinity, -0, 1e-45);
    const got = unpack(pack({ json: null, arrays: new Map([["odd", odd]]) })).arrays.get("odd")!;
    expect(bytesOf(got)).toEqual(bytesOf(odd));
  });

  it("read from the middle of a larger buffer, and own what they return", () => {
    const bytes = pack({ json: 1, arrays: new Map([["a", Float32Array.of(1.5, 2)]]) });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const got = unpack(shifted.subarray(3)).arrays.get("a")!;
    shifted.fill(0);
    expect([...got]).toEqual([1.5, 2]);
    expect(got.buffer.byteLength).toBe(8);
  });

  it("a view of part of a buffer is packed as that part", () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    const got = unpack(pack({ json: 1, arrays: new Map([["a", whole.subarray(1, 3)]]) })).arrays.get("a")!;
    expect([...got]).toEqual([2, 3]);
  });

  it("a pack cut short is refused, or nothing but padding was cut", () => {
    fc.assert(
      fc.property(packs, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (original, at) => {
        const bytes = pack(original);
        const cut = bytes.subarray(0, Math.floor(at * bytes.length));
        try {
          const got = unpack(cut);
          expect([...got.arrays.values()].map(bytesOf)).toEqual([...original.arrays.values()].map(bytesOf));
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          expect((error as EngineError).code).toBe("truncated-file");
        }
      }),
      { numRuns: 100 },
    );
  });
});
