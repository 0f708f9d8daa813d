/**
 * The contract of an operation: shape, parameters, MACs, how channels flow through it, and forward on tensors.
 * One file for each operation beside this one; `registry.ts` lists them.
 */
import type * as tf from "@tensorflow/tfjs-core";
import { EngineError } from "../core/errors";
import type { OpAttrs, OpName, ParameterRole, Shape } from "../core/network";

export interface ParameterLayout {
  readonly shape: Shape;
  /** Axis that counts output channels; a slice of it goes when the channel goes. */
  readonly outAxis?: number;
  /** Axis that counts the channels of the first input. */
  readonly inAxis?: number;
  readonly trainable: boolean;
}
export type ParameterLayouts = Partial<Record<ParameterRole, ParameterLayout>>;

/**
 * Where the channels of an output come from.
 * - `source`: new channels, made by the operation's own weights out of all channels of its first input. `resized` are
 *   the attributes for another number of channels; `keepsConstants` says whether an input channel that holds one
 *   constant everywhere adds one constant to each output channel (not where padding touches it)
 * - `same`: channel c of the output is channel c of the (only) input
 * - `merge`: channel c of every input at once (add, multiply)
 * - `concat`: the inputs' channels one after the other
 * - `repeat`: input channel c gives outputs `c * times .. c * times + times - 1` (depthwise)
 * - `spread`: output `p * C + c` is input channel c at position p (flatten)
 * - `pinned`: channels that nothing may remove, in the output and in the inputs
 */
export type ChannelFlow<Attrs = unknown> =
  | { readonly kind: "source"; readonly resized: (channels: number) => Attrs; readonly keepsConstants: boolean }
  | { readonly kind: "same" | "merge" | "concat" | "pinned" }
  | { readonly kind: "repeat"; readonly times: number }
  | { readonly kind: "spread"; readonly positions: number };

export interface ForwardContext {
  readonly training: boolean;
  /** Batch normalization reports its batch's biased statistics here in training. The receiver owns the tensors. */
  readonly onBatchStatistics?: (nodeId: string, mean: tf.Tensor, variance: tf.Tensor) => void;
  /** A seed for operations that draw (dropout); differs from step to step. */
  readonly noiseSeed: number;
}

export interface Operation<Op extends OpName> {
  readonly op: Op;
  /** @throws EngineError `shape-mismatch` when the inputs do not fit */
  outputShape(attrs: OpAttrs[Op], inputs: readonly Shape[]): Shape;
  parameters(attrs: OpAttrs[Op], inputs: readonly Shape[]): ParameterLayouts;
  /** Multiply-accumulates for one sample; only products with weights count. */
  macs(attrs: OpAttrs[Op], inputs: readonly Shape[]): number;
  channels(attrs: OpAttrs[Op], inputs: readonly Shape[]): ChannelFlow<OpAttrs[Op]>;
  /**
   * What a channel holds behind this operation when its inputs are the constants `values` at every position and the
   * channel's own parameters are removed; undefined when that is not one constant (padding of a value that is not 0).
   * Not asked of sources.
   */
  removedValue(attrs: OpAttrs[Op], values: readonly number[]): number | undefined;
  forward(
    attrs: OpAttrs[Op],
    inputs: readonly tf.Tensor[],
    parameter: (role: ParameterRole) => tf.Tensor,
    context: ForwardContext & { readonly nodeId: string },
  ): tf.Tensor;
}

export const defineOperation = <const Op extends OpName>(operation: Operation<Op>): Operation<Op> => operation;

export function shapeError(op: OpName, expected: string, got: readonly Shape[]): EngineError {
  return new EngineError(
    "shape-mismatch",
    `${op} expected ${expected}, got ${got.map((s) => `[${s.join(", ")}]`).join(" and ") || "no input"}`,
  );
}

/** The single input's shape, of the given rank. */
export function onlyInput(op: OpName, inputs: readonly Shape[], rank?: number): Shape {
  const [shape] = inputs;
  if (!shape || inputs.length !== 1 || (rank !== undefined && shape.length !== rank)) {
    throw shapeError(
      op,
      `one input${rank === undefined ? "" : rank === 3 ? " [height, width, channels]" : ` of rank ${rank}`}`,
      inputs,
    );
  }
  return shape;
}

/** Height, width, channels of the single input. */
export function imageInput(op: OpName, inputs: readonly Shape[]): [height: number, width: number, channels: number] {
  const [h, w, c] = onlyInput(op, inputs, 3);
  return [h!, w!, c!];
}

/** Output length of a window along one axis (TensorFlow's rule). */
export function windowLength(
  op: OpName,
  input: number,
  size: number,
  stride: number,
  padding: "same" | "valid",
): number {
  const length = padding === "same" ? Math.ceil(input / stride) : Math.ceil((input - size + 1) / stride);
  if (length < 1) throw new EngineError("shape-mismatch", `${op} expected an input of at least ${size}, got ${input}`);
  return length;
}
