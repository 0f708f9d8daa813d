/** Keeping some indices of some axes of an array: of values, masks, and an optimizer's moments alike. */
import { type Shape, sizeOfShape } from "../core/network";

export interface AxisCut {
  readonly axis: number;
  /** Indices that stay, ascending. */
  readonly indices: Uint32Array;
}

/** The shape that is left. */
export const cutShape = (shape: Shape, cuts: readonly AxisCut[]): Shape =>
  shape.map((size, axis) => cuts.find((cut) => cut.axis === axis)?.indices.length ?? size);

/** A new array of the kept elements, in order; `array` holds a tensor of `shape`, last axis fastest. */
export function cutArray<T extends Float32Array | Uint8Array | Uint32Array>(
  array: T,
  shape: Shape,
  cuts: readonly AxisCut[],
): T {
  let current = array;
  let currentShape = shape;
  for (const cut of cuts) {
    current = cutAxis(current, currentShape, cut);
    currentShape = cutShape(currentShape, [cut]);
  }
  return current === array ? (array.slice() as T) : current;
}

function cutAxis<T extends Float32Array | Uint8Array | Uint32Array>(
  array: T,
  shape: Shape,
  { axis, indices }: AxisCut,
): T {
  const outer = sizeOfShape(shape.slice(0, axis));
  const inner = sizeOfShape(shape.slice(axis + 1));
  const length = outer * indices.length * inner;
  const out = new (array.constructor as new (length: number) => T)(length);
  let to = 0;
  for (let o = 0; o < outer; o++) {
    const start = o * shape[axis]! * inner;
    for (const index of indices) {
      const from = start + index * inner;
      if (inner === 1) out[to] = array[from]!;
      else out.set(array.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return out;
}
