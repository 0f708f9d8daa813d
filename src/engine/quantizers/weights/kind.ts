/**
 * The contract of a quantizer of weights: plain data in a snapshot, and what it does wherever weights are trained, cut,
 * folded, counted and stored. One file for each kind beside this one; `registry.ts` lists them, and nobody else asks
 * which kind it is. README.md says how to add one.
 */
import type * as tf from "@tensorflow/tfjs-core";
import type * as v from "valibot";
import type { Shape } from "../../core/network";
import type { ParameterQuantizer } from "../../core/snapshot";
import type { AxisCut } from "../../surgery/cut";
import type { Grouping } from "../grouping";

/**
 * How an array of a quantizer comes about.
 * - `derived`: computed from the weights of the step; a snapshot of weights that moved has it computed afresh
 * - `constant`: as the block that put the quantizer there has chosen it
 * - `observed`: moved by the kind's own rule after each update of its weights
 * - `learned`: moved by the optimizer, with moments of its own
 * All but the derived ones live on the device while a network trains, and survive snapshot, checkpoint and file.
 */
export type ArrayRole = "derived" | "constant" | "observed" | "learned";

/** Names of a quantizer's arrays; everything else in it is JSON. */
export type ArrayName<Q> = { [K in keyof Q]-?: Q[K] extends Float32Array ? K : never }[keyof Q] & string;
export type Arrays<Q> = { readonly [K in ArrayName<Q>]: Float32Array };
/** Those of a quantizer on the device, `[length]` each; derived ones are not there. */
export type ArrayTensors<Q> = { readonly [K in ArrayName<Q>]: tf.Tensor1D };

export interface TrainCall<Q extends ParameterQuantizer> {
  /** Raw weights, in the shape of the parameter; exactly 0 where the mask is. */
  readonly weights: tf.Tensor;
  /** Zeros and ones of that shape; a removed weight has the value 0 whatever the quantizer holds. */
  readonly mask: tf.Tensor | undefined;
  readonly arrays: ArrayTensors<Q>;
  readonly quantizer: Q;
  /** Seeds draws in a training step; undefined at rest, when nothing may be drawn. */
  readonly noiseSeed: number | undefined;
}

/** Widths of what a quantizer stores of each weight, and how coarse it is. */
export interface BitWidths {
  /** Nominal bits of one weight. */
  readonly bits: number;
  /** Most distinct values of the weights that share a group, a removed weight's zero not counted. */
  readonly values: number;
  /** fp32 numbers stored beside the weights. */
  readonly floats: number;
}

/** What a file gives back of a parameter. */
export interface StoredWeights<Fields> {
  /** Effective values, bit for bit. */
  readonly values: Float32Array;
  /** Whether the zeros among them are pruned weights. */
  readonly masked: boolean;
  /** The kind's entry in the header, checked by its schema. */
  readonly fields: Fields;
  /** The stored arrays, one after the other, where the tensor is stored as this kind's codes. */
  readonly table: Float32Array | undefined;
}

/** A codec's candidate: small numbers for the weights, and a table beside them. */
export interface WeightCodes<Q, Fields> {
  /** Value form of the file (`codecs/value-forms.ts`): `coded`, unless the kind is older than that. */
  readonly form: string;
  /** Symbol of each masked weight; 0 is +0 and nothing else. */
  symbols(weights: Float32Array, quantizer: Q): Uint16Array;
  /** The arrays that turn symbols back, one after the other; all of it counts in the file's size. */
  table(quantizer: Q): Float32Array;
  /** Symbols there may be, 0 included. */
  symbolCount(fields: Fields): number;
  /**
   * Values of symbols, bit for bit the effective ones.
   * @throws EngineError `invalid-file` for a table that does not fit `symbols`
   */
  values(symbols: ArrayLike<number>, table: Float32Array, fields: Fields): Float32Array;
}

export interface WeightKind<Q extends ParameterQuantizer = ParameterQuantizer, Fields = unknown> {
  readonly kind: Q["kind"];
  /** Version of the file format that can say it; see codecs/README.md. */
  readonly since: number;
  readonly arrays: Readonly<Record<ArrayName<Q>, ArrayRole>>;
  /** Learning rate of the learned arrays as a multiple of the weights' own; 1 by default. */
  rate?(quantizer: Q): number;
  /** Which weights share something. */
  grouping(quantizer: Q): Grouping;
  /** What is wrong with it as a quantizer of so many weights, as `expected ..., got ...`; undefined where nothing is. */
  problem(quantizer: Q, weights: number): string | undefined;
  /** Effective values on the CPU; the caller sets removed weights to 0. */
  effective(weights: Float32Array, quantizer: Q): Float32Array;
  /** With its derived arrays computed from these masked weights. */
  derive?(weights: Float32Array, quantizer: Q): Q;
  /** Effective values inside a gradient tape: at rest the same as `effective`, bit for bit. Answers for learned arrays. */
  train(call: TrainCall<Q>): tf.Tensor;
  /** The next values of observed arrays, after an update of the weights. Inside a tidy. */
  observe?(call: TrainCall<Q>): Partial<ArrayTensors<Q>>;
  widths(quantizer: Q): BitWidths;
  /**
   * The quantizer of the weights times the slope of their output channel (weight i: `slopes[i % slopes.length]`), and
   * these weights, nudged so that each keeps its code. Undefined where there is none: then batch normalization stays.
   * @param weights masked; `scaled` are the same ones times their slopes, and may be changed in place
   */
  scaled?(quantizer: Q, weights: Float32Array, slopes: Float64Array, scaled: Float32Array): Q | undefined;
  /**
   * Of the weights that surgery leaves. It chooses elements of arrays and looks at none, as an optimizer's moments are
   * cut by it too. The quantizer itself where nothing goes; undefined: such a cut cannot be made.
   */
  cut(quantizer: Q, shape: Shape, cuts: readonly AxisCut[]): Q | undefined;
  readonly codes?: WeightCodes<Q, Fields>;
  /** Attributes in headers and checkpoints. */
  readonly attributes: v.ObjectEntries;
  /** Entries that a header may have besides the attributes. */
  readonly listed: v.ObjectEntries;
  /** The header's entry, less `kind`. @param coded whether the file stores the weights as this kind's codes */
  fields(quantizer: Q, coded: boolean): Readonly<Record<string, unknown>>;
  /** @throws EngineError `invalid-file` where no such quantizer gives these values back */
  restore(stored: StoredWeights<Fields>): Q;
  /** Such a quantizer of these masked weights, with so many output channels: what the tests of all kinds look at. */
  example(weights: Float32Array, channels: number): Q;
}

/** A kind as the rest of the engine sees it: of any quantizer. */
export type AnyWeightKind = WeightKind;

/** @returns the kind for the registry, typed by its own data while it is written */
export const defineWeightKind = <const Q extends ParameterQuantizer, Fields = unknown>(
  kind: WeightKind<Q, Fields>,
): WeightKind<Q, Fields> => kind;
