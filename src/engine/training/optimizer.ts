/** The optimizers' moments of one variable, and a step with them. Whoever makes a slot disposes it. */
import * as tf from "@tensorflow/tfjs-core";
import { readTogether } from "../backend/read-together";
import type { PackedArray } from "../core/tensor-pack";
import { type OptimizerId, optimizerKinds } from "./optimizers/registry";

export interface OptimizerSettings {
  readonly kind: OptimizerId;
  readonly learningRate: number;
  /** Of kinds that have one: sgd. */
  readonly momentum: number;
}

/** What one kind of optimizer keeps of one variable. */
export interface Slot {
  readonly kind: OptimizerId;
  readonly moments: Readonly<Record<string, tf.Variable>>;
  steps: number;
}

/** The same as plain data, for checkpoints. */
export interface SlotState {
  readonly kind: OptimizerId;
  readonly moments: Readonly<Record<string, Float32Array>>;
  readonly steps: number;
}

/** Indices along an axis of a variable that stay. */
export interface KeptSlice {
  readonly axis: number;
  readonly indices: Uint32Array;
}

/** One step; answers the slot to keep: a fresh one where there was none or where the optimizer has changed. */
export function optimizerStep(
  slot: Slot | undefined,
  value: tf.Variable,
  gradient: tf.Tensor,
  mask: tf.Tensor | undefined,
  { kind, learningRate, momentum }: OptimizerSettings,
): Slot {
  const current = slotFor(slot, value, kind);
  current.steps++;
  const { moments, steps } = current;
  optimizerKinds[kind].step({ value, gradient, mask, moments, steps, learningRate, momentum });
  return current;
}

function slotFor(slot: Slot | undefined, value: tf.Variable, kind: OptimizerId): Slot {
  if (slot?.kind === kind) return slot;
  disposeSlot(slot);
  const zeros = () => tf.tidy(() => tf.variable(tf.zerosLike(value), false));
  return { kind, moments: Object.fromEntries(optimizerKinds[kind].moments.map((name) => [name, zeros()])), steps: 0 };
}

export function disposeSlot(slot: Slot | undefined): void {
  if (slot) tf.dispose(Object.values(slot.moments));
}

/** Whether kept moments are of a variable of this size. */
export const slotFits = ({ moments }: SlotState, { size }: tf.Tensor): boolean =>
  Object.values(moments).every(({ length }) => length === size);

/** Values of each moment; 0 of a kind that keeps none. */
export const slotSize = ({ moments }: Slot): number => Object.values(moments)[0]?.size ?? 0;

/** Moments of what is held become 0. @param free 0 where a value is held, else 1 */
export function holdSlot({ moments }: Slot, free: tf.Tensor): void {
  for (const moment of Object.values(moments)) tf.tidy(() => moment.assign(tf.mul(moment, free)));
}

/** What is left of a variable or of a moment. */
export const cutVariable = (variable: tf.Variable, slices: readonly KeptSlice[], trainable = false): tf.Variable =>
  tf.tidy(() =>
    tf.variable(
      slices.reduce<tf.Tensor>(
        (t, { axis, indices }) => tf.gather(t, tf.tensor1d(Int32Array.from(indices), "int32"), axis),
        variable,
      ),
      trainable,
    ),
  );

/** The slot of what surgery kept of a variable. */
export const cutSlot = ({ kind, moments, steps }: Slot, slices: readonly KeptSlice[]): Slot => ({
  kind,
  moments: mapMoments(moments, (moment) => cutVariable(moment, slices)),
  steps,
});

export async function readSlot({ kind, moments, steps }: Slot): Promise<SlotState> {
  const read = await readTogether(Object.values(moments));
  return { kind, moments: Object.fromEntries(Object.keys(moments).map((name, i) => [name, read[i]!])), steps };
}

export const restoreSlot = ({ kind, moments, steps }: SlotState, shape: readonly number[]): Slot => ({
  kind,
  moments: mapMoments(moments, (values) => tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape]), false))),
  steps,
});

const mapMoments = <From, To>(moments: Readonly<Record<string, From>>, change: (moment: From) => To) =>
  Object.fromEntries(Object.entries(moments).map(([name, moment]) => [name, change(moment)]));

/** A slot in a checkpoint, less its arrays. */
export interface SlotJson {
  readonly kind: OptimizerId;
  readonly steps: number;
  readonly moments: readonly string[];
}

/** @param prefix of the names of its arrays */
export function packSlot(
  { kind, steps, moments }: SlotState,
  prefix: string,
): { readonly json: SlotJson; readonly arrays: [string, PackedArray][] } {
  return {
    json: { kind, steps, moments: Object.keys(moments) },
    arrays: Object.entries(moments).map(([name, values]) => [`${prefix}/${name}`, values]),
  };
}

/** @throws RangeError where an array is missing, or the kind is not one of ours */
export function unpackSlot(json: SlotJson, prefix: string, arrays: ReadonlyMap<string, PackedArray>): SlotState {
  const { kind, steps, moments } = json;
  if (!Object.hasOwn(optimizerKinds, kind)) throw new RangeError(`expected a kind of optimizer, got '${kind}'`);
  const array = (name: string): Float32Array => {
    const values = arrays.get(`${prefix}/${name}`);
    if (!(values instanceof Float32Array)) throw new RangeError(`expected moments '${prefix}/${name}', got none`);
    return values;
  };
  return { kind, steps, moments: Object.fromEntries(moments.map((name) => [name, array(name)])) };
}

/**
 * Moments of parameters whose elements have moved.
 * @param places parameter -> for each element the place that it had, -1 for one that begins at zero; others are left out
 */
export function movedMoments(
  states: ReadonlyMap<string, SlotState>,
  places: ReadonlyMap<string, Int32Array>,
): Map<string, SlotState> {
  const moved = (moment: Float32Array, from: Int32Array) =>
    Float32Array.from(from, (place) => (place < 0 ? 0 : moment[place]!));
  return new Map(
    [...places].flatMap(([name, from]) => {
      const state = states.get(name);
      if (!state) return [];
      return [[name, { ...state, moments: mapMoments(state.moments, (moment) => moved(moment, from)) }]];
    }),
  );
}
