/**
 * Which weights of a parameter share a scale, an offset, a table or a width, as data. Groups are numbered from 0 and
 * none is empty. Surgery cuts a grouping, or learns that what is left is none of its kind.
 */
import { type Shape, sizeOfShape } from "../core/network";
import { type AxisCut, cutArray, cutShape } from "../surgery/cut";

export type Grouping =
  /** All weights are one group. */
  | { readonly kind: "tensor" }
  /**
   * Weight i is in group `i % count`: output channels are the fastest axis of every kernel (`c * multiplier + m` of a
   * depthwise one).
   */
  | { readonly kind: "channel"; readonly count: number }
  /** `length` neighbours along an axis; the last run of a line may be shorter. Numbered in the order of the weights. */
  | { readonly kind: "run"; readonly axis: number; readonly length: number }
  /** `length` neighbours in the order of the weights. */
  | { readonly kind: "bucket"; readonly length: number }
  /** Tiles of the matrix `[inputs, outputs]` (outputs: the last axis), row by row; narrower at its far edges. */
  | { readonly kind: "tiles"; readonly height: number; readonly width: number };

/** Group of the weight at flat index i of a tensor of this shape. */
export function groupOf(grouping: Grouping, shape: Shape): (i: number) => number {
  switch (grouping.kind) {
    case "tensor":
      return () => 0;
    case "channel":
      return (i) => i % grouping.count;
    case "run": {
      const inner = sizeOfShape(shape.slice(grouping.axis + 1));
      const size = shape[grouping.axis] ?? 1;
      const runs = Math.ceil(size / grouping.length);
      return (i) => {
        const run = Math.floor((Math.floor(i / inner) % size) / grouping.length);
        return (Math.floor(i / (inner * size)) * runs + run) * inner + (i % inner);
      };
    }
    case "bucket":
      return (i) => Math.floor(i / grouping.length);
    case "tiles": {
      const outputs = shape.at(-1) ?? 1;
      const across = Math.ceil(outputs / grouping.width);
      return (i) =>
        Math.floor(Math.floor(i / outputs) / grouping.height) * across + Math.floor((i % outputs) / grouping.width);
    }
  }
}

/** How many groups a tensor of this shape has. */
export function groupCount(grouping: Grouping, shape: Shape): number {
  const of = groupOf(grouping, shape);
  switch (grouping.kind) {
    case "tensor":
      return 1;
    case "channel":
      return grouping.count;
    default:
      return sizeOfShape(shape) === 0 ? 0 : of(sizeOfShape(shape) - 1) + 1;
  }
}

export interface CutGrouping {
  readonly grouping: Grouping;
  /** Old numbers of the groups that stay, ascending: what belongs to a group is kept by them. */
  readonly kept: Uint32Array;
}

/**
 * The grouping of what surgery leaves; undefined where weights that stay would change their company, as when a cut
 * shifts the borders of buckets.
 */
export function cutGrouping(grouping: Grouping, shape: Shape, cuts: readonly AxisCut[]): CutGrouping | undefined {
  if (grouping.kind === "tensor") return { grouping, kept: Uint32Array.of(0) };
  const before = groupOf(grouping, shape);
  const groups = cutArray(
    Uint32Array.from({ length: sizeOfShape(shape) }, (_, i) => before(i)),
    shape,
    cuts,
  );
  const kept = Uint32Array.from(new Set(groups)).sort();
  const place = new Map(Array.from(kept, (group, at) => [group, at]));
  const next: Grouping = grouping.kind === "channel" ? { kind: "channel", count: kept.length } : grouping;
  const after = groupOf(next, cutShape(shape, cuts));
  for (let i = 0; i < groups.length; i++) if (after(i) !== place.get(groups[i]!)) return undefined;
  return { grouping: next, kept };
}

/** What stays of an array that holds `perGroup` values for each group, all of one group together. */
export const cutGroups = (array: Float32Array, { kept }: CutGrouping, perGroup = 1): Float32Array =>
  cutArray(array, [array.length / perGroup, perGroup], [{ axis: 0, indices: kept }]);
