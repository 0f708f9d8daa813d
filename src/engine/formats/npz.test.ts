import { zipSync } from "fflate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { npyBytes, numpyNpz } from "./npz.testing";
import { openNpz, parseNpy } from "./npz";

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));

describe("parseNpy", () => {
  it.each([
    ["|u1", [200], new Uint8Array([200])],
    ["|i1", [0xff], new Int8Array([-1])],
    ["<u2", [1, 2], new Uint16Array([513])],
    ["<i2", [0xfe, 0xff], new Int16Array([-2])],
    ["<u4", [0, 0, 0, 0x80], new Uint32Array([2 ** 31])],
    ["<i4", [0xff, 0xff, 0xff, 0xff], new Int32Array([-1])],
    ["<u8", [5, 0, 0, 0, 0, 0, 0, 0], new Float64Array([5])],
    ["<i8", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], new Float64Array([-1])],
    // IEEE 754: 1.5 = 0x3e00, 0x3fc00000, 0x3ff8000000000000
    ["<f2", [0, 0x3e], new Float32Array([1.5])],
    ["<f4", [0, 0, 0xc0, 0x3f], new Float32Array([1.5])],
    ["<f8", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], new Float64Array([1.5])],
  ])("reads %s", (descr, bytes, values) => {
    expect(parseNpy(npyBytes(descr, "(1,)", bytes), "f")).toEqual({ dtype: descr.slice(1), shape: [1], values });
  });

  it.each([1, 2, 3])("reads version %i, a scalar, and shapes of several axes", (version) => {
    expect(parseNpy(npyBytes("|u1", "()", [7], { version }), "f").shape).toEqual([]);
    expect(parseNpy(npyBytes("|u1", "(1, 2, 3)", [1, 2, 3, 4, 5, 6], { version }), "f").shape).toEqual([1, 2, 3]);
  });

  // Written by numpy 2.4.6: np.save of float16 [1.5, -2, 0.1]; 0.1 in half precision is 0.0999755859375.
  it("reads what numpy writes", () => {
    const file =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAg" +
      "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPgDAZi4=";
    expect(parseNpy(fromBase64(file), "f").values).toEqual(new Float32Array([1.5, -2, 0.0999755859375]));
  });

  it.each([
    ["'f': expected a NumPy array (.npy)", Uint8Array.of(1, 2, 3)],
    ["version 1, 2 or 3 of .npy, got 9", npyBytes("|u1", "(1,)", [1], { version: 9 })],
    ["big-endian ones ('>i2'); save x.astype('<i2')", npyBytes(">i2", "(1,)", [1, 2])],
    ["got Fortran order; save numpy.ascontiguousarray(x)", npyBytes("<f4", "(1,)", [0, 0, 0, 0], { fortran: true })],
    ["got objects (a pickle, which is never run)", npyBytes("|O", "(1,)", [1])],
    ["got dtype '<c8'", npyBytes("<c8", "(1,)", [1])],
    ["a shape such as (100, 28, 28), got (-1,)", npyBytes("|u1", "(-1,)", [1])],
    ["expected 4000000000000 bytes for [1000000, 1000000] of f4, got 0", npyBytes("<f4", "(1000000, 1000000)", [])],
    ["expected 1 bytes for [1] of u1, got 2", npyBytes("|u1", "(1,)", [1, 2])],
    ["expected integers below 2^53, got 18446744073709551615 at index 0", npyBytes("<u8", "(1,)", Array(8).fill(255))],
  ])("refuses: %s", (message, bytes) => {
    expect(() => parseNpy(bytes, "f")).toThrow(message);
  });

  it("reads or refuses any change of a byte, and any cut", () => {
    const whole = npyBytes("<i2", "(2, 3)", Array(12).fill(1));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const bytes = cut ? whole.slice(0, at) : whole.slice();
        if (!cut) bytes[at] = value;
        try {
          parseNpy(bytes, "f");
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("openNpz", () => {
  it("reads what numpy.savez_compressed writes", () => {
    const npz = openNpz(numpyNpz(), "f.npz", 1000);
    expect(npz.names).toEqual(["x_train", "y_train", "x_test", "y_test"]);
    expect(npz.read("x_train")).toEqual({
      dtype: "u1",
      shape: [3, 2, 2],
      values: Uint8Array.from({ length: 12 }, (_, i) => 7 * i),
    });
    expect(npz.read("y_train").values).toEqual(new Float64Array([0, 1, 2]));
    expect(npz.read("y_test").shape).toEqual([1, 1]);
  });

  it("refuses arrays above the limit before inflating them", () => {
    const packed = zipSync({ "a.npy": npyBytes("|u1", "(100000,)", Array<number>(100_000).fill(0)) });
    expect(() => openNpz(packed, "f.npz", 1000).read("a")).toThrow(
      "'f.npz/a.npy': expected at most 1000 bytes, got 1000",
    );
  });

  it("refuses an entry that claims more than its bytes can inflate to", () => {
    const packed = zipSync({ "a.npy": npyBytes("|u1", "(3,)", [1, 2, 3]) });
    const directory = packed.length - 22 - 46 - "a.npy".length;
    new DataView(packed.buffer).setUint32(directory + 24, 900_000_000, true);
    expect(() => openNpz(packed, "f.npz", 2 ** 30).read("a")).toThrow("can hold, got 900000000");
  });

  it("says which entry is missing and what there is", () => {
    expect(() => openNpz(numpyNpz(), "f.npz", 1000).read("z")).toThrow("'z.npy', got x_train.npy, y_train.npy");
  });

  it("reads the same, or refuses, after any change of a byte or any cut: never other values", () => {
    const whole = numpyNpz();
    const readAll = (bytes: Uint8Array) => {
      const npz = openNpz(bytes, "f.npz", 10_000);
      return npz.names.map((name) => npz.read(name));
    };
    const expected = readAll(whole);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const bytes = cut ? whole.slice(0, at) : whole.slice();
        if (!cut) bytes[at]! ^= change;
        try {
          // Names lie outside the checksums; an entry may then be called something else, or be no .npy.
          for (const array of readAll(bytes)) expect(expected).toContainEqual(array);
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
