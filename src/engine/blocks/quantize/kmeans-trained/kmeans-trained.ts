/**
 * Weight sharing with trained centroids (Deep Compression, Han et al. 2016, section 3): k-means on the weights that
 * pruning has left in each layer, then the centroids train and no weight changes its cluster. Codes and positions are
 * Huffman-coded by the file where that is smaller. At the end the clusters become a table like any other, whose values
 * later clips keep.
 */
import { type Node, weightedNodes } from "../../../core/network";
import type { Rng } from "../../../core/rng";
import { type ParameterQuantizer, type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import { effectiveValues } from "../../../quantizers/effective";
import type { ClustersQuantizer } from "../../../quantizers/weights/clusters";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { kmeans } from "../../shared/quantization/kmeans";
import { isCoarser } from "../../shared/quantization/quantize";
import type { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** What stands for a centroid of 0 in a pruned layer, where a file takes zeros for removed weights: the least normal fp32. */
const nearlyZero = 2 ** -126;

const bitsOf = ({ op }: Node, { convBits, denseBits }: Params): number => (op === "dense" ? denseBits : convBits);

/** @param weights effective ones */
function clustersOf(weights: Float32Array, mask: Uint8Array | undefined, k: number, params: Params, rng: Rng) {
  const kept = mask ? weights.filter((_, i) => mask[i]) : weights;
  if (kept.length === 0) return undefined;
  const { start, iterations, rate } = params;
  const { centroids, members: ofKept } = kmeans(kept, k, { start, rounds: iterations, rng });
  const members = new Float32Array(weights.length);
  for (let i = 0, at = 0; i < weights.length; i++) if (!mask || mask[i]) members[i] = ofKept[at++]!;
  const nonZero = mask ? centroids.map((c) => (c === 0 ? nearlyZero : c)) : centroids;
  return { kind: "clusters", rate, centroids: nonZero, members } satisfies ClustersQuantizer;
}

/**
 * The snapshot with every kernel in clusters; fold batch normalization first. A kernel that has as few values already
 * keeps them.
 * @param between called after each layer; throws to stop
 */
export async function clusterKernels(
  snapshot: Snapshot,
  params: Params,
  rng: (stream: string) => Rng,
  between: () => Promise<void>,
): Promise<Snapshot> {
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  for (const node of weightedNodes(snapshot.network)) {
    const { name } = node.params.kernel!;
    const before = states.get(name);
    const bits = bitsOf(node, params);
    if (isCoarser(before?.quantizer, bits)) continue;
    const weights = effectiveValues(valuesOf(snapshot, name), before);
    const quantizer = clustersOf(weights, before?.mask, 2 ** bits, params, rng(name));
    if (!quantizer) continue;
    states.set(name, { ...before, quantizer });
    values.set(name, weights);
    await between();
  }
  return { ...snapshot, states, values };
}

/** The table that clusters become: the centroids that have members, rising. */
function tableOf({ centroids, members }: ClustersQuantizer, mask: Uint8Array | undefined): ParameterQuantizer {
  const used = new Set(members.filter((_, i) => !mask || mask[i]));
  const values = Float32Array.from(new Set(Float32Array.from(used, (member) => centroids[member]!))).sort();
  return { kind: "codebook", values: values.length > 0 ? values : centroids.slice(0, 1) };
}

/** The snapshot with tables in place of clusters: the same effective weights, as raw values too. */
export function settleClusters(snapshot: Snapshot): Snapshot {
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  for (const [name, state] of snapshot.states) {
    if (state.quantizer?.kind !== "clusters") continue;
    values.set(name, effectiveValues(valuesOf(snapshot, name), state));
    states.set(name, { ...state, quantizer: tableOf(state.quantizer, state.mask) });
  }
  return { ...snapshot, states, values };
}

export const kmeansTrained: BlockImplementation<typeof meta.params> = ({ params, services, rng }) => ({
  rounds: { count: 1, endFraction: 1 },
  async onRound(_round, model) {
    const folded = foldBatchNorm(await model.snapshot());
    model.replace(await clusterKernels(folded, params, rng, services.between));
  },
  async onEnd(model, reason) {
    if (reason === "finished") model.replace(settleClusters(await model.snapshot()));
  },
});
