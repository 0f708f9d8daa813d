import { describe, expect, it } from "vitest";
import { cutArray, cutShape } from "./cut";

describe("cutArray", () => {
  // [2, 3, 2]: element (i, j, k) is 100 i + 10 j + k.
  const shape = [2, 3, 2];
  const array = Float32Array.of(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121);

  it("keeps indices of one axis, and of two", () => {
    const middle = { axis: 1, indices: Uint32Array.of(0, 2) };
    const last = { axis: 2, indices: Uint32Array.of(1) };
    expect([...cutArray(array, shape, [middle])]).toEqual([0, 1, 20, 21, 100, 101, 120, 121]);
    expect([...cutArray(array, shape, [last, middle])]).toEqual([1, 21, 101, 121]);
    expect(cutShape(shape, [last, middle])).toEqual([2, 2, 1]);
  });

  it("gives a copy when nothing is cut, and bytes for bytes", () => {
    const copy = cutArray(array, shape, []);
    expect(copy).toEqual(array);
    expect(copy).not.toBe(array);
    expect(cutArray(Uint8Array.of(1, 0, 1), [3], [{ axis: 0, indices: Uint32Array.of(1) }])).toEqual(Uint8Array.of(0));
  });
});
