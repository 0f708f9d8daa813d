/** Filter pruning by L1 norm (Li et al. 2017): physically removes the channels whose kernels are smallest. */
import { EngineError } from "../../../core/errors";
import { type Node, nodeById } from "../../../core/network";
import { effectiveValues } from "../../../core/effective";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { type ChannelGroup, channelGroups, minimumChannels, unitOfElement } from "../../../surgery/channel-groups";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import { type RemovalResult, removeChannels } from "../../../surgery/remove-channels";
import type { ParamsOf } from "../../params";
import type { BlockImplementation } from "../../block";
import { pruningRounds, scheduledSparsity } from "../../shared/pruning-schedule";
import { removalCount, selectRemovals } from "../../shared/select";
import type { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;
type Targets = Params["targets"];

const isTarget = (producer: Node, targets: Targets): boolean =>
  producer.op === "conv2d" ? targets !== "units" : producer.op === "dense" && targets !== "filters";

/** The groups whose producers are all of the wanted kinds. @throws EngineError `not-prunable` when there are none */
function targetGroups(snapshot: Snapshot, targets: Targets): ChannelGroup[] {
  const { network } = snapshot;
  const groups = channelGroups(network).filter((group) =>
    group.producers.every((id) => isTarget(nodeById(network, id), targets)),
  );
  if (groups.length === 0) {
    throw new EngineError(
      "not-prunable",
      `prune.filter-l1 expected a layer with removable ${targets}, got none in '${network.name}'; choose other targets`,
    );
  }
  return groups;
}

/**
 * Score of each unit of a group: the sum over its producers of |kernel| over the unit's output slice. Producers that are
 * joined by an addition add their norms.
 * @param perWeight divides by the number of weights summed, to compare between layers
 */
export function unitNorms(snapshot: Snapshot, group: ChannelGroup, perWeight: boolean): Float32Array {
  const sums = new Float64Array(group.units);
  const counts = new Float64Array(group.units);
  for (const slice of group.slices) {
    if (slice.role !== "kernel" || !group.producers.includes(slice.node) || slice.side !== "makes") continue;
    const kernel = effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter));
    for (let i = 0; i < kernel.length; i++) {
      const unit = unitOfElement(slice, i);
      if (unit < 0) continue;
      sums[unit]! += Math.abs(kernel[i]!);
      counts[unit]!++;
    }
  }
  return Float32Array.from(sums, (sum, u) => (perWeight && counts[u]! > 0 ? sum / counts[u]! : sum));
}

/**
 * The units of each group that go so that `sparsity` of `original` units is gone in all.
 * @param original group id -> units before the clip began
 */
export function chooseFilters(
  snapshot: Snapshot,
  sparsity: number,
  params: Pick<Params, "scope" | "targets" | "weights">,
  original: ReadonlyMap<string, number>,
): Map<string, number[]> {
  const groups = targetGroups(snapshot, params.targets);
  const scored = params.weights === "bn-folded" ? foldBatchNorm(snapshot) : snapshot;
  const sets = groups.map((group) => ({
    scores: unitNorms(scored, group, params.scope === "global"),
    keepAtLeast: Math.min(
      group.units,
      Math.max(...group.producers.map((id) => minimumChannels(nodeById(snapshot.network, id), group.units))),
    ),
  }));
  const before = groups.map((group) => original.get(group.id) ?? group.units);
  // What is gone already counts: the fraction still to go is of the units that are left.
  const fractionNow = (units: number, whole: number) =>
    units === 0 ? 0 : Math.max(0, removalCount(sparsity, whole) - (whole - units)) / units;
  const left = groups.reduce((sum, g) => sum + g.units, 0);
  const whole = before.reduce((sum, n) => sum + n, 0);
  const chosen =
    params.scope === "global"
      ? selectRemovals(sets, fractionNow(left, whole), "global")
      : sets.map((set, k) => selectRemovals([set], fractionNow(groups[k]!.units, before[k]!), "local")[0]!);
  // Least important first: where a layer must keep more than the choice leaves, surgery spares the last of them.
  const ranked = (k: number) => {
    const { scores } = sets[k]!;
    return [...chosen[k]!.keys()].filter((u) => chosen[k]![u]).sort((a, b) => scores[a]! - scores[b]! || a - b);
  };
  return new Map(groups.map((g, k) => [g.id, ranked(k)]));
}

export function pruneFilters(
  snapshot: Snapshot,
  sparsity: number,
  params: Pick<Params, "scope" | "targets" | "weights" | "roundTo">,
  original: ReadonlyMap<string, number> = new Map(),
): RemovalResult {
  return removeChannels(snapshot, chooseFilters(snapshot, sparsity, params, original), { roundTo: params.roundTo });
}

export const filterL1: BlockImplementation<typeof meta.params> = ({ params, steps, services }) => {
  let original = new Map<string, number>();
  return {
    rounds: pruningRounds(steps, params),
    async onBegin(model) {
      original = new Map(channelGroups((await model.snapshot()).network).map((g) => [g.id, g.units]));
    },
    async onRound(round, model) {
      const target = scheduledSparsity(params.sparsity, round, params);
      const { snapshot, kept } = pruneFilters(await model.snapshot(), target, params, original);
      const oneShot = params.schedule === "one-shot";
      model.replace(oneShot ? await services.recalibrateBatchNorm(snapshot) : snapshot, kept);
    },
    state: () => Object.fromEntries(original),
    resume(state) {
      original = new Map(Object.entries(state));
    },
  };
};
