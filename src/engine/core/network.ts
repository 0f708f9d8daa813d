/**
 * The network graph: nodes (operations), edges, named parameters with shapes. No values; plain JSON.
 * Layouts: activations NHWC without the batch axis in shapes; kernels as each operation says.
 */

/** Dimensions without the batch: `[28, 28, 1]`, `[500]`. */
export type Shape = readonly number[];
export type Padding = "same" | "valid";
/** `[vertical, horizontal]`. */
export type Pair = readonly [number, number];

export const activationKinds = [
  "relu",
  "relu6",
  "leaky-relu",
  "elu",
  "selu",
  "sigmoid",
  "hard-sigmoid",
  "tanh",
  "softplus",
  "swish",
  "hard-swish",
  "gelu",
  "softmax",
] as const;
export type ActivationKind = (typeof activationKinds)[number];

interface WindowAttrs {
  readonly strides: Pair;
  readonly padding: Padding;
}

/** Operation name -> its attributes. Adding an operation begins with a line here; the compiler finds the rest. */
export interface OpAttrs {
  input: { readonly shape: Shape };
  /** kernel `[kh, kw, cin, filters]`, bias `[filters]` */
  conv2d: WindowAttrs & {
    readonly filters: number;
    readonly kernelSize: Pair;
    readonly dilation: Pair;
    readonly useBias: boolean;
  };
  /** kernel `[kh, kw, c, multiplier]`, bias `[c * multiplier]`; output channel `c * multiplier + m` */
  "depthwise-conv2d": WindowAttrs & {
    readonly kernelSize: Pair;
    readonly multiplier: number;
    readonly useBias: boolean;
  };
  /** kernel `[in, units]`, bias `[units]`; acts on the last axis of a flat input */
  dense: { readonly units: number; readonly useBias: boolean };
  /** gamma, beta, movingMean, movingVariance `[c]`; `momentum` is the share of the old moving value kept */
  "batch-norm": { readonly epsilon: number; readonly momentum: number };
  /** `alpha`: slope of leaky-relu, scale of elu */
  activation: { readonly kind: ActivationKind; readonly alpha?: number };
  "max-pool": WindowAttrs & { readonly poolSize: Pair };
  /** Padding does not count in the mean. */
  "avg-pool": WindowAttrs & { readonly poolSize: Pair };
  "global-avg-pool": Record<string, never>;
  "global-max-pool": Record<string, never>;
  add: Record<string, never>;
  /** Images and gates `[c]` or `[1, 1, c]` with one factor for each channel. */
  multiply: Record<string, never>;
  /** Along the channel axis. */
  concat: Record<string, never>;
  /** `[h, w, c]` to `[h * w * c]`, index `(y * w + x) * c_count + c` */
  flatten: Record<string, never>;
  /** Only of values that no pruned channel reaches (directly after the input). */
  reshape: { readonly shape: Shape };
  "zero-pad": { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  /** Pixels repeated, vertically and horizontally. */
  upsample: { readonly size: Pair };
  /** Active in training only. */
  dropout: { readonly rate: number };
}

export type OpName = keyof OpAttrs;

/** What a parameter is to its operation; `kernel`s are what pruning and quantization act on. */
export const parameterRoles = ["kernel", "bias", "gamma", "beta", "movingMean", "movingVariance"] as const;
export type ParameterRole = (typeof parameterRoles)[number];

export interface ParameterSpec {
  /** Unique in the network: `<node>/<role>`. */
  readonly name: string;
  readonly shape: Shape;
  /** It never trains, whatever a clip asks for: fixed anchors, a borrowed classifier. Absent where it may. */
  readonly frozen?: true;
}

export interface NodeOf<Op extends OpName> {
  readonly id: string;
  readonly op: Op;
  /** Ids of earlier nodes. */
  readonly inputs: readonly string[];
  readonly attrs: OpAttrs[Op];
  readonly params: Readonly<Partial<Record<ParameterRole, ParameterSpec>>>;
}
export type Node = { [Op in OpName]: NodeOf<Op> }[OpName];

export interface Network {
  readonly name: string;
  /** In topological order; the first is the one `input`. */
  readonly nodes: readonly Node[];
  /** The node whose output are the logits. */
  readonly output: string;
  /** What the file that the network came from puts after the logits; exported again, never run. */
  readonly head: "softmax" | "none";
}

export const parameterName = (nodeId: string, role: ParameterRole): string => `${nodeId}/${role}`;

export function nodeById(network: Network, id: string): Node {
  const node = network.nodes.find((n) => n.id === id);
  if (!node) throw new RangeError(`expected a node of '${network.name}', got '${id}'`);
  return node;
}

export interface ParameterEntry extends ParameterSpec {
  readonly node: Node;
  readonly role: ParameterRole;
}

/** Every parameter of the network in node order, then role order. */
export function parametersOf(network: Network): ParameterEntry[] {
  return network.nodes.flatMap((node) =>
    parameterRoles.flatMap((role) => {
      const spec = node.params[role];
      return spec ? [{ ...spec, node, role }] : [];
    }),
  );
}

/** The nodes with a kernel, in order: what "first and last layer" and "per layer" mean. */
export const weightedNodes = (network: Network): Node[] => network.nodes.filter((n) => n.params.kernel !== undefined);

/** Output channels of a layer with a kernel: the kernel's last axis, of a depthwise one its last two. */
export const outputChannels = ({ op, params }: Node): number =>
  sizeOfShape(params.kernel!.shape.slice(op === "depthwise-conv2d" ? -2 : -1));

/** Node id -> the nodes that read it. */
export function consumersOf(network: Network): Map<string, Node[]> {
  const consumers = new Map<string, Node[]>(network.nodes.map((n) => [n.id, []]));
  for (const node of network.nodes) for (const id of new Set(node.inputs)) consumers.get(id)?.push(node);
  return consumers;
}

export const sizeOfShape = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);
