/** Putting quantizers on a whole network: which widths, which scales, which activations. */
import { floatBits } from "../../../core/effective";
import type { BitPlan } from "../../../core/bit-plan";
import { consumersOf, type Network, type Node, outputChannels, weightedNodes } from "../../../core/network";
import { EngineError } from "../../../core/errors";
import { type ParameterQuantizer, type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import type { ClipServices } from "../../block";
import { activationQuantizer, type Calibration, symmetricClip } from "./calibration";
import { inputEdge } from "../../../quantizers/edges";
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
  /** Widths of single layers in place of these. */
  readonly plan?: BitPlan;
}

/** Ids of the first and the last layer with a kernel. */
export function edgeLayers(network: Network): ReadonlySet<string> {
  const layers = weightedNodes(network);
  return new Set([...layers.slice(0, 1), ...layers.slice(-1)].map(({ id }) => id));
}

/** Node id of each layer with a kernel -> width, `edgeBits` for the first and the last of them. */
export function layerBits(network: Network, bits: number, edgeBits: number): Map<string, number> {
  const edges = edgeLayers(network);
  return new Map(weightedNodes(network).map(({ id }) => [id, edges.has(id) ? edgeBits : bits]));
}

/** @throws EngineError `invalid-params` for widths of a layer that is not there */
function checkPlan(network: Network, plan: BitPlan | undefined): void {
  const layers = weightedNodes(network).map(({ id }) => id);
  for (const [id, { wBits, aBits }] of plan ?? []) {
    if ((wBits === undefined && aBits === undefined) || layers.includes(id)) continue;
    throw new EngineError("invalid-params", `expected widths of layers among ${layers.join(", ")}, got '${id}'`, {
      details: { layer: id },
    });
  }
}

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
export const isCoarser = (quantizer: ParameterQuantizer | undefined, bits: number): boolean =>
  quantizer !== undefined && widthsOf(quantizer).values <= 2 ** bits;

/**
 * The snapshot with a symmetric uniform quantizer on every kernel. Fold batch normalization first. Biases stay fp32.
 * A tensor that an earlier clip left with as few values or fewer keeps its quantizer; a finer one is rounded again from
 * the values it has.
 * @param only ids of the layers that are meant; all by default
 * @throws EngineError `invalid-params` for widths of a layer that is not there
 */
export function quantizeWeights(snapshot: Snapshot, settings: WeightSettings, only?: readonly string[]): Snapshot {
  checkPlan(snapshot.network, settings.plan);
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  const perLayer = layerBits(snapshot.network, settings.wBits, settings.edgeBits);
  for (const node of weightedNodes(snapshot.network)) {
    const { name } = node.params.kernel!;
    if (only && !only.includes(node.id)) continue;
    const bits = settings.plan?.get(node.id)?.wBits ?? perLayer.get(node.id)!;
    const before = states.get(name);
    if (isCoarser(before?.quantizer, bits)) continue;
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
  /** Widths of what single layers read in place of these. */
  readonly plan?: BitPlan;
}

/** A place where values are quantized, the node whose output is meant, and a width. */
interface WantedEdge {
  readonly edge: string;
  readonly node: string;
  readonly bits: number;
}

/**
 * Where activations are quantized, and to how many bits. An output that several layers read is kept at the largest width
 * that one of them asks for. A layer whose width is planned has it on its own input instead where another reader of the
 * same output (a shortcut, a layer of another width) shall not see it.
 */
function wantedEdges(network: Network, { aBits, edgeBits, plan }: ActivationSettings): WantedEdge[] {
  const perLayer = layerBits(network, aBits, aBits === floatBits ? floatBits : edgeBits);
  const layers = weightedNodes(network);
  const widthOf = ({ id }: Node) => plan?.get(id)?.aBits ?? perLayer.get(id)!;
  const consumers = consumersOf(network);
  const shared = new Map<string, number>();
  const own: WantedEdge[] = [];
  for (const layer of layers) {
    const node = layer.inputs[0]!;
    const bits = widthOf(layer);
    if (bits === floatBits) continue;
    const others = consumers.get(node)!.filter(({ id }) => id !== layer.id);
    const alike = others.every((other) => other.params.kernel !== undefined && widthOf(other) === bits);
    if (plan?.get(layer.id)?.aBits !== undefined && !alike) own.push({ edge: inputEdge(layer.id, 0), node, bits });
    else shared.set(node, Math.max(shared.get(node) ?? 0, bits));
  }
  return [...[...shared].map(([node, bits]) => ({ edge: node, node, bits })), ...own];
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
  const isFiner = ({ edge, bits }: WantedEdge) => (snapshot.activations.get(edge)?.bits ?? floatBits) >= bits;
  const wanted = wantedEdges(snapshot.network, settings).filter(isFiner);
  if (wanted.length === 0) return snapshot;
  const plain = { ...snapshot, activations: new Map() };
  const nodes = [...new Set(wanted.map(({ node }) => node))];
  const samples = await services.sampleActivations(plain, nodes, settings.images);
  const { calibration, percentile } = settings;
  const activations = new Map(snapshot.activations);
  for (const { edge, node, bits } of wanted) {
    activations.set(edge, activationQuantizer(samples.get(node)!, bits, calibration, percentile));
  }
  return { ...snapshot, activations };
}
