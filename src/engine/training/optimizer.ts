/** The optimizers' moments of one variable, and a step with them. Whoever makes a slot disposes it. */
import * as tf from "@tensorflow/tfjs-core";
import { adamUpdate, sgdUpdate } from "../backend/fused";
import { readTogether } from "../backend/read-together";

export interface OptimizerSettings {
  readonly kind: "adam" | "sgd";
  readonly learningRate: number;
  /** Of sgd. */
  readonly momentum: number;
}

/** Adam's defaults (Kingma and Ba 2015); epsilon is explicit because tfjs' differs between backends. */
const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Adam's m and v; sgd's velocity is the first. */
export interface Slot {
  readonly first: tf.Variable;
  readonly second: tf.Variable | undefined;
  steps: number;
}

/** Moments of one variable as plain data, for checkpoints. */
export interface SlotState {
  readonly kind: "adam" | "sgd";
  readonly first: Float32Array;
  readonly second?: Float32Array;
  readonly steps: number;
}

/** One step; answers the slot to keep: a fresh one where there was none or where the optimizer has changed. */
export function optimizerStep(
  slot: Slot | undefined,
  value: tf.Variable,
  gradient: tf.Tensor,
  mask: tf.Tensor | undefined,
  settings: OptimizerSettings,
): Slot {
  const current = slotFor(slot, value, settings.kind);
  current.steps++;
  if (current.second) {
    const { learningRate } = settings;
    adamUpdate(
      { value, gradient, m: current.first, v: current.second, mask },
      { ...adamDefaults, learningRate, step: current.steps },
    );
  } else {
    sgdUpdate({ value, gradient, velocity: current.first, mask }, settings);
  }
  return current;
}

function slotFor(slot: Slot | undefined, value: tf.Variable, kind: "adam" | "sgd"): Slot {
  if (slot && (kind === "adam") === (slot.second !== undefined)) return slot;
  disposeSlot(slot);
  const zeros = () => tf.tidy(() => tf.variable(tf.zerosLike(value), false));
  return { first: zeros(), second: kind === "adam" ? zeros() : undefined, steps: 0 };
}

export function disposeSlot(slot: Slot | undefined): void {
  slot?.first.dispose();
  slot?.second?.dispose();
}

/** Moments of what is held become 0. @param free 0 where a value is held, else 1 */
export function holdSlot({ first, second }: Slot, free: tf.Tensor): void {
  for (const moment of [first, ...(second ? [second] : [])]) tf.tidy(() => moment.assign(tf.mul(moment, free)));
}

/** The slot of what surgery kept of a variable. */
export function cutSlot(slot: Slot, slices: readonly { axis: number; indices: Uint32Array }[]): Slot {
  const cut = (moment: tf.Variable): tf.Variable => {
    const along = (t: tf.Tensor, { axis, indices }: { axis: number; indices: Uint32Array }) =>
      tf.gather(t, tf.tensor1d(Int32Array.from(indices), "int32"), axis);
    return tf.tidy(() => tf.variable(slices.reduce<tf.Tensor>(along, moment), false));
  };
  return { first: cut(slot.first), second: slot.second && cut(slot.second), steps: slot.steps };
}

export async function readSlot(slot: Slot): Promise<SlotState> {
  const [first, second] = await readTogether([slot.first, ...(slot.second ? [slot.second] : [])]);
  return { kind: second ? "adam" : "sgd", first: first!, ...(second ? { second } : {}), steps: slot.steps };
}

export function restoreSlot({ first, second, steps }: SlotState, shape: number[]): Slot {
  const moment = (values: Float32Array) => tf.tidy(() => tf.variable(tf.tensor(values.slice(), shape), false));
  return { first: moment(first), second: second && moment(second), steps };
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
      const { first, second } = state;
      return [[name, { ...state, first: moved(first, from), ...(second ? { second: moved(second, from) } : {}) }]];
    }),
  );
}
