/** A quantizer of activations on the device while its network trains. */
import * as tf from "@tensorflow/tfjs-core";
import type { ActivationQuantizer } from "../core/snapshot";
import { activationKindOf } from "../quantizers/activations/registry";
import {
  disposeSlot,
  type OptimizerSettings,
  optimizerStep,
  readSlot,
  restoreSlot,
  slotFits,
  type Slot,
  type SlotState,
} from "./optimizer";

/** How what a quantizer observes follows the data while it trains. */
export interface RangeObserver {
  /** Share of the old range kept at each step, in [0, 1). */
  readonly decay: number;
  readonly frozen: boolean;
}

export class LiveActivation {
  observer: RangeObserver = { decay: 0.99, frozen: true };
  /** The quantizer as the snapshot gave it, so that one that never trained comes back bit for bit. */
  exact: ActivationQuantizer | undefined;
  readonly #given: ActivationQuantizer;
  readonly #state: Record<string, tf.Variable> = {};
  readonly #slots = new Map<string, Slot>();

  constructor(quantizer: ActivationQuantizer) {
    this.exact = this.#given = quantizer;
    const { state, initial } = activationKindOf(quantizer);
    for (const [name, value] of Object.entries(initial(quantizer))) {
      const tensor = () => (typeof value === "number" ? tf.scalar(value) : tf.tensor1d([...value]));
      this.#state[name] = tf.tidy(() => tf.variable(tensor(), state[name] === "learned"));
    }
  }

  /** Quantized values; in training, unless frozen, what is observed moves first. Inside a tidy. */
  transform(x: tf.Tensor, training: boolean): tf.Tensor {
    const kind = activationKindOf(this.#given);
    if (training && !this.observer.frozen) {
      tf.tidy(() => kind.observe(x, this.#state, this.#given, this.observer.decay));
      this.exact = undefined;
    }
    return kind.train(x, this.#state, this.#given);
  }

  /** Variables that the optimizer moves. */
  trainables(): tf.Variable[] {
    return this.variables().filter((variable) => variable.trainable);
  }

  /** All variables, in the order of the kind's state. */
  variables(): tf.Variable[] {
    return Object.values(this.#state);
  }

  update(gradients: Readonly<Record<string, tf.Tensor>>, settings: OptimizerSettings): void {
    for (const [name, variable] of Object.entries(this.#state)) {
      const gradient = variable.trainable ? gradients[variable.name] : undefined;
      if (!gradient) continue;
      this.#slots.set(name, optimizerStep(this.#slots.get(name), variable, gradient, undefined, settings));
      this.exact = undefined;
    }
  }

  /** The quantizer as it is now. @param read values of `variables`, one array for each */
  settle(read: readonly Float32Array[]): ActivationQuantizer {
    const values = Object.fromEntries(Object.keys(this.#state).map((name, i) => [name, read[i]!]));
    this.exact ??= activationKindOf(this.#given).settled(values, this.#given);
    return this.exact;
  }

  /** Puts values back that a checkpoint kept, one after the other as `variables` are; others than fit are left out. */
  restore(numbers: readonly number[]): void {
    if (numbers.length !== this.variables().reduce((sum, { size }) => sum + size, 0)) return;
    let at = 0;
    for (const variable of this.variables()) {
      const values = numbers.slice(at, (at += variable.size));
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
  }

  async slots(): Promise<Map<string, SlotState>> {
    return new Map(
      await Promise.all([...this.#slots].map(async ([name, slot]) => [name, await readSlot(slot)] as const)),
    );
  }

  restoreSlots(find: (name: string) => SlotState | undefined): void {
    for (const [name, variable] of Object.entries(this.#state)) {
      const state = find(name);
      if (state && slotFits(state, variable)) this.#slots.set(name, restoreSlot(state, variable.shape));
    }
  }

  resetOptimizer(): void {
    for (const slot of this.#slots.values()) disposeSlot(slot);
    this.#slots.clear();
  }

  dispose(): void {
    tf.dispose(this.variables());
    this.resetOptimizer();
  }
}
