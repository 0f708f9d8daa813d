/**
 * A small fluent builder of network graphs: every method adds one node and returns its id.
 * Parameter shapes come from the operations, so a network built here always fits `engine/ops`. No values are made;
 * `initialize.ts` does that.
 */
import type { ActivationKind, Network, Node, OpAttrs, OpName, Pair, Padding, Shape } from "../core/network";
import { inputShapes, operationOf } from "../ops/registry";
import { withParameterSpecs } from "../surgery/node-edits";

/** One number stands for both axes. */
export type Square = number | Pair;

interface WindowOptions {
  /** Default 1 for convolutions, the pool size for pooling. */
  readonly strides?: Square;
  /** Default `same` for convolutions, `valid` for pooling. */
  readonly padding?: Padding;
}

export interface Conv2dOptions extends WindowOptions {
  readonly filters: number;
  readonly kernelSize: Square;
  /** Default 1. */
  readonly dilation?: Square;
  /** Default true. */
  readonly useBias?: boolean;
}

export interface DepthwiseConv2dOptions extends WindowOptions {
  readonly kernelSize: Square;
  /** Output channels for each input channel, default 1. */
  readonly multiplier?: number;
  /** Default true. */
  readonly useBias?: boolean;
}

export interface DenseOptions {
  readonly units: number;
  /** Default true. */
  readonly useBias?: boolean;
}

export interface PoolOptions extends WindowOptions {
  /** Default 2. */
  readonly poolSize?: Square;
}

/** Keras' epsilon; a faster moving average than Keras' 0.99, because the studio's trainings are short. */
const batchNormDefaults: OpAttrs["batch-norm"] = { epsilon: 1e-3, momentum: 0.9 };

export const pair = (size: Square): Pair => (typeof size === "number" ? [size, size] : size);

export class NetworkBuilder {
  /** Id of the input node. */
  readonly input = "input";
  readonly #name: string;
  readonly #nodes: Node[] = [];
  readonly #shapes = new Map<string, Shape>();

  constructor(name: string, inputShape: Shape) {
    this.#name = name;
    this.node("input", this.input, [], { shape: inputShape });
  }

  /**
   * Adds any operation; the methods below are short forms of it.
   * @throws EngineError `shape-mismatch` when the inputs do not fit, RangeError when the id is taken
   */
  node<Op extends OpName>(op: Op, id: string, inputs: readonly string[], attrs: OpAttrs[Op]): string {
    if (this.#shapes.has(id)) throw new RangeError(`expected a new layer name in '${this.#name}', got '${id}' again`);
    const bare = { id, op, inputs, attrs, params: {} } as unknown as Node;
    const shapes = inputShapes(bare, this.#shapes);
    const node = withParameterSpecs(bare, shapes);
    this.#shapes.set(id, operationOf(node).outputShape(node.attrs, shapes));
    this.#nodes.push(node);
    return id;
  }

  /** Output shape, without the batch, of a node added before. */
  shapeOf(id: string): Shape {
    const shape = this.#shapes.get(id);
    if (!shape) throw new RangeError(`expected a layer of '${this.#name}', got '${id}'`);
    return shape;
  }

  conv2d(from: string, options: Conv2dOptions, id = this.#nextId("conv")): string {
    const { filters, kernelSize, strides = 1, padding = "same", dilation = 1, useBias = true } = options;
    const windows = { kernelSize: pair(kernelSize), strides: pair(strides), padding, dilation: pair(dilation) };
    return this.node("conv2d", id, [from], { filters, ...windows, useBias });
  }

  depthwiseConv2d(from: string, options: DepthwiseConv2dOptions, id = this.#nextId("depthwise")): string {
    const { kernelSize, strides = 1, padding = "same", multiplier = 1, useBias = true } = options;
    const windows = { kernelSize: pair(kernelSize), strides: pair(strides), padding };
    return this.node("depthwise-conv2d", id, [from], { ...windows, multiplier, useBias });
  }

  dense(from: string, options: DenseOptions, id = this.#nextId("dense")): string {
    return this.node("dense", id, [from], { units: options.units, useBias: options.useBias ?? true });
  }

  /** Default id: `<from>-bn`. */
  batchNorm(from: string, options: Partial<OpAttrs["batch-norm"]> = {}, id = `${from}-bn`): string {
    return this.node("batch-norm", id, [from], { ...batchNormDefaults, ...options });
  }

  /** Default id: `<from>-<kind>`, where `from` sheds its `-bn`: `conv1-bn` is followed by `conv1-relu`. */
  activation(from: string, kind: ActivationKind = "relu", id = `${from.replace(/(-bn)+$/, "")}-${kind}`): string {
    return this.node("activation", id, [from], { kind });
  }

  maxPool(from: string, options: PoolOptions = {}, id = this.#nextId("pool")): string {
    return this.node("max-pool", id, [from], poolAttrs(options));
  }

  avgPool(from: string, options: PoolOptions = {}, id = this.#nextId("pool")): string {
    return this.node("avg-pool", id, [from], poolAttrs(options));
  }

  globalAvgPool(from: string, id = "gap"): string {
    return this.node("global-avg-pool", id, [from], {});
  }

  globalMaxPool(from: string, id = "gmp"): string {
    return this.node("global-max-pool", id, [from], {});
  }

  add(from: readonly string[], id = this.#nextId("add")): string {
    return this.node("add", id, from, {});
  }

  /** Of images, and gates with one factor for each channel. */
  multiply(from: readonly string[], id = this.#nextId("multiply")): string {
    return this.node("multiply", id, from, {});
  }

  /** Along the channel axis. */
  concat(from: readonly string[], id = this.#nextId("concat")): string {
    return this.node("concat", id, from, {});
  }

  flatten(from: string, id = "flatten"): string {
    return this.node("flatten", id, [from], {});
  }

  reshape(from: string, shape: Shape, id = this.#nextId("reshape")): string {
    return this.node("reshape", id, [from], { shape });
  }

  /** Zeros around the image: one number on all sides, or each side by name. */
  zeroPad(from: string, sides: number | OpAttrs["zero-pad"] = 1, id = this.#nextId("pad")): string {
    const attrs = typeof sides === "number" ? { top: sides, bottom: sides, left: sides, right: sides } : sides;
    return this.node("zero-pad", id, [from], attrs);
  }

  /** Pixels repeated, by default twice in each direction. */
  upsample(from: string, size: Square = 2, id = this.#nextId("upsample")): string {
    return this.node("upsample", id, [from], { size: pair(size) });
  }

  dropout(from: string, rate: number, id = this.#nextId("dropout")): string {
    return this.node("dropout", id, [from], { rate });
  }

  /** The finished graph; `output` is the node whose output are the logits. */
  build(output: string, head: Network["head"] = "softmax"): Network {
    this.shapeOf(output);
    return { name: this.#name, nodes: [...this.#nodes], output, head };
  }

  /** `conv1`, `conv2`, ...: the first number that no layer has. */
  #nextId(stem: string): string {
    let n = 1;
    while (this.#shapes.has(`${stem}${n}`)) n++;
    return `${stem}${n}`;
  }
}

function poolAttrs({ poolSize = 2, strides = poolSize, padding = "valid" }: PoolOptions): OpAttrs["max-pool"] {
  return { poolSize: pair(poolSize), strides: pair(strides), padding };
}

/** Starts a network; its input node exists already, under the id `builder.input`. */
export const networkBuilder = (name: string, inputShape: Shape): NetworkBuilder => new NetworkBuilder(name, inputShape);
