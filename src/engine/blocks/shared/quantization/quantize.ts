/** Putting quantizers on a whole network: which widths, which scales, which activations. */
import { floatBits } from "../../../core/effective";
import { type Network, type Node, sizeOfShape, weightedNodes } from "../../../core/network";
import { type ParameterQuantizer, type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import type { ClipServices } from "../../block";
import { activationQuantizer, type Calibration, symmetricClip } from "./calibration";
import { effectiveValues, widthsOf } from "../../../quantizers/effective";
import { refreshScales, type UniformQuantizer } from "../../../quantizers/weights/uniform";

export interface WeightSettings {
  /** 2 to 8. */
  readonly wBits: number;
  /** Width of the first and the last layer: they lose most by few bits. */
  readonly edgeBits: number;
  readonly granularity: "tensor" | "channel";
  readonly calibration: Calibration;
  /** In [90, 100]; of calibration `percentile`. */
  readonly percentile: number;
}

/** Node id of each layer with a kernel -> width, `edgeBits` for the first and the last of them. */
export function layerBits(network: Network, bits: number, edgeBits: number): Map<string, number> {
  const layers = weightedNodes(network);
  const edges = new Set([layers[0]?.id, layers.at(-1)?.id]);
  return new Map(layers.map(({ id }) => [id, edges.has(id) ? edgeBits : bits]));
}

/** Output channels of a kernel: its last axis, for a depthwise one its last two. */
const outputChannels = ({ op, params }: Node): number =>
  sizeOfShape(params.kernel!.shape.slice(op === "depthwise-conv2d" ? -2 : -1));

function kernelQuantizer(
  masked: Float32Array,
  groups: number,
  bits: number,
  settings: WeightSettings,
): UniformQuantizer {
  const { granularity, calibration } = settings;
  const clips = new Float32Array(groups).fill(1);
  for (let g = 0; g < groups && calibration !== "minmax"; g++) {
    const group = Float32Array.from({ length: masked.length / groups }, (_, k) => masked[k * groups + g]!);
    clips[g] = symmetricClip(group, bits, calibration, settings.percentile);
  }
  return refreshScales(masked, { kind: "uniform", bits, granularity, clips, scales: clips });
}

/** Whether a tensor has at most as few values as `bits` allow already. */
const isCoarser = (quantizer: ParameterQuantizer, bits: number): boolean => widthsOf(quantizer).values <= 2 ** bits;

/**
 * The snapshot with a symmetric uniform quantizer on every kernel. Fold batch normalization first. Biases stay fp32.
 * A tensor that an earlier clip left with as few values or fewer keeps its quantizer; a finer one is rounded again from
 * the values it has.
 */
export function quantizeWeights(snapshot: Snapshot, settings: WeightSettings): Snapshot {
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  const perLayer = layerBits(snapshot.network, settings.wBits, settings.edgeBits);
  for (const node of weightedNodes(snapshot.network)) {
    const { name } = node.params.kernel!;
    const bits = perLayer.get(node.id)!;
    const before = states.get(name);
    if (before?.quantizer && isCoarser(before.quantizer, bits)) continue;
    const masked = effectiveValues(valuesOf(snapshot, name), before);
    const groups = settings.granularity === "channel" ? outputChannels(node) : 1;
    states.set(name, { ...before, quantizer: kernelQuantizer(masked, groups, bits, settings) });
    if (before?.quantizer) values.set(name, masked);
  }
  return { ...snapshot, values, states };
}

export interface ActivationSettings {
  /** 2 to 8, or 32 for off. */
  readonly aBits: number;
  readonly edgeBits: number;
  readonly calibration: Calibration;
  readonly percentile: number;
  /** How many training images the ranges are taken from. */
  readonly images: number;
}

/**
 * The snapshot with an affine quantizer on what every layer with a kernel reads. One with fewer bits, that an earlier
 * clip put there, stays; 32 bits add none.
 */
export async function quantizeActivations(
  snapshot: Snapshot,
  settings: ActivationSettings,
  services: Pick<ClipServices, "sampleActivations">,
): Promise<Snapshot> {
  if (settings.aBits === floatBits) return snapshot;
  const perLayer = layerBits(snapshot.network, settings.aBits, settings.edgeBits);
  const bits = new Map<string, number>();
  for (const node of weightedNodes(snapshot.network)) {
    const [read] = node.inputs;
    // An output that several layers read is kept at the largest width that one of them asks for.
    bits.set(read!, Math.max(bits.get(read!) ?? 0, perLayer.get(node.id)!));
  }
  const isFiner = ([id, b]: readonly [string, number]) => (snapshot.activations.get(id)?.bits ?? floatBits) >= b;
  const wanted = [...bits].filter(isFiner);
  const plain = { ...snapshot, activations: new Map() };
  const samples = await services.sampleActivations(
    plain,
    wanted.map(([id]) => id),
    settings.images,
  );
  const { calibration, percentile } = settings;
  const activations = new Map(snapshot.activations);
  for (const [id, b] of wanted) {
    activations.set(id, activationQuantizer(samples.get(id)!, b, calibration, percentile));
  }
  return { ...snapshot, activations };
}
