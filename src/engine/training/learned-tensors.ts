/**
 * Tensors that a clip keeps beside the network while it lasts: mask scores, log variances, a queue of thresholds. The
 * trainable ones take part in every optimizer step. The runner makes one set for each clip, keeps it in checkpoints and
 * disposes it.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Shape } from "../core/network";
import {
  disposeSlot,
  type OptimizerSettings,
  optimizerStep,
  readSlot,
  restoreSlot,
  type Slot,
  type SlotState,
} from "./optimizer";

/** One of them, as a block sees it. */
export interface LearnedTensor {
  /** The variable itself; never dispose it. A tape that reads it finds its gradient. */
  readonly tensor: tf.Tensor;
  values(): Promise<Float32Array>;
  /** Puts other values of the same shape in place: computed in a tidy on the device, or given. */
  assign(next: Float32Array | ((value: tf.Tensor) => tf.Tensor)): void;
}

export interface LearnedState {
  readonly name: string;
  readonly values: Float32Array;
  readonly slot?: SlotState;
}

interface Entry {
  readonly variable: tf.Variable;
  readonly trainable: boolean;
  slot: Slot | undefined;
}

export class LearnedTensors {
  readonly #entries = new Map<string, Entry>();
  readonly #kept: ReadonlyMap<string, LearnedState>;

  /** @param kept of a checkpoint: their values win over the initial ones */
  constructor(kept: readonly LearnedState[] = []) {
    this.#kept = new Map(kept.map((state) => [state.name, state]));
  }

  create(name: string, initial: Float32Array, shape: Shape, trainable: boolean): LearnedTensor {
    if (this.#entries.has(name)) throw new RangeError(`expected a new name of a learned tensor, got '${name}' again`);
    const kept = this.#kept.get(name);
    const values = kept?.values.length === initial.length ? kept.values : initial;
    const variable = tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape], "float32"), trainable));
    const slot = kept?.slot && kept.values.length === initial.length ? restoreSlot(kept.slot, [...shape]) : undefined;
    this.#entries.set(name, { variable, trainable, slot });
    return {
      tensor: variable,
      values: async () => ((await variable.data()) as Float32Array).slice(),
      assign(next) {
        tf.tidy(() =>
          variable.assign(typeof next === "function" ? next(variable) : tf.tensor(next.slice(), [...shape])),
        );
      },
    };
  }

  trainables(): tf.Variable[] {
    return [...this.#entries.values()].filter((e) => e.trainable).map((e) => e.variable);
  }

  /** One optimizer step; takes and disposes nothing of `gradients` (by variable name). */
  update(gradients: Readonly<Record<string, tf.Tensor>>, settings: OptimizerSettings): void {
    for (const entry of this.#entries.values()) {
      const gradient = gradients[entry.variable.name];
      if (gradient) entry.slot = optimizerStep(entry.slot, entry.variable, gradient, undefined, settings);
    }
  }

  async state(): Promise<LearnedState[]> {
    const states: LearnedState[] = [];
    for (const [name, { variable, slot }] of this.#entries) {
      const values = ((await variable.data()) as Float32Array).slice();
      states.push({ name, values, ...(slot ? { slot: await readSlot(slot) } : {}) });
    }
    return states;
  }

  dispose(): void {
    for (const { variable, slot } of this.#entries.values()) {
      variable.dispose();
      disposeSlot(slot);
    }
    this.#entries.clear();
  }
}
