/**
 * A quantizer of weights on the device while its parameter trains: constant arrays as tensors, observed and learned ones
 * as variables, moments of the learned ones. Derived arrays are not here: the kind computes them from the weights.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Shape } from "../core/network";
import type { ParameterQuantizer } from "../core/snapshot";
import { arraysOf, derived, withArrays } from "../quantizers/effective";
import { weightKindOf } from "../quantizers/weights/registry";
import type { ArrayRole, TrainCall } from "../quantizers/weights/kind";
import type { AxisCut } from "../surgery/cut";
import {
  cutSlot,
  disposeSlot,
  type OptimizerSettings,
  optimizerStep,
  readSlot,
  restoreSlot,
  type Slot,
  slotFits,
  slotSize,
  type SlotState,
} from "./optimizer";

interface LiveArray {
  readonly role: Exclude<ArrayRole, "derived">;
  /** A variable unless constant. */
  readonly tensor: tf.Tensor;
  slot: Slot | undefined;
}

/** Moments of the learned arrays, by name. */
export type ArraySlots = ReadonlyMap<string, SlotState>;

export class LiveQuantizer {
  /** As the snapshot has it; its variables may have moved on since. */
  #data: ParameterQuantizer;
  readonly #arrays = new Map<string, LiveArray>();
  #moved = false;

  /** @param slots moments to go on from, of arrays of the same length */
  constructor(data: ParameterQuantizer, slots: ReadonlyMap<string, Slot> = new Map()) {
    this.#data = data;
    for (const { name, role, values } of arraysOf(data)) {
      if (role === "derived") continue;
      const tensor = tf.tidy(() => {
        const given = tf.tensor1d(values.slice());
        return role === "constant" ? tf.keep(given) : tf.variable(given, role === "learned");
      });
      this.#arrays.set(name, { role, tensor, slot: slots.get(name) });
    }
  }

  get data(): ParameterQuantizer {
    return this.#data;
  }

  /** Whether the device holds exactly this quantizer: the same object, and nothing has moved since. */
  holds(quantizer: ParameterQuantizer | undefined): boolean {
    return this.#data === quantizer && !this.#moved;
  }

  /** Effective values; call inside a tidy. */
  effective(weights: tf.Tensor, mask: tf.Tensor | undefined, noiseSeed: number | undefined): tf.Tensor {
    return weightKindOf(this.#data).train(this.#call(weights, mask, noiseSeed));
  }

  #call(weights: tf.Tensor, mask: tf.Tensor | undefined, noiseSeed?: number): TrainCall<ParameterQuantizer> {
    const arrays = Object.fromEntries([...this.#arrays].map(([name, { tensor }]) => [name, tensor as tf.Tensor1D]));
    return {
      weights,
      mask,
      arrays: arrays as TrainCall<ParameterQuantizer>["arrays"],
      quantizer: this.#data,
      noiseSeed,
    };
  }

  /** Variables that the optimizer moves. */
  trainables(): tf.Variable[] {
    return [...this.#arrays.values()]
      .filter(({ role }) => role === "learned")
      .map(({ tensor }) => tensor as tf.Variable);
  }

  /** One optimizer step of the learned arrays that have a gradient (by variable name). */
  update(gradients: Readonly<Record<string, tf.Tensor>>, settings: OptimizerSettings): void {
    const rate = weightKindOf(this.#data).rate?.(this.#data) ?? 1;
    const own = rate === 1 ? settings : { ...settings, learningRate: rate * settings.learningRate };
    for (const array of this.#arrays.values()) {
      if (array.role !== "learned") continue;
      const variable = array.tensor as tf.Variable;
      const gradient = gradients[variable.name];
      if (!gradient) continue;
      array.slot = optimizerStep(array.slot, variable, gradient, undefined, own);
      this.#moved = true;
    }
  }

  /** Lets the kind move its observed arrays, after an update of the weights. */
  observe(weights: tf.Tensor, mask: tf.Tensor | undefined): void {
    const kind = weightKindOf(this.#data);
    if (!kind.observe) return;
    tf.tidy(() => {
      const next = kind.observe!(this.#call(weights, mask)) as Readonly<Record<string, tf.Tensor>>;
      for (const [name, value] of Object.entries(next)) (this.#arrays.get(name)!.tensor as tf.Variable).assign(value);
    });
    this.#moved = true;
  }

  /** Tensors to read back before `readBack`; none where nothing has moved them. */
  movedTensors(): tf.Tensor[] {
    return this.#moved ? this.#variables().map(([, { tensor }]) => tensor) : [];
  }

  #variables(): [string, LiveArray][] {
    return [...this.#arrays].filter(([, { role }]) => role !== "constant");
  }

  /**
   * The quantizer as it is now.
   * @param read values of `movedTensors`
   * @param weights raw ones, where they have moved: what follows from them is computed afresh
   */
  readBack(read: readonly Float32Array[], weights: Float32Array | undefined, mask: Uint8Array | undefined) {
    if (this.#moved) {
      this.#data = withArrays(this.#data, Object.fromEntries(this.#variables().map(([name], i) => [name, read[i]!])));
      this.#moved = false;
    }
    if (weights) this.#data = derived(weights, mask, this.#data);
    return this.#data;
  }

  /** Takes the moments out, for a quantizer of the same kind; what has another length is disposed. */
  slotsFor(next: ParameterQuantizer, shape: Shape, cuts: readonly AxisCut[] | undefined): Map<string, Slot> {
    const kept = new Map<string, Slot>();
    const wanted = new Map(
      next.kind === this.#data.kind ? arraysOf(next).map(({ name, values }) => [name, values.length]) : [],
    );
    for (const [name, array] of this.#arrays) {
      if (!array.slot) continue;
      const slot = cuts ? this.#cutSlot(name, array.slot, shape, cuts) : array.slot;
      if (slot && slotSize(slot) === wanted.get(name)) {
        kept.set(name, slot);
        if (slot === array.slot) array.slot = undefined;
      } else if (slot !== array.slot) disposeSlot(slot);
    }
    return kept;
  }

  /** Moments are cut as the kind cuts the array that they belong to: of an array of places it leaves those that stay. */
  #cutSlot(name: string, slot: Slot, shape: Shape, cuts: readonly AxisCut[]): Slot | undefined {
    const places = Float32Array.from({ length: slotSize(slot) }, (_, i) => i);
    const cut = weightKindOf(this.#data).cut(withArrays(this.#data, { [name]: places }), shape, cuts);
    const left = cut && arraysOf(cut).find((array) => array.name === name)?.values;
    return left && cutSlot(slot, [{ axis: 0, indices: Uint32Array.from(left) }]);
  }

  async slots(): Promise<Map<string, SlotState>> {
    const found = [...this.#arrays].flatMap(([name, { slot }]) => (slot ? [[name, slot] as const] : []));
    return new Map(await Promise.all(found.map(async ([name, slot]) => [name, await readSlot(slot)] as const)));
  }

  restoreSlot(name: string, state: SlotState): void {
    const array = this.#arrays.get(name);
    if (array?.role !== "learned" || !slotFits(state, array.tensor)) return;
    disposeSlot(array.slot);
    array.slot = restoreSlot(state, array.tensor.shape);
  }

  resetOptimizer(): void {
    for (const array of this.#arrays.values()) {
      disposeSlot(array.slot);
      array.slot = undefined;
    }
  }

  dispose(): void {
    for (const { tensor, slot } of this.#arrays.values()) {
      tensor.dispose();
      disposeSlot(slot);
    }
    this.#arrays.clear();
  }
}
