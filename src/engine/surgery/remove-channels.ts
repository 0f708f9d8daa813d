/**
 * Cutting channels out of a network for good, in one transaction: every tensor, mask, scale and attribute that belongs
 * to a removed unit goes, and what the removed channels held (a constant) moves into the biases of their readers.
 * The result computes what the network masked by `mask-channels.ts` computes, to rounding.
 */
import { EngineError } from "../core/errors";
import { cutQuantizer, effectiveValues } from "../quantizers/effective";
import { type Network, type Node, parameterName, type Shape } from "../core/network";
import { type ParameterState, type Snapshot, valuesOf } from "../core/snapshot";
import { inputShapes, operationOf } from "../ops/registry";
import { inputEdge } from "../quantizers/edges";
import { channelConstants, quantizedConstant } from "./channel-constants";
import { channelAxes } from "./channel-groups";
import { cutChannelNumbers } from "./channel-numbers";
import { type AxisCut, cutArray } from "./cut";
import { elementIndex } from "./elements";
import { isWeighted, withBias, withParameterSpecs } from "./node-edits";
import { planRemovals, type RemovalOptions, type RemovalPlan, type Removals } from "./removal-plan";

export interface RemovalResult {
  readonly snapshot: Snapshot;
  /**
   * Name of each parameter that was cut -> what stays of it, for `cutArray`: an optimizer cuts its moments alike.
   * A bias that the removal adds (`<layer>/bias` of a layer that had none) is not here: its moments begin at zero.
   */
  readonly kept: ReadonlyMap<string, readonly AxisCut[]>;
}

/**
 * Removes units of channel groups, as far as `planRemovals` lets them go. Without any the same snapshot comes back.
 * @throws EngineError as `planRemovals`; `not-prunable` also when a quantized bias would have to take a constant
 */
export function removeChannels(snapshot: Snapshot, removals: Removals, options: RemovalOptions = {}): RemovalResult {
  const plan = planRemovals(snapshot.network, removals, options);
  if (plan.units.size === 0) return { snapshot, kept: new Map() };
  const absorbed = absorbConstants(snapshot, plan);
  return cutSnapshot(absorbed, keptChannelsOf(plan));
}

/** Node id -> output channels that stay, ascending; nodes that keep all are absent. */
function keptChannelsOf({ analysis, removed }: RemovalPlan): Map<string, Uint32Array> {
  const kept = new Map<string, Uint32Array>();
  for (const [id, units] of analysis.unitsOfNode) {
    const stays: number[] = [];
    units.forEach((unit, channel) => {
      if (unit < 0 || !removed[unit]) stays.push(channel);
    });
    if (stays.length < units.length) kept.set(id, Uint32Array.from(stays));
  }
  return kept;
}

/** The snapshot, its shapes as before, with what the removed channels hold in their readers' biases. */
function absorbConstants(snapshot: Snapshot, plan: RemovalPlan): Snapshot {
  return shiftReaders(snapshot, plan, channelConstants(snapshot.network, snapshot.activations));
}

/**
 * The snapshot with constants of removed channels in the biases of the layers that read them.
 * @param constants node id -> what each of its output channels holds; read where the channel goes
 */
export function shiftReaders(
  snapshot: Snapshot,
  { analysis, removed }: RemovalPlan,
  constants: ReadonlyMap<string, Float64Array>,
): Snapshot {
  const { network } = snapshot;
  const elements = elementIndex(network);
  const values = new Map(snapshot.values);
  const states = new Map(snapshot.states);
  const nodes = network.nodes.map((node) => {
    const shapes = inputShapes(node, elements.shapes);
    if (operationOf(node).channels(node.attrs, shapes).kind !== "source") return node;
    const units = analysis.unitsOfNode.get(node.inputs[0]!)!;
    const read = (value: number) => quantizedConstant(snapshot.activations, inputEdge(node.id, 0), value);
    const held = constants
      .get(node.inputs[0]!)!
      .map((value, c) => (units[c]! >= 0 && removed[units[c]!] ? read(value) : 0));
    if (held.every((value) => value === 0)) return node;
    const shift = biasShift(snapshot, node, held);
    if (shift.every((value) => value === 0)) return node;
    return shiftBias({ ...snapshot, values, states }, node, shapes, shift);
  });
  return { ...snapshot, network: { ...network, nodes }, values, states };
}

/** What input channels that hold `held` everywhere add to each output channel, in double precision. */
function biasShift(snapshot: Snapshot, node: Node, held: Float64Array): Float64Array {
  const { name, shape } = node.params.kernel!;
  const [cin, cout] = shape.slice(-2) as [number, number];
  const kernel = effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
  const shift = new Float64Array(cout);
  for (let i = 0; i < kernel.length; i++) shift[i % cout]! += kernel[i]! * held[Math.floor(i / cout) % cin]!;
  return shift;
}

interface Draft {
  readonly values: Map<string, Float32Array>;
  readonly states: Map<string, ParameterState>;
}

/** Adds `shift` to the node's bias in the draft; a node without a bias gets one. */
function shiftBias({ values, states }: Draft, node: Node, shapes: readonly Shape[], shift: Float64Array): Node {
  const name = parameterName(node.id, "bias");
  const state = states.get(name);
  if (!isWeighted(node) || state?.quantizer) {
    throw new EngineError(
      "not-prunable",
      `expected a layer that can take a constant into its bias behind the removed channels, got '${node.id}'` +
        (state?.quantizer ? " with a quantized bias: prune before quantizing biases" : ` (${node.op})`),
      { details: { layer: node.id, why: "constant", node: node.id } },
    );
  }
  const old = values.get(name);
  if (!node.attrs.useBias || !old) {
    values.set(name, Float32Array.from(shift));
    return withParameterSpecs(withBias(node), shapes);
  }
  const bias = effectiveValues(old, state).map((value, c) => value + shift[c]!);
  values.set(name, bias);
  // A bias that was masked and now carries a constant is alive again.
  if (state?.mask) states.set(name, { ...state, mask: state.mask.map((keep, c) => (shift[c] === 0 ? keep : 1)) });
  return node;
}

function cutSnapshot(snapshot: Snapshot, keptChannels: ReadonlyMap<string, Uint32Array>): RemovalResult {
  const { network } = snapshot;
  const elements = elementIndex(network);
  const kept = new Map<string, AxisCut[]>();
  const values = new Map(snapshot.values);
  const states = new Map<string, ParameterState>(snapshot.states);
  for (const { parameter, axis, layout } of channelAxes(network, elements)) {
    const indices = keptChannels.get(layout);
    if (indices) kept.set(parameter, [...(kept.get(parameter) ?? []), { axis, indices }]);
  }
  for (const node of network.nodes) {
    for (const spec of Object.values(node.params)) {
      const cuts = kept.get(spec.name);
      if (!cuts) continue;
      values.set(spec.name, cutArray(valuesOf(snapshot, spec.name), spec.shape, cuts));
      const state = snapshot.states.get(spec.name);
      if (state) states.set(spec.name, cutState(spec.name, state, spec.shape, cuts));
    }
  }
  const channels = cutChannelNumbers(snapshot, keptChannels);
  return { snapshot: { ...snapshot, network: cutNetwork(network, keptChannels), values, states, channels }, kept };
}

function cutState(
  name: string,
  { mask, fixed, quantizer }: ParameterState,
  shape: Shape,
  cuts: readonly AxisCut[],
): ParameterState {
  return {
    ...(mask ? { mask: cutArray(mask, shape, cuts) } : {}),
    ...(fixed ? { fixed: cutArray(fixed, shape, cuts) } : {}),
    ...(quantizer ? { quantizer: cutQuantizer(name, quantizer, shape, cuts) } : {}),
  };
}

/** Attributes and parameter specs of the smaller graph. */
function cutNetwork(network: Network, keptChannels: ReadonlyMap<string, Uint32Array>): Network {
  const shapes = new Map<string, Shape>();
  const before = elementIndex(network).shapes;
  const nodes = network.nodes.map((node) => {
    const flow = operationOf(node).channels(node.attrs, inputShapes(node, before));
    const channels = keptChannels.get(node.id)?.length;
    const attrs = flow.kind === "source" && channels !== undefined ? flow.resized(channels) : node.attrs;
    const inputs = inputShapes(node, shapes);
    const cut = withParameterSpecs({ ...node, attrs } as Node, inputs);
    shapes.set(node.id, operationOf(cut).outputShape(cut.attrs, inputs));
    return cut;
  });
  return { ...network, nodes };
}
