/** Pruning by the average percentage of zeros (APoZ, as Aghli and Ribeiro 2021 use it): what is silent most often goes. */
import { consumersOf, type Network, type Node, nodeById } from "../../../core/network";
import type { Snapshot } from "../../../core/snapshot";
import { analyzeChannels, type ChannelGroup } from "../../../surgery/channel-groups";
import type { BlockImplementation, ClipServices } from "../../block";
import { type Scorable, structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

/** Kinds that give exact zeros on one side. Of the others what is next to nothing counts. */
const cutting: ReadonlySet<string> = new Set(["relu", "relu6", "hard-sigmoid", "hard-swish"]);

/** Share of the largest |output| of a layer below which an output of the other kinds counts as zero. */
const silence = 1e-3;

/**
 * The first activation behind each producer of a group, through batch normalization, additions and pooling; where
 * several ways part, that of each. Empty for a linear bottleneck.
 */
export function activationsBehind(network: Network, group: ChannelGroup): Node[] {
  const { groups, firstUnit, unitsOfNode } = analyzeChannels(network);
  const first = firstUnit[groups.findIndex(({ id }) => id === group.id)]!;
  const carries = ({ id }: Node) => unitsOfNode.get(id)!.some((unit) => unit >= first && unit < first + group.units);
  const consumers = consumersOf(network);
  const found = new Set<string>();
  const seen = new Set<string>(group.producers);
  const queue = [...group.producers];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const reader of consumers.get(id)!) {
      if (seen.has(reader.id) || !carries(reader)) continue;
      seen.add(reader.id);
      if (reader.op === "activation") found.add(reader.id);
      else queue.push(reader.id);
    }
  }
  return network.nodes.filter(({ id }) => found.has(id));
}

/** Zeros and outputs of each unit, over all images and positions. */
export interface ZeroCounts {
  readonly zeros: Float64Array;
  readonly totals: Float64Array;
}

/**
 * Adds a layer's outputs to the counts.
 * @param values `[..., channels]`
 * @param unitOf channel -> unit; others are left out
 * @param limit |output| up to which it counts as zero: 0 behind a relu
 */
export function countZeros(
  { zeros, totals }: ZeroCounts,
  values: Float32Array,
  unitOf: Int32Array,
  limit: number,
): void {
  const channels = unitOf.length;
  for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === channels ? 0 : c + 1) {
    const unit = unitOf[c]!;
    if (unit < 0 || unit >= zeros.length) continue;
    totals[unit]!++;
    if (Math.abs(values[i]!) <= limit) zeros[unit]!++;
  }
}

/** Group id -> APoZ of each unit, in [0, 1]. */
export async function zeroShares(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  images: number,
  services: Pick<ClipServices, "visitOutputs" | "sampleActivations">,
): Promise<Map<string, Float64Array>> {
  const { network } = snapshot;
  const analysis = analyzeChannels(network);
  const watched = new Map<string, { unitOf: Int32Array; counts: ZeroCounts }[]>();
  const counted = groups.map((group) => {
    const counts = { zeros: new Float64Array(group.units), totals: new Float64Array(group.units) };
    const first = analysis.firstUnit[analysis.groups.findIndex(({ id }) => id === group.id)]!;
    for (const { id } of activationsBehind(network, group)) {
      const unitOf = analysis.unitsOfNode.get(id)!.map((unit) => (unit < 0 ? -1 : unit - first));
      watched.set(id, [...(watched.get(id) ?? []), { unitOf, counts }]);
    }
    return { id: group.id, counts };
  });
  const nodeIds = [...watched.keys()];
  const smooth = nodeIds.filter((id) => {
    const node = nodeById(network, id);
    return node.op === "activation" && !cutting.has(node.attrs.kind);
  });
  const ranges = smooth.length > 0 ? await services.sampleActivations(snapshot, smooth, images) : new Map();
  const limits = new Map<string, number>();
  for (const [id, { min, max }] of ranges) limits.set(id, silence * Math.max(Math.abs(min), Math.abs(max)));
  await services.visitOutputs(snapshot, nodeIds, images, ({ nodeId, values }) => {
    for (const { unitOf, counts } of watched.get(nodeId)!) countZeros(counts, values, unitOf, limits.get(nodeId) ?? 0);
  });
  return new Map(
    counted.map(({ id, counts: { zeros, totals } }) => [
      id,
      zeros.map((count, u) => (totals[u]! > 0 ? count / totals[u]! : 0)),
    ]),
  );
}

/**
 * The score up to which units go, `1 - (mean + deviations * sigma)` of the layer's APoZ: those far more silent than the
 * rest. Of a layer whose units are all alike none go.
 */
export function silenceLimit(scores: Float32Array, deviations: number): number {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const sigma = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  return sigma > 1e-6 ? mean - deviations * sigma : -Infinity;
}

const hasActivation = ({ network }: Snapshot): Scorable => ({
  has: (group) => activationsBehind(network, group).length > 0,
  expected: "an activation behind it",
});

export const apoz: BlockImplementation<typeof meta.params> = (context) => {
  const { images, choose, deviations } = context.params;
  return structuredPruning(
    context,
    meta.id,
    async (snapshot, groups) => {
      const shares = await zeroShares(snapshot, groups, images, context.services);
      return groups.map(({ id }) => Float32Array.from(shares.get(id)!, (zeros) => 1 - zeros));
    },
    {
      scorable: hasActivation,
      limits: (scores) => (choose === "threshold" ? scores.map((s) => silenceLimit(s, deviations)) : undefined),
    },
  );
};
