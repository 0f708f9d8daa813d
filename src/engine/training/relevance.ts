/**
 * Layer-wise relevance propagation (Bach et al. 2015): a logit is handed back through the network, each output sharing
 * what it got among the values that it was made of. Linear operations share by contributions, nonlinearities and batch
 * normalization (fold it first) hand on what they got, the largest value of a pooling window takes all, and of a product
 * of an image with gates the image does. Without biases the sum over any cut through the network is the logit.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ActivationKind, Network, Node, Pair, ParameterRole } from "../core/network";
import { isGate } from "../ops/multiply";
import { operationOf, shapesOf } from "../ops/registry";
import { inputEdge } from "../quantizers/edges";
import { forward, type ForwardOptions } from "./forward";

export interface RelevanceRule {
  /**
   * How a linear operation shares. `epsilon`: `R_j = sum_k a_j w_jk / (z_k + epsilon sign z_k) R_k`, where z_k holds the
   * bias, which keeps its share. `z-plus`: in proportion to the contributions `a_j w_jk` that are positive.
   */
  readonly rule: "epsilon" | "z-plus";
  /** > 0; damps what weak sums would blow up. Of the epsilon rule. */
  readonly epsilon: number;
}

export interface RelevanceRequest extends RelevanceRule {
  /** Nodes whose relevances are wanted. */
  readonly nodeIds: readonly string[];
  /** Relevance of the network's output, of its shape: what is handed back. */
  readonly start: (output: tf.Tensor) => tf.Tensor;
  /** What happens to a node's output before anyone reads it, and before one reader does (activation quantizers). */
  readonly transformActivation?: ForwardOptions["transformActivation"];
  readonly transformInput?: ForwardOptions["transformInput"];
}

/**
 * Relevances of the outputs of nodes, of the outputs' shapes; zeros where nothing leads to the logits. Call inside a
 * tidy.
 * @param parameter effective value of a parameter by name
 * @param x `[batch, ...input shape]`
 */
export function relevances(
  network: Network,
  parameter: (name: string) => tf.Tensor,
  x: tf.Tensor,
  { nodeIds, start, transformActivation, transformInput, ...rule }: RelevanceRequest,
): Map<string, tf.Tensor> {
  const made = new Map<string, tf.Tensor>();
  const outputs = new Map<string, tf.Tensor>();
  const { output: last } = forward(network, parameter, x, {
    fuse: false,
    transformInput,
    transformActivation(id, value) {
      const output = transformActivation?.(id, value) ?? value;
      made.set(id, value);
      outputs.set(id, output);
      return output;
    },
  });
  const positive = nonNegativeNodes(network);
  const found = new Map<string, tf.Tensor>([[network.output, start(last)]]);
  for (const node of network.nodes.toReversed()) {
    const relevance = found.get(node.id);
    if (!relevance || node.op === "input") continue;
    const inputs = node.inputs.map((id, i) => {
      const read = outputs.get(id)!;
      return transformInput?.(inputEdge(node.id, i), read) ?? read;
    });
    const shares = shared({
      node,
      inputs,
      output: made.get(node.id)!,
      relevance,
      parameter: (role) => parameter(node.params[role]!.name),
      signed: node.inputs.some((id) => !positive.has(id)),
      gates: node.inputs.map((id) => isGate(shapesOf(network).get(id)!)),
      ...rule,
    });
    node.inputs.forEach((id, i) => {
      const before = found.get(id);
      found.set(id, before ? tf.add(before, shares[i]!) : shares[i]!);
    });
  }
  return new Map(nodeIds.map((id) => [id, found.get(id) ?? tf.zerosLike(outputs.get(id)!)]));
}

interface Sharing extends RelevanceRule {
  readonly node: Node;
  readonly inputs: readonly tf.Tensor[];
  /** Before its quantizer. */
  readonly output: tf.Tensor;
  /** Of the output. */
  readonly relevance: tf.Tensor;
  readonly parameter: (role: ParameterRole) => tf.Tensor;
  /** Whether inputs may be negative. */
  readonly signed: boolean;
  /** Of a product: which inputs are factors of whole channels. */
  readonly gates: readonly boolean[];
}

/** Relevances of the inputs of a node. */
function shared(sharing: Sharing): tf.Tensor[] {
  const { node, inputs, relevance, gates } = sharing;
  const [x] = inputs;
  switch (node.op) {
    case "input":
      return [];
    case "activation":
    case "batch-norm":
    case "dropout":
      return [relevance];
    case "flatten":
    case "reshape":
      return [tf.reshape(relevance, x!.shape)];
    case "max-pool":
    case "zero-pad":
    case "upsample":
      return [transposed(node, x!, relevance)];
    case "global-max-pool":
      return [toLargest(x!, relevance)];
    case "concat":
      return tf.split(
        relevance,
        inputs.map((input) => input.shape.at(-1)!),
        -1,
      );
    case "multiply": {
      const images = gates.every(Boolean) ? gates.map(() => true) : gates.map((gate) => !gate);
      const share = tf.div(relevance, images.filter(Boolean).length);
      return inputs.map((input, i) => (images[i] ? tf.reshape(share, input.shape) : tf.zerosLike(input)));
    }
    case "add":
      return sharedSum(sharing);
    case "conv2d":
    case "depthwise-conv2d":
    case "dense":
    case "avg-pool":
    case "global-avg-pool":
      return [sharing.rule === "epsilon" ? byEpsilon(sharing) : byPositiveParts(sharing)];
  }
}

/** `relevance / (z + epsilon sign z)`, the sign of 0 taken as 1. */
function damped(relevance: tf.Tensor, z: tf.Tensor, epsilon: number): tf.Tensor {
  const sign = tf.sub(tf.mul(tf.cast(tf.greaterEqual(z, 0), "float32"), 2), 1);
  return tf.div(relevance, tf.add(z, tf.mul(sign, epsilon)));
}

function sharedSum({ inputs, output, relevance, rule, epsilon }: Sharing): tf.Tensor[] {
  const parts = rule === "epsilon" ? inputs : inputs.map((input) => tf.relu(input));
  const ratio =
    rule === "epsilon"
      ? damped(relevance, output, epsilon)
      : tf.divNoNan(
          relevance,
          parts.slice(1).reduce((sum, part) => tf.add(sum, part), parts[0]!),
        );
  return parts.map((part) => tf.mul(part, ratio));
}

/** `a * d(z . r)/da` with `r = R / (z + epsilon sign z)` held fixed: the rule by the operation's own gradient. */
function byEpsilon({ node, inputs, output, relevance, parameter, epsilon }: Sharing): tf.Tensor {
  const [x] = inputs;
  return tf.mul(x!, transposed(node, x!, damped(relevance, output, epsilon), parameter));
}

function byPositiveParts({ node, inputs, relevance, parameter, signed }: Sharing): tf.Tensor {
  const [x] = inputs;
  const upper = (value: tf.Tensor) => tf.relu(value);
  const lower = (value: tf.Tensor) => tf.minimum(value, 0);
  // Products are positive of two positive factors or two negative ones; a mean has positive weights only.
  const signs = signed && node.params.kernel ? [upper, lower] : [upper];
  const parts = signs.map((part) => ({ value: part(x!), weights: (role: ParameterRole) => part(parameter(role)) }));
  const sums = parts.map(({ value, weights }) => withoutBias(node, value, weights));
  const ratio = tf.divNoNan(
    relevance,
    sums.slice(1).reduce((total, sum) => tf.add(total, sum), sums[0]!),
  );
  return parts
    .map(({ value, weights }) => tf.mul(value, transposed(node, value, ratio, weights)))
    .reduce((total, share) => tf.add(total, share));
}

const noParameters = (): never => {
  throw new RangeError("expected an operation without parameters");
};

function withoutBias(node: Node, x: tf.Tensor, parameter: (role: ParameterRole) => tf.Tensor): tf.Tensor {
  const bare = "useBias" in node.attrs ? ({ ...node, attrs: { ...node.attrs, useBias: false } } as Node) : node;
  return operationOf(bare).forward(bare.attrs, [x], parameter, { training: false, noiseSeed: 0, nodeId: node.id });
}

/** The operation, without its bias, backwards: `dy` handed to the values that it was made of. */
function transposed(
  node: Node,
  x: tf.Tensor,
  dy: tf.Tensor,
  parameter: (role: ParameterRole) => tf.Tensor = noParameters,
): tf.Tensor {
  // The two that cost most need no forward pass to be turned around, and dilated ones have no gradient.
  if (node.op === "dense") return tf.matMul(dy, parameter("kernel"), false, true);
  if (node.op === "conv2d") {
    const { strides, padding, dilation } = node.attrs;
    const kernel = spreadKernel(parameter("kernel") as tf.Tensor4D, dilation);
    return tf.conv2dTranspose(dy as tf.Tensor4D, kernel, x.shape as tf.Tensor4D["shape"], [...strides], padding);
  }
  return tf.grad((input: tf.Tensor) => withoutBias(node, input, parameter))(x, dy);
}

/** The kernel that without dilation does what `kernel` does with it: zeros between its weights. */
function spreadKernel(kernel: tf.Tensor4D, [dy, dx]: Pair): tf.Tensor4D {
  if (dy === 1 && dx === 1) return kernel;
  const [height, width, cin, cout] = kernel.shape;
  const pixel = cin * cout;
  const rows = tf.concat(
    [tf.reshape(kernel, [height, width * pixel]), tf.zeros<tf.Rank.R2>([height, (dy - 1) * width * pixel])],
    1,
  );
  const columns = tf.concat(
    [tf.reshape(rows, [height * dy * width, pixel]), tf.zeros<tf.Rank.R2>([height * dy * width, (dx - 1) * pixel])],
    1,
  );
  const whole = tf.reshape(columns, [height * dy, width * dx, cin, cout]) as tf.Tensor4D;
  return tf.slice(whole, [0, 0, 0, 0], [(height - 1) * dy + 1, (width - 1) * dx + 1, cin, cout]);
}

/** To the largest value of each channel, in equal parts where there are several. */
function toLargest(x: tf.Tensor, relevance: tf.Tensor): tf.Tensor {
  const [batch, channels] = relevance.shape as [number, number];
  const largest = tf.cast(tf.equal(x, tf.max(x, [1, 2], true)), "float32");
  const share = tf.div(tf.reshape(relevance, [batch, 1, 1, channels]), tf.sum(largest, [1, 2], true));
  return tf.mul(largest, share);
}

const nonNegativeKinds: ReadonlySet<ActivationKind> = new Set([
  "relu",
  "relu6",
  "sigmoid",
  "hard-sigmoid",
  "softplus",
  "softmax",
]);

/** Nodes whose outputs cannot be negative, whatever the images. */
function nonNegativeNodes(network: Network): Set<string> {
  const found = new Set<string>();
  for (const node of network.nodes) {
    const handsOn = node.op !== "input" && node.op !== "batch-norm" && !node.params.kernel;
    const made = node.op === "activation" && nonNegativeKinds.has(node.attrs.kind);
    const kept = handsOn && node.op !== "activation" && node.inputs.every((id) => found.has(id));
    if (made || kept) found.add(node.id);
  }
  return found;
}
