/** Scores from the scale that batch normalization gives a channel, for criteria that look at nothing else. */
import { effectiveValues } from "../../../quantizers/effective";
import { type Network, nodeById } from "../../../core/network";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { type ChannelGroup, type ChannelSlices, unitOfElement } from "../../../surgery/channel-groups";
import { type Scorable, targetGroups } from "./structured-pruning";

/**
 * The scales of the batch normalizations directly behind a group's producers. One behind a depthwise convolution is not
 * of them: its scale says nothing about what goes into it.
 */
export const gammaSlices = ({ network }: Snapshot, { slices, producers }: ChannelGroup): ChannelSlices[] =>
  slices.filter(({ role, node }) => role === "gamma" && producers.includes(nodeById(network, node).inputs[0]!));

export const hasGamma = (snapshot: Snapshot): Scorable => ({
  has: (group) => gammaSlices(snapshot, group).length > 0,
  expected: "batch normalization behind it (a quantizer folds it: prune before)",
});

/** The groups of convolutions with batch normalization behind them. @throws EngineError `not-prunable` without any */
export const scaledGroups = (snapshot: Snapshot, block: string): ChannelGroup[] =>
  targetGroups(snapshot, "filters", block, hasGamma(snapshot));

/**
 * The gammas that say something about a channel that may go, by name, with their numbers of channels. Those behind
 * depthwise convolutions are not among them.
 * @throws EngineError `not-prunable` without any
 */
export function scoredGammas(network: Network, block: string): Map<string, number> {
  const graph = plainSnapshot(network, new Map());
  const slices = scaledGroups(graph, block).flatMap((group) => gammaSlices(graph, group));
  return new Map(slices.map(({ parameter, unitOf }) => [parameter, unitOf.length]));
}

/** |gamma| of each unit; of several layers that are joined by an addition the mean of theirs. */
export function gammaScores(snapshot: Snapshot, group: ChannelGroup): Float32Array {
  const sums = new Float64Array(group.units);
  const counts = new Float64Array(group.units);
  for (const slice of gammaSlices(snapshot, group)) {
    const gamma = effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter));
    gamma.forEach((value, i) => {
      const unit = unitOfElement(slice, i);
      if (unit < 0) return;
      sums[unit]! += Math.abs(value);
      counts[unit]!++;
    });
  }
  return Float32Array.from(sums, (sum, u) => (counts[u]! > 0 ? sum / counts[u]! : 0));
}
