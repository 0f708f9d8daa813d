/**
 * Folding batch normalization into the layer before it: `s = gamma / sqrt(variance + epsilon)`, kernel `W * s` per
 * output channel, bias `(b - mean) * s + beta` (Jacob et al. 2018, section 3.2). Sums in double precision, rounded once.
 *
 * A normalization folds when its only input is a convolution, depthwise convolution or dense layer that nothing else
 * reads. It stays where folding would change what is stored or computed in between: behind pooling, add, flatten or an
 * activation; where the layer's own output is quantized; where its bias is quantized, or its kernel by a kind that
 * cannot be scaled by channel (a codebook would become one codebook for each channel).
 * A kind that can keeps its codes and scales what belongs to a channel.
 */
import { applyMask } from "../core/effective";
import { consumersOf, type Network, type Node, type NodeOf, parameterName } from "../core/network";
import { type ParameterState, type Snapshot, valuesOf } from "../core/snapshot";
import { inputShapes, shapesOf } from "../ops/registry";
import { isWeighted, withBias, withParameterSpecs, type WeightedNode } from "./node-edits";
import { effectiveValues } from "../quantizers/effective";
import { inputEdge } from "../quantizers/edges";
import { weightKindOf } from "../quantizers/weights/registry";

type BatchNorm = NodeOf<"batch-norm">;

interface Foldable {
  readonly norm: BatchNorm;
  readonly layer: WeightedNode;
}

/**
 * The snapshot without the batch normalizations that fold; what follows them reads the layer before them. Returns
 * `snapshot` itself when nothing folds. The outputs are the same to rounding, in inference; masked weights stay zero.
 */
export function foldBatchNorm(snapshot: Snapshot): Snapshot {
  let current = snapshot;
  // One at a time, so that a normalization of a normalization folds as well.
  for (let next = firstFoldable(current.network, current); next; next = firstFoldable(current.network, current)) {
    current = foldOne(current, next);
  }
  return current;
}

const foldedNetworks = new WeakMap<Network, Network>();

/** The graph that `foldBatchNorm` gives for values without quantizers; `network` itself when nothing folds. */
export function foldNetwork(network: Network): Network {
  let folded = foldedNetworks.get(network);
  if (!folded) {
    folded = network;
    for (let next = firstFoldable(folded); next; next = firstFoldable(folded)) folded = withoutNorm(folded, next);
    foldedNetworks.set(network, folded);
  }
  return folded;
}

function firstFoldable(network: Network, snapshot?: Snapshot): Foldable | undefined {
  const consumers = consumersOf(network);
  for (const norm of network.nodes) {
    if (norm.op !== "batch-norm") continue;
    const layer = network.nodes.find((node) => node.id === norm.inputs[0])!;
    if (!isWeighted(layer) || layer.id === network.output || consumers.get(layer.id)!.length > 1) continue;
    if (snapshot && !stateAllows(snapshot, layer, norm)) continue;
    return { norm, layer };
  }
  return undefined;
}

function stateAllows({ states, activations }: Snapshot, layer: Node, norm: Node): boolean {
  if (activations.has(layer.id) || activations.has(inputEdge(norm.id, 0))) return false;
  const quantizer = states.get(parameterName(layer.id, "kernel"))?.quantizer;
  if (quantizer && !weightKindOf(quantizer).scaled) return false;
  return states.get(parameterName(layer.id, "bias"))?.quantizer === undefined;
}

function withoutNorm(network: Network, { norm, layer }: Foldable): Network {
  const shapes = shapesOf(network);
  const rename = (id: string) => (id === norm.id ? layer.id : id);
  const nodes = network.nodes
    .filter((node) => node.id !== norm.id)
    .map((node) => {
      if (node.id === layer.id) return withParameterSpecs(withBias(layer), inputShapes(layer, shapes));
      return node.inputs.includes(norm.id) ? { ...node, inputs: node.inputs.map(rename) } : node;
    });
  return { ...network, nodes, output: rename(network.output) };
}

function foldOne(snapshot: Snapshot, foldable: Foldable): Snapshot {
  const { norm, layer } = foldable;
  const values = new Map(snapshot.values);
  const states = new Map<string, ParameterState>(snapshot.states);
  const activations = new Map(snapshot.activations);
  const effective = (name: string) => effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
  const { gamma, beta, movingMean, movingVariance } = norm.params;
  const [g, b, mean, variance] = [gamma!, beta!, movingMean!, movingVariance!].map(({ name }) => effective(name));
  const slope = Float64Array.from(g!, (value, c) => value / Math.sqrt(variance![c]! + norm.attrs.epsilon));

  const kernelName = layer.params.kernel!.name;
  const alive = snapshot.states.get(gamma!.name)?.mask;
  const kernel = foldKernel(valuesOf(snapshot, kernelName), snapshot.states.get(kernelName), slope, alive);
  values.set(kernelName, kernel.values);
  setState(states, kernelName, kernel.state);

  const biasName = parameterName(layer.id, "bias");
  const bias = layer.params.bias ? effective(biasName) : new Float32Array(slope.length);
  values.set(
    biasName,
    bias.map((value, c) => (value - mean![c]!) * slope[c]! + b![c]!),
  );
  setState(states, biasName, foldedBiasState(alive, snapshot.states.get(beta!.name)?.mask));

  for (const spec of Object.values(norm.params)) {
    values.delete(spec.name);
    states.delete(spec.name);
  }
  const quantizer = activations.get(norm.id);
  if (quantizer) activations.set(layer.id, quantizer);
  activations.delete(norm.id);
  return { ...snapshot, network: withoutNorm(snapshot.network, foldable), values, states, activations };
}

function setState(states: Map<string, ParameterState>, name: string, state: ParameterState): void {
  if (state.mask || state.quantizer || state.fixed) states.set(name, state);
  else states.delete(name);
}

/** A channel without gamma and beta has no bias either, whatever the layer's own was; any other one is alive. */
function foldedBiasState(gammaMask: Uint8Array | undefined, betaMask: Uint8Array | undefined): ParameterState {
  return gammaMask && betaMask ? { mask: gammaMask.map((keep, c) => keep | betaMask[c]!) } : {};
}

/** `slope` by output channel, the fastest axis of every kernel (`c * multiplier + m` of a depthwise one). */
function foldKernel(
  raw: Float32Array,
  state: ParameterState = {},
  slope: Float64Array,
  gammaMask: Uint8Array | undefined,
): { values: Float32Array; state: ParameterState } {
  const channels = slope.length;
  const mask = gammaMask
    ? Uint8Array.from(raw, (_, i) => (state.mask?.[i] ?? 1) & gammaMask[i % channels]!)
    : state.mask;
  const masked = applyMask(raw, mask);
  // Adding 0 turns the -0 of a masked weight times a negative slope into 0.
  const values = masked.map((w, i) => w * slope[i % channels]! + 0);
  const { quantizer, fixed } = state;
  const scaled = quantizer && weightKindOf(quantizer).scaled?.(quantizer, masked, slope, values);
  return { values, state: { ...(mask && { mask }), ...(fixed && { fixed }), ...(scaled && { quantizer: scaled }) } };
}
