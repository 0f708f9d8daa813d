/**
 * Which channels must go together. Every channel of every node's output is an element; union-find joins the elements
 * that one removal takes with it (through add, concat, depthwise convolution, batch normalization, flatten ...). A joined
 * set is a *unit*; the layers whose channels share units form a *group*. After DepGraph (Fang et al. 2023), in a form
 * where each operation states its own coupling (`Operation.channels`). Nothing here depends on parameter values.
 */
import { type Network, type Node, type ParameterRole, parameterRoles, type Shape, sizeOfShape } from "../core/network";
import { inputShapes, operationOf, shapesOf } from "../ops/registry";
import { channelConstants } from "./channel-constants";
import { type ElementIndex, elementIndex, forEachInputElement } from "./elements";
import { UnionFind } from "./union-find";

/** The slices of one parameter along one axis, by unit. */
export interface ChannelSlices {
  readonly node: string;
  readonly role: ParameterRole;
  /** Parameter name. */
  readonly parameter: string;
  readonly axis: number;
  /** Elements between neighbours along the axis: see `unitOfElement`. */
  readonly stride: number;
  /** `makes`: goes with the channel because it makes it; `reads`: a later layer's weights for the channel. */
  readonly side: "makes" | "reads";
  /** Index along the axis -> unit; -1 where the index belongs to no unit of this group. */
  readonly unitOf: Int32Array;
}

/** The unit that element `i` of the parameter's flat array belongs to; -1 for none of this group's. */
export const unitOfElement = ({ unitOf, stride }: ChannelSlices, i: number): number =>
  unitOf[Math.floor(i / stride) % unitOf.length]!;

export interface ChannelGroup {
  /** Id of the first producer. */
  readonly id: string;
  /** The layers that make these channels, in node order. */
  readonly producers: readonly string[];
  /** Removable units, 0 .. units - 1. Where there is one producer, unit = channel (unless some of its channels are pinned). */
  readonly units: number;
  /** At least so many units stay: enough for the one producer of a simple group; `planRemovals` sees to each producer. */
  readonly minimumKept: number;
  /** Every slice of every parameter that goes with a unit, `makes` and `reads`, in node order. */
  readonly slices: readonly ChannelSlices[];
}

/**
 * Why channels may not go: they are the network's `input` or are joined to it; they are its `logits`; an `operation`
 * (reshape, softmax) mixes them; removing them leaves a `constant` that `node` cannot take into a bias.
 */
export interface PinReason {
  readonly why: "input" | "logits" | "operation" | "constant";
  /** The node that pins them. */
  readonly node: string;
}

export interface PinnedProducer {
  readonly producer: string;
  readonly reason: PinReason;
}

/** All that surgery needs to know about a network's channels. */
export interface ChannelAnalysis {
  readonly groups: readonly ChannelGroup[];
  /** Layers of which no channel may go. */
  readonly pinned: readonly PinnedProducer[];
  /** Node id -> for each output channel its unit, counted through all groups (`firstUnit[g] + unit`); -1 is pinned. */
  readonly unitsOfNode: ReadonlyMap<string, Int32Array>;
  /** Group -> the network-wide number of its unit 0. */
  readonly firstUnit: readonly number[];
  readonly unitCount: number;
}

const analyses = new WeakMap<Network, ChannelAnalysis>();

/** The groups of removable channels, in the order of their first producers. */
export const channelGroups = (network: Network): readonly ChannelGroup[] => analyzeChannels(network).groups;

/** Groups and pinned layers; computed once for each network object. */
export function analyzeChannels(network: Network): ChannelAnalysis {
  let analysis = analyses.get(network);
  if (!analysis) {
    analysis = analyze(network);
    analyses.set(network, analysis);
  }
  return analysis;
}

/** Channels of a layer that must stay: 2 in a convolution, 1 elsewhere, never more than there are. */
export function minimumChannels(producer: Node, channels: number): number {
  const convolution = (producer.params.kernel?.shape.length ?? 0) > 2;
  return Math.min(convolution ? 2 : 1, channels);
}

/** The sentence behind "its channels cannot be removed: ". */
export function pinText({ why, node }: PinReason): string {
  switch (why) {
    case "input":
      return "they are joined to the network's input";
    case "logits":
      return "they are the network's logits";
    case "operation":
      return `they reach '${node}', which mixes all channels`;
    case "constant":
      return `a removed channel would leave a constant that padding or a nonlinearity keeps out of the bias of '${node}'`;
  }
}

function analyze(network: Network): ChannelAnalysis {
  const shapes = shapesOf(network);
  const elements = elementIndex(network);
  const joined = joinElements(network, elements);
  const pins = pinElements(network, elements, joined);
  const sources = network.nodes.filter((node) => flowOf(node, elements).kind === "source");

  // Which producers share units.
  const layers = new UnionFind(sources.length);
  const ownerOfRoot = new Map<number, number>();
  const pinned: PinnedProducer[] = [];
  sources.forEach((node, layer) => {
    const { first, count } = elements.of(node.id);
    let free = 0;
    for (let e = first; e < first + count; e++) {
      const root = joined.find(e);
      if (pins.has(root)) continue;
      free++;
      const owner = ownerOfRoot.get(root);
      if (owner === undefined) ownerOfRoot.set(root, layer);
      else layers.union(owner, layer);
    }
    if (free === 0 && count > 0) pinned.push({ producer: node.id, reason: pins.get(joined.find(first))! });
  });

  // Number the units group by group, in the order in which the producers' channels name them.
  const members = new Map<number, Node[]>();
  sources.forEach((node, layer) => {
    if (pinned.some((p) => p.producer === node.id)) return;
    const root = layers.find(layer);
    members.set(root, [...(members.get(root) ?? []), node]);
  });
  const unitOfRoot = new Map<number, number>();
  const firstUnit: number[] = [];
  const producerLists = [...members.values()];
  for (const producers of producerLists) {
    firstUnit.push(unitOfRoot.size);
    for (const { id } of producers) {
      const { first, count } = elements.of(id);
      for (let e = first; e < first + count; e++) {
        const root = joined.find(e);
        if (!pins.has(root) && !unitOfRoot.has(root)) unitOfRoot.set(root, unitOfRoot.size);
      }
    }
  }

  const unitsOfNode = new Map<string, Int32Array>();
  for (const { id } of network.nodes) {
    const { first, count } = elements.of(id);
    unitsOfNode.set(
      id,
      Int32Array.from({ length: count }, (_, c) => unitOfRoot.get(joined.find(first + c)) ?? -1),
    );
  }

  const slices = slicesByGroup(network, elements, unitsOfNode, firstUnit, unitOfRoot.size);
  const groups = producerLists.map((producers, g): ChannelGroup => {
    const units = (firstUnit[g + 1] ?? unitOfRoot.size) - firstUnit[g]!;
    const minimums = producers.map((node) => minimumChannels(node, shapes.get(node.id)!.at(-1)!));
    return {
      id: producers[0]!.id,
      producers: producers.map((node) => node.id),
      units,
      minimumKept: Math.min(units, Math.max(...minimums)),
      slices: slices[g]!,
    };
  });
  return { groups, pinned, unitsOfNode, firstUnit, unitCount: unitOfRoot.size };
}

const flowOf = (node: Node, { shapes }: ElementIndex) =>
  operationOf(node).channels(node.attrs, inputShapes(node, shapes));

function joinElements(network: Network, elements: ElementIndex): UnionFind {
  const joined = new UnionFind(elements.total);
  for (const node of network.nodes) forEachInputElement(node, elements, (out, input) => joined.union(out, input));
  return joined;
}

/** Root -> why its channels stay. Of several reasons the first in the order below counts. */
function pinElements(network: Network, elements: ElementIndex, joined: UnionFind): Map<number, PinReason> {
  const pins = new Map<number, PinReason>();
  const pin = (id: string, reason: PinReason) => {
    const { first, count } = elements.of(id);
    for (let e = first; e < first + count; e++) {
      const root = joined.find(e);
      if (!pins.has(root)) pins.set(root, reason);
    }
  };
  pin(network.output, { why: "logits", node: network.output });
  for (const node of network.nodes) {
    if (flowOf(node, elements).kind !== "pinned") continue;
    const reason: PinReason = { why: node.op === "input" ? "input" : "operation", node: node.id };
    for (const id of [...node.inputs, node.id]) pin(id, reason);
  }
  const constants = channelConstants(network);
  for (const node of network.nodes) {
    const flow = flowOf(node, elements);
    if (flow.kind !== "source") continue;
    const read = constants.get(node.inputs[0]!)!;
    const { first } = elements.of(node.inputs[0]!);
    read.forEach((value, c) => {
      const takes = value === 0 || (flow.keepsConstants && !Number.isNaN(value));
      const root = joined.find(first + c);
      if (!takes && !pins.has(root)) pins.set(root, { why: "constant", node: node.id });
    });
  }
  return pins;
}

function slicesByGroup(
  network: Network,
  elements: ElementIndex,
  unitsOfNode: ReadonlyMap<string, Int32Array>,
  firstUnit: readonly number[],
  unitCount: number,
): ChannelSlices[][] {
  const groupOfUnit = new Int32Array(unitCount);
  firstUnit.forEach((first, g) => groupOfUnit.fill(g, first));
  const slices: ChannelSlices[][] = firstUnit.map(() => []);
  for (const { layout, shape: _, ...place } of channelAxes(network, elements)) {
    const units = unitsOfNode.get(layout)!;
    const local = new Map<number, Int32Array>();
    units.forEach((unit, index) => {
      if (unit < 0) return;
      const g = groupOfUnit[unit]!;
      let unitOf = local.get(g);
      if (!unitOf) local.set(g, (unitOf = new Int32Array(units.length).fill(-1)));
      unitOf[index] = unit - firstUnit[g]!;
    });
    for (const [g, unitOf] of local) slices[g]!.push({ ...place, unitOf });
  }
  return slices;
}

/** A parameter axis that counts channels; `layout` is the node whose output channels it counts. */
export interface ChannelAxis extends Omit<ChannelSlices, "unitOf"> {
  readonly layout: string;
  /** Shape of the parameter. */
  readonly shape: Shape;
}

/** Every parameter axis that counts channels, in node order. */
export function channelAxes(network: Network, elements: ElementIndex = elementIndex(network)): ChannelAxis[] {
  return network.nodes.flatMap((node) => {
    const layouts = operationOf(node).parameters(node.attrs, inputShapes(node, elements.shapes));
    const makesChannels = flowOf(node, elements).kind === "source";
    return parameterRoles.flatMap((role): ChannelAxis[] => {
      const layout = layouts[role];
      const spec = node.params[role];
      if (!layout || !spec) return [];
      const place = { node: node.id, role, parameter: spec.name, shape: spec.shape };
      const strideOf = (axis: number) => sizeOfShape(spec.shape.slice(axis + 1));
      const axes: ChannelAxis[] = [];
      if (layout.inAxis !== undefined) {
        // The weights by which an operation hands channels on (depthwise) go with the channel; others only read it.
        const side = makesChannels ? "reads" : "makes";
        axes.push({ ...place, axis: layout.inAxis, stride: strideOf(layout.inAxis), side, layout: node.inputs[0]! });
      }
      if (layout.outAxis !== undefined) {
        axes.push({ ...place, axis: layout.outAxis, stride: strideOf(layout.outAxis), side: "makes", layout: node.id });
      }
      return axes;
    });
  });
}
