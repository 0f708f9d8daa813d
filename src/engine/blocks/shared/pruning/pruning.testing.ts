/** For tests only: a network of one convolution with filters given by hand, and choosing without a timeline. */
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { removeChannels, type RemovalResult } from "../../../surgery/remove-channels";
import { networkBuilder } from "../../../zoo/builder";
import { chooseUnits, type StructuredParams, targetGroups, type UnitChoice } from "./structured-pruning";

/** A valid 2x2 convolution of one channel with these filters, row by row, then a mean and two logits of ones. */
export function oneConvolution(filters: readonly (readonly number[])[]): Snapshot {
  const b = networkBuilder("one", [3, 3, 1]);
  const count = filters.length;
  const conv = b.conv2d(b.input, { filters: count, kernelSize: 2, padding: "valid", useBias: false }, "conv");
  const network = b.build(b.dense(b.globalAvgPool(conv), { units: 2, useBias: false }, "logits"));
  // Kernel [2, 2, 1, count]: output channels are the fastest axis.
  const kernel = Float32Array.from({ length: 4 * count }, (_, i) => filters[i % count]![Math.floor(i / count)]!);
  return plainSnapshot(
    network,
    new Map([
      ["conv/kernel", kernel],
      ["logits/kernel", new Float32Array(2 * count).fill(1)],
    ]),
  );
}

/** L1 norms 3, 4, 3.5, 2, L2 norms 3, 2, 2.5, 1. */
export const fourFilters = (): Snapshot =>
  oneConvolution([
    [3, 0, 0, 0],
    [1, 1, 1, 1],
    [2, 1.5, 0, 0],
    [0.5, 0.5, 0.5, 0.5],
  ]);

export type Choosing = Partial<UnitChoice> & Partial<Pick<StructuredParams, "targets" | "roundTo">>;

/** Group id -> the units that go by a score, the least important first. */
export function unitsChosen(
  snapshot: Snapshot,
  score: (groups: readonly ChannelGroup[]) => readonly Float32Array[],
  sparsity: number,
  { targets = "filters", scope = "local", ...choice }: Choosing = {},
): Map<string, number[]> {
  const groups = targetGroups(snapshot, targets, "the test");
  return chooseUnits(snapshot, groups, score(groups), { ...choice, scope, sparsity });
}

export const withoutUnits = (
  snapshot: Snapshot,
  removals: ReadonlyMap<string, readonly number[]>,
  roundTo = 1,
): RemovalResult => removeChannels(snapshot, removals, { roundTo });
