/**
 * Computed sizes and costs of a network or snapshot: parameters, zeros, multiply-accumulates, bit operations, nominal
 * bits. Nothing is measured here; the bytes that a file takes are the encoder's to say.
 */
import { floatBits } from "../core/effective";
import {
  type Network,
  type Node,
  nodeById,
  type OpName,
  parameterName,
  parametersOf,
  sizeOfShape,
} from "../core/network";
import {
  type ActivationQuantizer,
  type ParameterState,
  plainSnapshot,
  type Snapshot,
  valuesOf,
} from "../core/snapshot";
import { inputShapes, operationOf, shapesOf } from "../ops/registry";
import { foldBatchNorm, foldNetwork } from "../surgery/fold-batch-norm";
import { inputEdge } from "../quantizers/edges";
import { effectiveValues, widthsOf } from "../quantizers/effective";

/**
 * Scalars of all parameters once batch normalization is folded: a folded one leaves a bias for each channel, one that
 * cannot fold counts its four vectors.
 */
export const parameterCount = (network: Network): number =>
  parametersOf(foldNetwork(network)).reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);

/** Parameter storage of the network as it came, in fp32 with batch normalization folded: the ratio's numerator. */
export const originalBytes = (network: Network): number => 4 * parameterCount(network);

/** Parameters that are not zero, of those that `parameterCount` counts: masks and quantizers applied, then folded. */
export function nonZeroCount(snapshot: Snapshot): number {
  const { network, values, states } = snapshot;
  const effective = new Map([...values].map(([name, raw]) => [name, effectiveValues(raw, states.get(name))]));
  const folded = foldBatchNorm(plainSnapshot(network, effective));
  return parametersOf(folded.network).reduce((sum, { name }) => sum + countNonZero(valuesOf(folded, name)), 0);
}

/** Shares of zeros among effective values, in [0, 1]. */
export interface Sparsity {
  /** Over the kernels that carry a mask, which are those that a pruner aimed at; 0 without any. */
  readonly targeted: number;
  readonly kernels: number;
  /** Over all parameters, batch normalization folded. */
  readonly all: number;
}

export function sparsityOf(snapshot: Snapshot): Sparsity {
  const targeted = { zeros: 0, size: 0 };
  const kernels = { zeros: 0, size: 0 };
  for (const { name, role } of parametersOf(snapshot.network)) {
    if (role !== "kernel") continue;
    const state = snapshot.states.get(name);
    const weights = effectiveValues(valuesOf(snapshot, name), state);
    for (const tally of state?.mask ? [targeted, kernels] : [kernels]) {
      tally.size += weights.length;
      tally.zeros += weights.length - countNonZero(weights);
    }
  }
  const share = ({ zeros, size }: { zeros: number; size: number }) => (size > 0 ? zeros / size : 0);
  const count = parameterCount(snapshot.network);
  const all = count > 0 ? 1 - nonZeroCount(snapshot) / count : 0;
  return { targeted: share(targeted), kernels: share(kernels), all };
}

const countNonZero = (values: Float32Array): number =>
  values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);

/**
 * Node id -> multiply-accumulates of one sample, dense (zeros count); nodes without any are absent. One multiply-
 * accumulate is two floating-point operations.
 */
export function macsByNode(network: Network): Map<string, number> {
  const shapes = shapesOf(network);
  const macs = new Map<string, number>();
  for (const node of network.nodes) {
    const count = operationOf(node).macs(node.attrs, inputShapes(node, shapes));
    if (count > 0) macs.set(node.id, count);
  }
  return macs;
}

export const macsOf = (network: Network): number => [...macsByNode(network).values()].reduce((sum, n) => sum + n, 0);

/** Operations whose outputs are input values or exact zeros, so that what is on a quantizer's grid stays on it. */
const valuePreserving: ReadonlySet<OpName> = new Set([
  "max-pool",
  "global-max-pool",
  "flatten",
  "reshape",
  "dropout",
  "zero-pad",
  "upsample",
]);

/**
 * The activation quantizer in force at a node's output: its own, or the one before it through operations that only
 * choose and move values. Undefined where the values are floats, and behind concat, add and multiply, which may meet
 * two grids.
 */
export function outputQuantizer(snapshot: Snapshot, nodeId: string): ActivationQuantizer | undefined {
  for (let node = nodeById(snapshot.network, nodeId); ; node = nodeById(snapshot.network, node.inputs[0]!)) {
    const quantizer = snapshot.activations.get(node.id);
    if (quantizer || !valuePreserving.has(node.op)) return quantizer;
    const read = snapshot.activations.get(inputEdge(node.id, 0));
    if (read) return read;
  }
}

/** Bits of the values at a node's output; of a concat's, the widest of its inputs; 32 where they are floats. */
export function outputBits(snapshot: Snapshot, nodeId: string): number {
  const quantizer = outputQuantizer(snapshot, nodeId);
  if (quantizer) return quantizer.bits;
  const node = nodeById(snapshot.network, nodeId);
  const looksThrough = node.op === "concat" || valuePreserving.has(node.op);
  return looksThrough ? Math.max(...node.inputs.map((_, i) => inputBits(snapshot, node, i))) : floatBits;
}

/** Bits of the values that a node reads. */
export const inputBits = (snapshot: Snapshot, { id, inputs }: Node, input: number): number =>
  snapshot.activations.get(inputEdge(id, input))?.bits ?? outputBits(snapshot, inputs[input]!);

/** Bits of one weight as its quantizer counts them, or 32. */
export function weightBits(state: ParameterState | undefined): number {
  const quantizer = state?.quantizer;
  if (!quantizer) return floatBits;
  return widthsOf(quantizer).bits;
}

/** Weight bits of a node's kernel. */
const kernelBits = (snapshot: Snapshot, node: Node): number =>
  weightBits(snapshot.states.get(parameterName(node.id, "kernel")));

/**
 * Bit operations of one sample: the sum over layers of MACs x weight bits x bits of the values that feed the layer,
 * 32 where nothing quantizes, zeros not credited.
 */
export function bopsOf(snapshot: Snapshot): number {
  let bops = 0;
  for (const [id, macs] of macsByNode(snapshot.network)) {
    const node = nodeById(snapshot.network, id);
    bops += macs * kernelBits(snapshot, node) * inputBits(snapshot, node, 0);
  }
  return bops;
}

/**
 * Nominal bits that the kernels take for each kernel weight of `original`: codes, scales and codebooks counted, zeros
 * stored like other weights (what sparse coding saves shows in the file's bytes).
 */
export function averageBits(snapshot: Snapshot, original: Network = snapshot.network): number {
  let bits = 0;
  for (const { name, role, shape } of parametersOf(snapshot.network)) {
    if (role !== "kernel") continue;
    const state = snapshot.states.get(name);
    bits += sizeOfShape(shape) * weightBits(state);
    const quantizer = state?.quantizer;
    if (quantizer) bits += floatBits * widthsOf(quantizer).floats;
  }
  const weights = parametersOf(original).reduce(
    (sum, { role, shape }) => sum + (role === "kernel" ? sizeOfShape(shape) : 0),
    0,
  );
  return weights > 0 ? bits / weights : 0;
}
