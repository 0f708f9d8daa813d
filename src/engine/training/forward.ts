/**
 * Running a network on tensors. Parameters come from the caller, so that masks and fake-quantizers can be functions of
 * the weights inside the gradient. Not here: what those functions are (`transforms.ts`), and any gradient (`step.ts`).
 */
import * as tf from "@tensorflow/tfjs-core";
import { consumersOf, type Network, type Node, type ParameterRole } from "../core/network";
import { operationOf } from "../ops/registry";
import { inputEdge } from "../quantizers/edges";

export interface ForwardOptions {
  /** Dropout on, batch normalization by the batch's own statistics, no fused kernels. Default false. */
  readonly training?: boolean;
  /** Layers and the activations behind them in one kernel, in inference; false inside a gradient. Default true. */
  readonly fuse?: boolean;
  /** Draws of dropout; differs from step to step. */
  readonly noiseSeed?: number;
  /** Nodes whose outputs the caller wants besides the last. */
  readonly taps?: ReadonlySet<string>;
  /** What happens to a node's output before anyone reads it (activation quantizers). */
  readonly transformActivation?: (nodeId: string, value: tf.Tensor) => tf.Tensor;
  /** What happens to a value before one reader reads it; `edge` is `reader:n` (`quantizers/edges.ts`). */
  readonly transformInput?: (edge: string, value: tf.Tensor) => tf.Tensor;
  /** Edges that the two change; what has one between is not fused. */
  readonly transformed?: { has(edge: string): boolean };
  readonly onBatchStatistics?: (nodeId: string, mean: tf.Tensor, variance: tf.Tensor) => void;
  /**
   * In training, what a batch normalization computes with: statistics of the batch, or its moving ones, which follow the
   * batch (`moving`) or stay (`frozen`). The batch's by default.
   */
  readonly statistics?: (nodeId: string) => StatisticsMode;
  /** Computes a node in place of its operation; undefined leaves it to that. Not in inference that fuses. */
  readonly layer?: (node: Node, call: LayerCall) => tf.Tensor | undefined;
}

export type StatisticsMode = "batch" | "moving" | "frozen";

/** What a node's computation has at hand. */
export interface LayerCall {
  readonly inputs: readonly tf.Tensor[];
  /** Effective value of one of the node's parameters. */
  parameter(role: ParameterRole): tf.Tensor;
  /** What the operation itself would compute, of these inputs and parameters or of others. */
  compute(inputs?: readonly tf.Tensor[], parameter?: (role: ParameterRole) => tf.Tensor): tf.Tensor;
}

export interface ForwardResult {
  /** `[batch, ...output shape]`; of a classifier the logits. */
  readonly output: tf.Tensor;
  readonly taps: ReadonlyMap<string, tf.Tensor>;
}

/** Node -> the relu or relu6 behind it that may run in the same kernel: its only reader, nothing else looks at it. */
const fusionCache = new WeakMap<Network, ReadonlyMap<string, Node>>();

function fusableActivations(network: Network): ReadonlyMap<string, Node> {
  const known = fusionCache.get(network);
  if (known) return known;
  const consumers = consumersOf(network);
  const found = new Map<string, Node>();
  for (const node of network.nodes) {
    if (node.op !== "conv2d" && node.op !== "depthwise-conv2d" && node.op !== "dense") continue;
    const readers = consumers.get(node.id)!;
    const [reader] = readers;
    if (readers.length !== 1 || node.id === network.output || reader?.op !== "activation") continue;
    if (reader.attrs.kind === "relu" || reader.attrs.kind === "relu6") found.set(node.id, reader);
  }
  fusionCache.set(network, found);
  return found;
}

function fused(node: Node, activation: Node, x: tf.Tensor, parameter: (role: ParameterRole) => tf.Tensor): tf.Tensor {
  const kind = activation.op === "activation" && activation.attrs.kind === "relu6" ? "relu6" : "relu";
  const bias = node.params.bias ? parameter("bias") : undefined;
  if (node.op === "dense") {
    return tf.fused.matMul({ a: x as tf.Tensor2D, b: parameter("kernel") as tf.Tensor2D, bias, activation: kind });
  }
  if (node.op !== "conv2d" && node.op !== "depthwise-conv2d") throw new RangeError(`cannot fuse '${node.op}'`);
  const shared = {
    x: x as tf.Tensor4D,
    filter: parameter("kernel") as tf.Tensor4D,
    strides: [...node.attrs.strides] as [number, number],
    pad: node.attrs.padding,
    bias,
    activation: kind,
  } as const;
  return node.op === "conv2d"
    ? tf.fused.conv2d({ ...shared, dilations: [...node.attrs.dilation] as [number, number] })
    : tf.fused.depthwiseConv2d(shared);
}

/** The nodes between where the values come in and what is asked for. */
function neededNodes(network: Network, entries: ReadonlyMap<string, tf.Tensor>, wanted: Iterable<string>): Set<string> {
  const needed = new Set(wanted);
  for (const node of network.nodes.toReversed()) {
    if (needed.has(node.id) && !entries.has(node.id)) for (const id of node.inputs) needed.add(id);
  }
  return needed;
}

/**
 * @param x `[batch, ...input shape]`, or the outputs of some nodes by their ids: then what lies before them is not run
 * @param parameter effective value of a parameter by name
 * @returns tensors owned by the caller's tidy
 */
export function forward(
  network: Network,
  parameter: (name: string) => tf.Tensor,
  x: tf.Tensor | ReadonlyMap<string, tf.Tensor>,
  options: ForwardOptions = {},
): ForwardResult {
  const {
    training = false,
    fuse = true,
    noiseSeed = 0,
    taps,
    transformActivation,
    transformInput,
    transformed,
    onBatchStatistics,
    statistics = () => "batch",
    layer,
  } = options;
  const entered = x instanceof Map ? (x as ReadonlyMap<string, tf.Tensor>) : undefined;
  const needed = entered && neededNodes(network, entered, [network.output, ...(taps ?? [])]);
  const values = new Map<string, tf.Tensor>(entered);
  const tapped = new Map<string, tf.Tensor>();
  const fusions = training || !fuse ? undefined : fusableActivations(network);
  const skipped = new Set<string>();
  for (const node of network.nodes) {
    if (skipped.has(node.id) || (needed && !needed.has(node.id))) continue;
    if (entered?.has(node.id)) {
      if (taps?.has(node.id)) tapped.set(node.id, entered.get(node.id)!);
      continue;
    }
    const inputs = node.op === "input" ? [x as tf.Tensor] : node.inputs.map((id) => values.get(id)!);
    if (transformInput && node.op !== "input")
      inputs.forEach((value, i) => (inputs[i] = transformInput(inputEdge(node.id, i), value)));
    const ofRole = (role: ParameterRole) => parameter(node.params[role]!.name);
    const activation = fusions?.get(node.id);
    let produced = node.id;
    let value: tf.Tensor;
    const between = activation && (transformed?.has(node.id) || transformed?.has(inputEdge(activation.id, 0)));
    if (activation && !taps?.has(node.id) && !between) {
      value = fused(node, activation, inputs[0]!, ofRole);
      skipped.add(activation.id);
      produced = activation.id;
    } else {
      const mode = training && node.op === "batch-norm" ? statistics(node.id) : "batch";
      const context = { training: training && mode === "batch", noiseSeed, nodeId: node.id, onBatchStatistics };
      if (mode === "moving" && onBatchStatistics) {
        const { mean, variance } = tf.moments(inputs[0]!, [...Array(inputs[0]!.rank - 1).keys()]);
        onBatchStatistics(node.id, mean, variance);
      }
      const compute: LayerCall["compute"] = (of = inputs, parameterOf = ofRole) =>
        operationOf(node).forward(node.attrs, of, parameterOf, context);
      value = layer?.(node, { inputs, parameter: ofRole, compute }) ?? compute();
    }
    if (transformActivation) value = transformActivation(produced, value);
    values.set(produced, value);
    if (taps?.has(produced)) tapped.set(produced, value);
  }
  return { output: values.get(network.output)!, taps: tapped };
}
