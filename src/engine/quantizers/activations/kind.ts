/**
 * The contract of a quantizer of activations: plain JSON in a snapshot, keyed by an edge (`edges.ts`), and what it does
 * where values are computed, trained, cut out and stored. One file for each kind beside this one; `registry.ts` lists
 * them, and nobody else asks which kind it is.
 */
import type * as tf from "@tensorflow/tfjs-core";
import type * as v from "valibot";
import type { ActivationQuantizer } from "../../core/snapshot";

/** How a number that a kind keeps on the device moves: by its own rule from the values it sees, or by the optimizer. */
export type StateRole = "observed" | "learned";

/** Variables of a quantizer while its network trains, by name. */
export type ActivationState = Readonly<Record<string, tf.Variable>>;

export interface ActivationKind<Q extends ActivationQuantizer = ActivationQuantizer> {
  readonly kind: Q["kind"];
  /** Version of the file format that can say it; see codecs/README.md. */
  readonly since: number;
  /** All of its data but `kind`, in checkpoints. */
  readonly attributes: v.ObjectEntries;
  /** What is wrong with it, as `expected ..., got ...`; undefined where nothing is. */
  problem(quantizer: Q): string | undefined;
  /** Most distinct values. */
  values(quantizer: Q): number;
  /** One value on the CPU; NaN stays NaN. */
  value(x: number, quantizer: Q): number;
  /** Quantized values with the quantizer as it is, in inference. Inside a tidy. */
  apply(x: tf.Tensor, quantizer: Q): tf.Tensor;
  readonly state: Readonly<Record<string, StateRole>>;
  /** Values that the variables start with: numbers, or lists of them. */
  initial(quantizer: Q): Readonly<Record<string, number | readonly number[]>>;
  /** Moves observed variables towards what it sees; `decay` is the share of the old that stays. Assigns. */
  observe(x: tf.Tensor, state: ActivationState, quantizer: Q, decay: number): void;
  /** Quantized values inside a gradient tape, with a gradient of its own, which answers for learned variables too. */
  train(x: tf.Tensor, state: ActivationState, quantizer: Q): tf.Tensor;
  /** The quantizer that the variables amount to. */
  settled(state: Readonly<Record<string, Float32Array>>, quantizer: Q): Q;
  /** In a file: fp32 numbers, and whole numbers with their widths in bits. */
  stored(quantizer: Q): {
    readonly floats: readonly number[];
    readonly codes: readonly (readonly [value: number, bits: number])[];
  };
  /** How many of them there are at this width. */
  layout(bits: number): { readonly floats: number; readonly codes: readonly number[] };
  restore(bits: number, floats: readonly number[], codes: readonly number[]): Q;
  /** One for values around [-1, 3]: what the tests of all kinds look at. */
  example(): Q;
}

export type AnyActivationKind = ActivationKind;

/** @returns the kind for the registry, typed by its own data while it is written */
export const defineActivationKind = <const Q extends ActivationQuantizer>(kind: ActivationKind<Q>): ActivationKind<Q> =>
  kind;
