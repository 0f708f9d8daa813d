/** Filter pruning via geometric median (He et al. 2019): the filters go that the others of the layer can best replace. */
import { effectiveValues } from "../../../quantizers/effective";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { type ChannelGroup, unitOfElement } from "../../../surgery/channel-groups";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

type Options = Pick<ParamsOf<typeof meta.params>, "scope" | "distance">;

/** `[units, length]`: what makes each unit, the kernel slices of all producers one after the other. */
function unitVectors(snapshot: Snapshot, group: ChannelGroup): { vectors: Float32Array; length: number } {
  const producers = new Set(group.producers);
  const kernels = group.slices
    .filter(({ side, role, node }) => side === "makes" && role === "kernel" && producers.has(node))
    .map((slice) => ({
      slice,
      values: effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter)),
    }));
  const counts = new Uint32Array(group.units);
  for (const { slice, values } of kernels) {
    for (let i = 0; i < values.length; i++) {
      const unit = unitOfElement(slice, i);
      if (unit >= 0) counts[unit]!++;
    }
  }
  // Units with fewer weights than others (parts of a concatenation) end in zeros.
  const length = counts.reduce((most, count) => Math.max(most, count), 0);
  const vectors = new Float32Array(group.units * length);
  const filled = new Uint32Array(group.units);
  for (const { slice, values } of kernels) {
    for (let i = 0; i < values.length; i++) {
      const unit = unitOfElement(slice, i);
      if (unit >= 0) vectors[unit * length + filled[unit]!++] = values[i]!;
    }
  }
  return { vectors, length };
}

/**
 * `score_o = sum over o' of |v_o - v_o'|` of the rows of `[units, length]`. Differences are taken one by one: the
 * shorter way over a Gram matrix loses the distance of near filters, the very ones that matter, to cancellation.
 */
export function distanceSums(vectors: Float32Array, units: number, distance: "l2" | "l1" = "l2"): Float64Array {
  const length = units === 0 ? 0 : vectors.length / units;
  const sums = new Float64Array(units);
  for (let a = 0; a < units; a++) {
    for (let b = a + 1; b < units; b++) {
      let sum = 0;
      for (let i = a * length, j = b * length; i < (a + 1) * length; i++, j++) {
        const difference = vectors[i]! - vectors[j]!;
        sum += distance === "l2" ? difference * difference : Math.abs(difference);
      }
      if (distance === "l2") sum = Math.sqrt(sum);
      sums[a]! += sum;
      sums[b]! += sum;
    }
  }
  return sums;
}

/** The sums of each group; ranked together, means over the other filters and (the root of) their weights. */
export function fpgmScores(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { scope, distance }: Options,
): Float32Array[] {
  return groups.map((group) => {
    const { vectors, length } = unitVectors(snapshot, group);
    const size = Math.max(1, group.units - 1) * (distance === "l2" ? Math.sqrt(length) : length);
    const sums = distanceSums(vectors, group.units, distance);
    return Float32Array.from(sums, (sum) => (scope === "global" && size > 0 ? sum / size : sum));
  });
}

export const fpgm: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(context, meta.id, (snapshot, groups) => fpgmScores(snapshot, groups, context.params));
