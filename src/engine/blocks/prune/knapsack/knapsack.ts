/**
 * Knapsack pruning (Aflalo et al. 2020): channels are items, worth the first-order Taylor term `sum |w dL/dw|` of their
 * weights and costing their multiply-accumulates; what is worth most within the budget stays. As the cost of a channel
 * falls with the channels of the layers before and behind, the capacity is the largest one found whose solution leaves a
 * network within the budget.
 */
import { EngineError } from "../../../core/errors";
import { type Network, nodeById, sizeOfShape } from "../../../core/network";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { effectiveValues } from "../../../quantizers/effective";
import { macsByNode, macsOf } from "../../../metrics/accounting";
import { sumOverUnits } from "../../../metrics/cost";
import { type ChannelGroup, minimumChannels, unitOfElement } from "../../../surgery/channel-groups";
import { removeChannels } from "../../../surgery/remove-channels";
import type { BlockImplementation, ClipServices, LayerChoice } from "../../block";
import type { ParamsOf } from "../../params";
import { targetGroups } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";
import { dropGreedily, type Item, solveExactly } from "./solve";

type Params = ParamsOf<typeof meta.params>;

/** Halvings of the interval in which the capacity is looked for. */
const halvings = 16;

/** Sum of |w dL/dw| over the weights that make each unit, a mean over batches. */
async function taylorValues(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  services: Pick<ClipServices, "visitGradients">,
  { images, batchSize }: Pick<Params, "images" | "batchSize">,
): Promise<Float64Array[]> {
  const sums = groups.map(({ units }) => new Float64Array(units));
  let batches = 0;
  await services.visitGradients(snapshot, { images, batchSize }, (gradients) => {
    batches++;
    groups.forEach((group, g) => {
      for (const slice of group.slices) {
        if (slice.side !== "makes") continue;
        const gradient = gradients.get(slice.parameter);
        if (!gradient) continue;
        const values = effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter));
        for (let i = 0; i < values.length; i++) {
          const unit = unitOfElement(slice, i);
          if (unit >= 0) sums[g]![unit]! += Math.abs(values[i]! * gradient[i]!);
        }
      }
    });
  });
  return sums.map((sum) => sum.map((value) => value / Math.max(1, batches)));
}

/** MACs that go with each unit alone: of the weights that make it and of those that read it. */
export function unitMacs(network: Network, groups: readonly ChannelGroup[]): Float64Array[] {
  const macs = macsByNode(network);
  return sumOverUnits(network, groups, ({ role, node }) =>
    role === "kernel" ? (macs.get(node) ?? 0) / sizeOfShape(nodeById(network, node).params.kernel!.shape) : 0,
  );
}

/** The network's graph with values of zeros: enough for surgery to count. */
const graphOf = ({ network, values }: Snapshot): Snapshot =>
  plainSnapshot(network, new Map([...values].map(([name, v]) => [name, new Float32Array(v.length)])));

/**
 * Group id -> units that go, the least valuable first.
 * @param values of each unit of each group, at least 0
 * @throws EngineError `not-prunable` when what must stay alone is beyond the budget
 */
export function fillKnapsack(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  values: readonly Float64Array[],
  { budget, solver, roundTo }: Pick<Params, "budget" | "solver" | "roundTo">,
  layers: ReadonlyMap<string, LayerChoice> = new Map(),
): Map<string, number[]> {
  const { network } = snapshot;
  const whole = macsOf(network);
  const target = budget * whole;
  const costs = unitMacs(network, groups);
  const graph = graphOf(snapshot);
  const order = groups.map((_, g) => [...values[g]!.keys()].sort((a, b) => values[g]![a]! - values[g]![b]! || a - b));
  // What must stay: the best of each layer, as many as surgery keeps, and what is vetoed.
  const fixed = groups.map((group, g) => {
    const least = Math.max(...group.producers.map((id) => minimumChannels(nodeById(network, id), group.units)));
    return new Set([...order[g]!.slice(-least), ...(layers.get(group.id)?.keep ?? [])]);
  });
  const free = groups.flatMap((_, g) => order[g]!.filter((u) => !fixed[g]!.has(u)).map((u) => [g, u] as const));
  const items = free.map(([g, u]): Item => ({ value: values[g]![u]!, cost: costs[g]![u]! }));
  const all = items.reduce((sum, { cost }) => sum + cost, 0);
  const solve = solver === "dp" ? solveExactly : dropGreedily;
  const removalsWithin = (capacity: number) => {
    const keep = solve(items, capacity);
    const gone = new Set(free.filter((_, i) => !keep[i]).map(([g, u]) => `${g}/${u}`));
    return new Map(groups.map(({ id }, g) => [id, order[g]!.filter((u) => gone.has(`${g}/${u}`))]));
  };
  const macsWithout = (removals: ReadonlyMap<string, readonly number[]>) =>
    macsOf(removeChannels(graph, removals, { roundTo }).snapshot.network);
  // The largest capacity found whose network keeps to the budget: MACs grow with it, so halving the interval finds it.
  let [low, high] = [0, all];
  let best: Map<string, number[]> | undefined;
  if (target >= whole) return new Map(groups.map(({ id }) => [id, []]));
  for (let i = 0; i < halvings; i++) {
    const capacity = (low + high) / 2;
    const removals = removalsWithin(capacity);
    if (macsWithout(removals) <= target) {
      best = removals;
      low = capacity;
    } else high = capacity;
  }
  best ??= removalsWithin(0);
  const reached = macsWithout(best);
  if (reached > target) {
    throw new EngineError(
      "not-prunable",
      `${meta.id} expected to keep ${Math.round(target)} MACs of ${whole}, got ${reached} with all removable channels ` +
        "gone; raise the budget or choose more targets",
    );
  }
  return best;
}

export const knapsack: BlockImplementation<typeof meta.params> = ({ params, services, layers }) => ({
  rounds: { count: 1, endFraction: 1 },
  async onRound(_round, model) {
    const snapshot = await model.snapshot();
    const groups = targetGroups(snapshot, params.targets, meta.id);
    const values = await taylorValues(snapshot, groups, services, params);
    const removals = fillKnapsack(snapshot, groups, values, params, layers);
    const { snapshot: cut, kept } = removeChannels(snapshot, removals, { roundTo: params.roundTo });
    model.replace(await services.recalibrateBatchNorm(cut), kept);
  },
});
