/**
 * ThiNet (Luo et al. 2017): channels of a layer go by what the next layer's outputs lose, chosen greedily; the weights
 * of those that stay are rescaled by least squares.
 */
import { parameterName } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups, type ChannelGroup, unitOfElement } from "../../../surgery/channel-groups";
import { maskChannels } from "../../../surgery/mask-channels";
import { planRemovals } from "../../../surgery/removal-plan";
import type { BlockImplementation, ClipContext } from "../../block";
import { gramMatrix, solveSymmetric } from "../../shared/pruning/least-squares";
import { structuredPruning, type UnitRemovals } from "../../shared/pruning/structured-pruning";
import { type Contributions, contributionsTo } from "./contributions";
import { meta } from "./meta";

export interface GreedyOrder {
  /** Units, the first to go first. */
  readonly order: readonly number[];
  /** `sum_i (sum over the units gone of x_ic)^2` once the unit of the same place has gone too. */
  readonly costs: readonly number[];
}

/**
 * At each turn the unit goes whose absence, with that of those already gone, costs least; of equal costs the smaller.
 * The cost of a set is a sum over the Gram matrix, kept up to date: O(units^2) in all.
 * @param gram `X^T X` of the contributions `[samples, units]`
 */
export function greedyOrder(gram: Float64Array, units: number): GreedyOrder {
  const cross = new Float64Array(units);
  const gone = new Uint8Array(units);
  const order: number[] = [];
  const costs: number[] = [];
  let cost = 0;
  for (let turn = 0; turn < units; turn++) {
    let best = -1;
    let least = Infinity;
    for (let c = 0; c < units; c++) {
      const total = cost + 2 * cross[c]! + gram[c * units + c]!;
      if (!gone[c] && (best < 0 || total < least)) [best, least] = [c, total];
    }
    gone[best] = 1;
    cost = least;
    order.push(best);
    costs.push(Math.max(0, cost));
    for (let c = 0; c < units; c++) cross[c]! += gram[best * units + c]!;
  }
  return { order, costs };
}

/**
 * Factors `w` of the kept units that minimize `sum_i (y_i - sum over the kept of w_c x_ic)^2` with `y` the whole sum. A
 * unit that never contributed keeps 1.
 * @param kept ascending
 */
export function keptFactors(gram: Float64Array, units: number, kept: readonly number[]): Float64Array {
  const n = kept.length;
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  const stays = new Set(kept);
  kept.forEach((c, i) => {
    kept.forEach((d, j) => (matrix[i * n + j] = gram[c * units + d]!));
    // Of the deviation from 1: what is left of y without the kept units is what the others gave.
    for (let t = 0; t < units; t++) if (!stays.has(t)) right[i]! += gram[c * units + t]!;
  });
  return solveSymmetric(matrix, right).map((deviation) => 1 + deviation);
}

function sumOfGrams(contributions: readonly Contributions[], units: number): Float64Array {
  const sum = new Float64Array(units * units);
  for (const { samples } of contributions) gramMatrix(samples, units).forEach((value, i) => (sum[i]! += value));
  return sum;
}

/** Scores in the greedy order: the cost so far as a share of all that the units give, which compares between layers. */
export function thinetScores(contributions: readonly Contributions[], units: number): Float32Array {
  const gram = sumOfGrams(contributions, units);
  const whole = gram.reduce((sum, value) => sum + value, 0);
  const { order, costs } = greedyOrder(gram, units);
  const scores = new Float32Array(units);
  let last = 0;
  order.forEach((unit, turn) => {
    // Removing one more may cost less than before; the order counts, so that each score is above the one before.
    const share = whole > 0 ? costs[turn]! / whole : 0;
    last = Math.fround(Math.max(share, last * (1 + 2 ** -22) + 1e-30));
    scores[unit] = last;
  });
  return scores;
}

/** The kernel of a reader with the slices of each unit times its factor; masked weights stay 0. */
function rescaled(
  snapshot: Snapshot,
  group: ChannelGroup,
  reader: string,
  factors: ReadonlyMap<number, number>,
): Snapshot {
  const name = parameterName(reader, "kernel");
  const slice = group.slices.find(({ side, parameter }) => side === "reads" && parameter === name)!;
  const kernel = valuesOf(snapshot, name).map((w, i) => w * (factors.get(unitOfElement(slice, i)) ?? 1));
  return { ...snapshot, values: new Map(snapshot.values).set(name, kernel) };
}

type Context = ClipContext<typeof meta.params>;

/**
 * Group by group from the input on, as each sees what those before it have lost. A reader keeps its weights where they
 * are quantized, and where a removed channel leaves a constant, which surgery moves into the bias.
 */
async function reconstruct(
  snapshot: Snapshot,
  removals: UnitRemovals,
  { params, services }: Context,
  rng: Context["rng"],
): Promise<Snapshot> {
  const { units: going } = planRemovals(snapshot.network, removals, { roundTo: params.roundTo });
  let adjusted = snapshot;
  const gone = new Map<string, Iterable<number>>();
  for (const group of channelGroups(snapshot.network)) {
    const removed = going.get(group.id);
    if (!removed) continue;
    const kept = Array.from({ length: group.units }, (_, u) => u).filter((u) => !removed.includes(u));
    const seen = maskChannels(adjusted, gone);
    const contributions = await contributionsTo(seen, [group], params, services, rng);
    for (const { reader, samples, leavesConstants } of contributions.get(group.id)!) {
      if (leavesConstants || snapshot.states.get(parameterName(reader, "kernel"))?.quantizer) continue;
      const factors = keptFactors(gramMatrix(samples, group.units), group.units, kept);
      adjusted = rescaled(adjusted, group, reader, new Map(kept.map((unit, i) => [unit, factors[i]!])));
    }
    gone.set(group.id, removed);
  }
  return adjusted;
}

export const thinet: BlockImplementation<typeof meta.params> = (context) => {
  const { params, services } = context;
  let decisions = 0;
  // A stream for each decision and pass.
  const streams = (pass: string) => (name: string) => context.rng(`${pass}/${decisions}/${name}`);
  const run = structuredPruning(
    context,
    meta.id,
    async (snapshot, groups) => {
      const contributions = await contributionsTo(snapshot, groups, params, services, streams("score"));
      return groups.map(({ id, units }) => thinetScores(contributions.get(id)!, units));
    },
    params.rescale === "none"
      ? {}
      : { adjust: (snapshot, removals) => reconstruct(snapshot, removals, context, streams("rescale")) },
  );
  return {
    ...run,
    onRound(round, model) {
      decisions = round;
      return run.onRound!(round, model);
    },
  };
};
