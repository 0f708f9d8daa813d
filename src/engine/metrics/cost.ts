/**
 * What a snapshot costs, layer by layer: the numbers that its point would have, or those of the same network at other
 * widths. What searches and budgets ask. Bytes are the encoder's, the rest is computed from shapes and widths.
 */
import { planSnapshot } from "../codecs/snapshot-plan";
import { type BitPlan, planBitsPerWidth, widthsIn } from "../core/bit-plan";
import { EngineError } from "../core/errors";
import { type Network, type Node, nodeById, outputChannels, sizeOfShape, weightedNodes } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { shapesOf } from "../ops/registry";
import { type ChannelGroup, channelGroups, type ChannelSlices, unitOfElement } from "../surgery/channel-groups";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { inputBits, macsByNode, weightBits } from "./accounting";
import { type DeviceProfile, deviceProfiles, layerLatency } from "./device-profile";

export interface LayerCost {
  /** Of all its parameters. */
  readonly bytes: number;
  readonly macs: number;
  readonly bops: number;
  readonly latencyMs: number;
  /** Widths of its kernel and of what it reads. */
  readonly wBits: number;
  readonly aBits: number;
}

/** What goes with each unit of a channel group, the weights that make it and those that read it. */
export interface UnitSavings {
  readonly bytes: Float64Array;
  readonly macs: Float64Array;
  readonly bops: Float64Array;
  readonly latencyMs: Float64Array;
}

export interface Cost {
  /**
   * The point's `sizeBytes`. Under a plan its kernels count with codes of fixed length and a scale for each output
   * channel, what the layers read with a scale and a zero point each, and each width with 4 bits: no more than that is
   * written, whatever training makes of the weights.
   */
  readonly bytes: number;
  /** Of one sample, dense; the point's `macs`. */
  readonly macs: number;
  /** The point's `bops`. */
  readonly bops: number;
  /** Of one sample on the profile's device: the sum over layers. Computed, and comparable with nothing measured. */
  readonly latencyMs: number;
  readonly device: string;
  /** Layers with a kernel, by node id, in node order. */
  readonly layers: ReadonlyMap<string, LayerCost>;
  /** By the id of the channel group. A unit saves its share of each layer that it touches. */
  savings(): ReadonlyMap<string, UnitSavings>;
}

/** f32 scale and a zero point of at most 8 bits. */
const activationBytes = 5;

/**
 * Batch normalization folded, as in a file.
 * @param plan widths in place of the snapshot's own, by layer
 * @param profile of the device whose latency is computed; `bit-serial` by default
 * @throws EngineError `invalid-params` for a plan of a layer that is not there or of an impossible width
 */
export function costOf(
  snapshot: Snapshot,
  plan: BitPlan = new Map(),
  profile: DeviceProfile = deviceProfiles["bit-serial"],
): Cost {
  const { folded, stored, macs, shapes } = facts(snapshot);
  const { network } = folded;
  const layersOfNetwork = weightedNodes(network);
  checkPlan(plan, layersOfNetwork);
  const tensorBytes = new Map(stored.tensors.map(({ entry, sizeBytes }) => [entry.name, sizeBytes]));
  for (const node of layersOfNetwork) {
    const { wBits } = plan.get(node.id) ?? {};
    if (wBits) tensorBytes.set(node.params.kernel!.name, kernelBytes(node, wBits));
  }
  const bitsRead = (node: Node) => plan.get(node.id)?.aBits ?? inputBits(folded, node, 0);
  const layers = new Map<string, LayerCost>();
  for (const node of layersOfNetwork) {
    const kernel = node.params.kernel!;
    const wBits = plan.get(node.id)?.wBits ?? weightBits(folded.states.get(kernel.name));
    const aBits = bitsRead(node);
    const work = macs.get(node.id) ?? 0;
    const latencyMs = layerLatency(profile, {
      id: node.id,
      macs: work,
      weights: sizeOfShape(kernel.shape),
      reads: sizeOfShape(shapes.get(node.inputs[0]!)!),
      wBits,
      aBits,
    });
    const bytes = Object.values(node.params).reduce((sum, { name }) => sum + tensorBytes.get(name)!, 0);
    layers.set(node.id, { bytes, macs: work, bops: work * wBits * aBits, latencyMs, wBits, aBits });
  }
  const total = (what: "bops" | "latencyMs") => [...layers.values()].reduce((sum, layer) => sum + layer[what], 0);
  const read = new Set([...plan].flatMap(([id, { aBits }]) => (aBits && aBits < 32 ? [id] : [])));
  const planned = Math.ceil((widthsIn(plan) * planBitsPerWidth) / 8) + activationBytes * read.size;
  const parameters = [...tensorBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const rest = stored.sizeBytes - stored.tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    bytes: parameters + rest + planned,
    macs: [...macs.values()].reduce((sum, count) => sum + count, 0),
    bops: total("bops"),
    latencyMs: total("latencyMs"),
    device: profile.name,
    layers,
    savings: () => savingsOf(network, layers, tensorBytes),
  };
}

const known = new WeakMap<Snapshot, ReturnType<typeof factsOf>>();

/** What does not depend on plan or profile; a search asks about one snapshot many times. */
function facts(snapshot: Snapshot): ReturnType<typeof factsOf> {
  const found = known.get(snapshot) ?? factsOf(snapshot);
  known.set(snapshot, found);
  return found;
}

function factsOf(snapshot: Snapshot) {
  const folded = foldBatchNorm(snapshot);
  const { network } = folded;
  return { folded, stored: planSnapshot(folded), macs: macsByNode(network), shapes: shapesOf(network) };
}

function checkPlan(plan: BitPlan, layers: readonly Node[]): void {
  const ids = new Set(layers.map(({ id }) => id));
  for (const [id, { wBits, aBits }] of plan) {
    if (!ids.has(id)) {
      throw new EngineError("invalid-params", `expected a plan of layers with a kernel, got '${id}'`);
    }
    const isWidth = (bits: number) => Number.isInteger(bits) && bits >= 2 && bits <= 8;
    if (wBits !== undefined && !isWidth(wBits)) {
      throw new EngineError("invalid-params", `layer '${id}' expected weights of 2 to 8 bits, got ${wBits}`);
    }
    if (aBits !== undefined && aBits !== 32 && !isWidth(aBits)) {
      throw new EngineError("invalid-params", `layer '${id}' expected inputs of 2 to 8 bits or 32, got ${aBits}`);
    }
  }
}

/** Codes of fixed length and an f32 scale for each output channel, each stream padded to a whole byte. */
const kernelBytes = (node: Node, bits: number): number =>
  Math.ceil((sizeOfShape(node.params.kernel!.shape) * bits) / 8) + 4 * outputChannels(node);

function savingsOf(
  network: Network,
  layers: ReadonlyMap<string, LayerCost>,
  tensorBytes: ReadonlyMap<string, number>,
): Map<string, UnitSavings> {
  const groups = channelGroups(network);
  const sizeOf = ({ node, role }: ChannelSlices) => sizeOfShape(nodeById(network, node).params[role]!.shape);
  const shareOf = (what: "macs" | "bops" | "latencyMs") =>
    sumOverUnits(network, groups, (slice) =>
      slice.role === "kernel" ? (layers.get(slice.node)?.[what] ?? 0) / sizeOf(slice) : 0,
    );
  const bytes = sumOverUnits(
    network,
    groups,
    (slice) => (tensorBytes.get(slice.parameter) ?? 0) / Math.max(1, sizeOf(slice)),
  );
  const [macs, bops, latencyMs] = [shareOf("macs"), shareOf("bops"), shareOf("latencyMs")];
  return new Map(
    groups.map(({ id }, g) => [id, { bytes: bytes[g]!, macs: macs[g]!, bops: bops[g]!, latencyMs: latencyMs[g]! }]),
  );
}

/** For each group the sum, over the elements of the parameters that go with each unit, of what one element counts. */
export function sumOverUnits(
  network: Network,
  groups: readonly ChannelGroup[],
  perElement: (slice: ChannelSlices) => number,
): Float64Array[] {
  return groups.map((group) => {
    const sums = new Float64Array(group.units);
    for (const slice of group.slices) {
      const each = perElement(slice);
      if (each === 0) continue;
      const size = sizeOfShape(nodeById(network, slice.node).params[slice.role]!.shape);
      for (let i = 0; i < size; i++) {
        const unit = unitOfElement(slice, i);
        if (unit >= 0) sums[unit]! += each;
      }
    }
    return sums;
  });
}
