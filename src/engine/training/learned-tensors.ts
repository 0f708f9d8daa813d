/**
 * Tensors that a clip keeps beside the network while it lasts: mask scores, log variances, a queue of thresholds. The
 * trainable ones take part in every optimizer step. The runner makes one set for each clip, keeps it in checkpoints and
 * disposes it.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type Network, parametersOf, type Shape } from "../core/network";
import type { KeptSlices } from "./live-model";
import {
  cutSlot,
  cutVariable,
  disposeSlot,
  type KeptSlice,
  type OptimizerSettings,
  optimizerStep,
  readSlot,
  restoreSlot,
  type Slot,
  type SlotState,
} from "./optimizer";

/** One of them, as a block sees it. */
export interface LearnedTensor {
  /** The variable itself; never dispose it, and ask again after surgery. A tape that reads it finds its gradient. */
  readonly tensor: tf.Tensor;
  values(): Promise<Float32Array>;
  /** Puts other values of the same shape in place: computed in a tidy on the device, or given. */
  assign(next: Float32Array | ((value: tf.Tensor) => tf.Tensor)): void;
}

/**
 * What a tensor belongs to. Axis `i` of it is cut with axis `axes[i]` of the parameter (`null`: with none), moments
 * too; where the parameter or the node goes, or no longer fits, the tensor goes.
 */
export type Follows =
  { readonly parameter: string; readonly axes: readonly (number | null)[] } | { readonly node: string };

export interface VariableOptions {
  /** Default true. */
  readonly trainable?: boolean;
  /** Its learning rate as a multiple of the network's. Default 1. */
  readonly rate?: number;
  /** Its own optimizer in place of the network's; `rate` multiplies that one's learning rate. */
  readonly optimizer?: OptimizerSettings;
  /** After each update: the nearest allowed value, computed in a tidy. */
  readonly project?: (value: tf.Tensor) => tf.Tensor;
  /** Nothing by default: surgery does not touch it. */
  readonly follows?: Follows;
}

export interface LearnedState {
  readonly name: string;
  readonly values: Float32Array;
  readonly slot?: SlotState;
}

interface Entry {
  variable: tf.Variable;
  readonly options: VariableOptions;
  slot: Slot | undefined;
}

export class LearnedTensors {
  readonly #entries = new Map<string, Entry>();
  readonly #kept: Map<string, LearnedState>;

  /** @param kept of a checkpoint: their values win over the initial ones */
  constructor(kept: readonly LearnedState[] = []) {
    this.#kept = new Map(kept.map((state) => [state.name, state]));
  }

  /**
   * The tensor of that name. It is made where there is none, or where there is one of another shape that follows
   * something and was left behind by it.
   * @throws RangeError for another shape of one that follows nothing
   */
  variable(name: string, initial: Float32Array, shape: Shape, options: VariableOptions = {}): LearnedTensor {
    const known = this.#entries.get(name);
    if (known && known.variable.shape.join() !== shape.join()) {
      if (!known.options.follows) {
        throw new RangeError(
          `expected learned tensor '${name}' of [${known.variable.shape.join()}], got [${shape.join()}]`,
        );
      }
      this.#drop(name);
    }
    if (!this.#entries.has(name)) this.#make(name, initial, shape, options);
    const entry = () => {
      const found = this.#entries.get(name);
      if (!found) throw new RangeError(`expected a learned tensor, got '${name}', which went with what it followed`);
      return found;
    };
    return {
      get tensor() {
        return entry().variable;
      },
      values: async () => ((await entry().variable.data()) as Float32Array).slice(),
      assign(next) {
        const { variable } = entry();
        tf.tidy(() =>
          variable.assign(typeof next === "function" ? next(variable) : tf.tensor(next.slice(), variable.shape)),
        );
      },
    };
  }

  #make(name: string, initial: Float32Array, shape: Shape, options: VariableOptions): void {
    const { trainable = true } = options;
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    const fits = kept?.values.length === initial.length;
    const values = fits ? kept.values : initial;
    const variable = tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape], "float32"), trainable));
    this.#entries.set(name, { variable, options, slot: fits && kept.slot ? restoreSlot(kept.slot, shape) : undefined });
  }

  trainables(): tf.Variable[] {
    return [...this.#entries.values()].filter(({ options }) => options.trainable ?? true).map((e) => e.variable);
  }

  /** One optimizer step; takes and disposes nothing of `gradients` (by variable name). */
  update(gradients: Readonly<Record<string, tf.Tensor>>, settings: OptimizerSettings): void {
    for (const entry of this.#entries.values()) {
      const { variable, options } = entry;
      const gradient = gradients[variable.name];
      if (!gradient) continue;
      const { rate = 1, optimizer = settings, project } = options;
      const own = rate === 1 ? optimizer : { ...optimizer, learningRate: optimizer.learningRate * rate };
      entry.slot = optimizerStep(entry.slot, variable, gradient, undefined, own);
      if (project) tf.tidy(() => variable.assign(project(variable)));
    }
  }

  /** Cuts what follows something as that was cut, and lets go of what it left behind. */
  follow(network: Network, kept: KeptSlices | undefined): void {
    const following = [...this.#entries].filter(([, { options }]) => options.follows);
    if (following.length === 0) return;
    const shapes = new Map(parametersOf(network).map(({ name, shape }) => [name, shape]));
    const nodes = new Set(network.nodes.map(({ id }) => id));
    for (const [name, entry] of following) {
      const follows = entry.options.follows!;
      if ("node" in follows) {
        if (!nodes.has(follows.node)) this.#drop(name);
        continue;
      }
      const { parameter, axes } = follows;
      const slices = (kept?.get(parameter) ?? []).flatMap(({ axis, indices }): KeptSlice[] =>
        axes.flatMap((followed, own) => (followed === axis ? [{ axis: own, indices }] : [])),
      );
      if (slices.length > 0) this.#cut(entry, slices);
      const shape = shapes.get(parameter);
      const fits = shape && axes.every((axis, own) => axis === null || shape[axis] === entry.variable.shape[own]);
      if (!fits) this.#drop(name);
    }
  }

  #cut(entry: Entry, slices: readonly KeptSlice[]): void {
    const { variable, slot } = entry;
    entry.variable = cutVariable(variable, slices, variable.trainable);
    entry.slot = slot && cutSlot(slot, slices);
    variable.dispose();
    disposeSlot(slot);
  }

  #drop(name: string): void {
    const entry = this.#entries.get(name);
    entry?.variable.dispose();
    disposeSlot(entry?.slot);
    this.#entries.delete(name);
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
    for (const name of [...this.#entries.keys()]) this.#drop(name);
  }
}
