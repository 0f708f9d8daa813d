/**
 * A snapshot on the device while it trains: variables, masks, fake-quantizers, optimizer moments. Whoever creates one
 * disposes it. It changes in two ways only: an optimizer step, and `replace` with a snapshot that a block computed.
 */
import * as tf from "@tensorflow/tfjs-core";
import { followAverages } from "../backend/fused";
import { readTogether } from "../backend/read-together";
import { releaseUnusedMemory } from "../backend/release-memory";
import { applyMask } from "../core/effective";
import { type Network, type ParameterRole, parametersOf } from "../core/network";
import { type ActivationQuantizer, type ParameterState, type Snapshot, valuesOf } from "../core/snapshot";
import {
  cutSlot,
  disposeSlot,
  holdSlot,
  type OptimizerSettings,
  optimizerStep,
  readSlot,
  restoreSlot,
  slotFits,
  type Slot,
  type SlotState,
} from "./optimizer";
import { arraysOf } from "../quantizers/effective";
import { LiveActivation, type RangeObserver } from "./live-activation";
import { LiveQuantizer } from "./live-quantizer";

/** Indices along an axis of a parameter that surgery kept; moments are cut the same way. */
export type KeptSlices = ReadonlyMap<string, readonly { readonly axis: number; readonly indices: Uint32Array }[]>;

interface LiveParameter {
  readonly name: string;
  trainable: boolean;
  readonly variable: tf.Variable;
  /** What the variable was loaded from and masked with, to see what a replacing snapshot changed. */
  loaded: Float32Array | undefined;
  state: ParameterState | undefined;
  mask: tf.Tensor | undefined;
  /** 0 where the weight keeps its raw value for good. */
  free: tf.Tensor | undefined;
  quantizer: LiveQuantizer | undefined;
  slot: Slot | undefined;
}

/** Edge -> numbers that its activation quantizer follows; of an affine one the range, low and high. */
export type ActivationNumbers = Readonly<Record<string, readonly number[]>>;

/** Optimizer state as plain data, for checkpoints. */
export type OptimizerState = ReadonlyMap<string, SlotState>;

export class LiveModel {
  #network: Network;
  #parameters = new Map<string, LiveParameter>();
  #activations = new Map<string, LiveActivation>();
  #channels: Snapshot["channels"];

  constructor(snapshot: Snapshot) {
    this.#network = snapshot.network;
    this.replace(snapshot);
  }

  get network(): Network {
    return this.#network;
  }

  /**
   * Trainable variables in node order, then what their quantizers learn.
   * @param trains which of the parameters that may, do; all by default
   * @param follows which of the edges' quantizers may learn; all by default
   */
  trainables(
    trains: (name: string) => boolean = () => true,
    follows: (edge: string) => boolean = () => true,
  ): tf.Variable[] {
    const parameters = [...this.#parameters.values()].filter((p) => p.trainable && trains(p.name));
    return [
      ...parameters.map((p) => p.variable),
      ...parameters.flatMap((p) => p.quantizer?.trainables() ?? []),
      ...[...this.#activations].flatMap(([edge, activation]) => (follows(edge) ? activation.trainables() : [])),
    ];
  }

  /**
   * Effective value of a parameter: the (masked) raw variable, fake-quantized. Call inside a tidy.
   * @param noiseSeed of a training step, whose quantizers may draw; undefined at rest
   * @param latent changes the raw value before the quantizer
   */
  readonly effective = (name: string, noiseSeed?: number, latent?: (value: tf.Tensor) => tf.Tensor): tf.Tensor => {
    const { variable: raw, quantizer, mask } = this.#get(name);
    const variable = latent ? latent(raw) : raw;
    // The raw values of a masked parameter are exactly 0 where the mask is: `replace` and every update see to it.
    return quantizer ? quantizer.effective(variable, mask, noiseSeed) : variable;
  };

  /**
   * A value on an edge through its activation quantizer, if it has one. In training an unfrozen range first moves towards
   * this batch's minimum and maximum.
   */
  transformActivation(edge: string, value: tf.Tensor, training: boolean): tf.Tensor {
    return this.#activations.get(edge)?.transform(value, training) ?? value;
  }

  /** Sets how the range of each quantized activation behaves from now on. */
  observeActivations(observer: RangeObserver): void {
    for (const live of this.#activations.values()) live.observer = observer;
  }

  /** Moves running statistics: `momentum * old + (1 - momentum) * batch`. */
  updateBatchStatistics(nodeId: string, mean: tf.Tensor, variance: tf.Tensor): void {
    const node = this.#network.nodes.find((n) => n.id === nodeId);
    if (node?.op !== "batch-norm") return;
    const movingMean = this.#get(node.params.movingMean!.name);
    const movingVariance = this.#get(node.params.movingVariance!.name);
    followAverages(
      { average: movingMean.variable, next: mean },
      { average: movingVariance.variable, next: variance },
      node.attrs.momentum,
    );
    movingMean.loaded = movingVariance.loaded = undefined;
  }

  /**
   * One optimizer step, then what quantizers observe of the weights that it moved; takes and disposes nothing of
   * `gradients`. Masked weights stay exactly 0, fixed ones as they are, with moments of 0.
   */
  update(gradients: Readonly<Record<string, tf.Tensor>>, optimizer: OptimizerSettings): void {
    for (const parameter of this.#parameters.values()) {
      const { variable, mask, free, quantizer } = parameter;
      quantizer?.update(gradients, optimizer);
      const gradient = gradients[variable.name];
      if (!gradient) continue;
      const wanted = free ? tf.mul(gradient, free) : gradient;
      parameter.slot = optimizerStep(parameter.slot, variable, wanted, mask, optimizer);
      if (wanted !== gradient) wanted.dispose();
      parameter.loaded = undefined;
      quantizer?.observe(variable, mask);
    }
    for (const activation of this.#activations.values()) activation.update(gradients, optimizer);
  }

  /** The raw variable of a parameter; masked weights are 0. Never dispose it. */
  raw(name: string): tf.Variable {
    return this.#get(name).variable;
  }

  /** Names of the parameters that train, in node order. */
  trainableNames(): string[] {
    return [...this.#parameters.values()].filter((p) => p.trainable).map((p) => p.name);
  }

  /** Changes raw values on the device; masked weights stay 0. */
  change(name: string, to: (value: tf.Tensor) => tf.Tensor): void {
    const parameter = this.#get(name);
    const { variable, mask } = parameter;
    tf.tidy(() => {
      const next = to(variable);
      variable.assign(mask ? tf.mul(next, mask) : next);
    });
    parameter.loaded = undefined;
  }

  /**
   * Puts another snapshot in place. Parameters that keep name and shape keep their moments; those that surgery cut
   * (`kept`) have them cut alike; anything else starts afresh. Ranges of activations start frozen. What a backend keeps
   * for shapes that are gone is given back.
   */
  replace(snapshot: Snapshot, kept?: KeptSlices): void {
    const before = this.#parameters;
    const after = new Map<string, LiveParameter>();
    for (const { name, shape, role, frozen } of parametersOf(snapshot.network)) {
      const state = snapshot.states.get(name);
      const values = valuesOf(snapshot, name);
      const old = before.get(name);
      const sameShape = old !== undefined && old.variable.shape.join() === shape.join();
      let live: LiveParameter;
      if (old && sameShape) {
        live = old;
        live.trainable = live.variable.trainable = trainable(role) && !frozen;
        before.delete(name);
      } else {
        live = {
          name,
          trainable: trainable(role) && !frozen,
          variable: tf.tidy(() => tf.variable(tf.zeros([...shape]), trainable(role) && !frozen)),
          loaded: undefined,
          state: undefined,
          mask: undefined,
          free: undefined,
          quantizer: undefined,
          slot: old?.slot && kept?.has(name) ? cutSlot(old.slot, kept.get(name)!) : undefined,
        };
      }
      const previous = old?.quantizer;
      if (live !== old || !(previous ? previous.holds(state?.quantizer) : state?.quantizer === undefined)) {
        const slots = state?.quantizer && previous?.slotsFor(state.quantizer, old!.variable.shape, kept?.get(name));
        if (live === old) previous?.dispose();
        live.quantizer = state?.quantizer && new LiveQuantizer(state.quantizer, slots);
      }
      const maskChanged = live.state?.mask !== state?.mask;
      if (maskChanged) {
        live.mask?.dispose();
        live.mask = state?.mask && tf.tensor(Float32Array.from(state.mask), [...shape], "float32");
      }
      if (live.state?.fixed !== state?.fixed) {
        live.free?.dispose();
        live.free =
          state?.fixed &&
          tf.tensor(
            Float32Array.from(state.fixed, (held) => 1 - held),
            [...shape],
            "float32",
          );
        if (live.free && live.slot) holdSlot(live.slot, live.free);
      }
      if (live.loaded !== values || maskChanged) {
        tf.tidy(() => live.variable.assign(tf.tensor(applyMask(values, state?.mask).slice(), [...shape], "float32")));
        live.loaded = values;
      }
      live.state = state;
      after.set(name, live);
    }
    const reshaped = before.size > 0;
    for (const gone of before.values()) disposeParameter(gone);
    this.#parameters = after;
    this.#network = snapshot.network;
    this.#channels = snapshot.channels;
    this.#replaceActivations(snapshot.activations);
    if (reshaped) releaseUnusedMemory();
  }

  #replaceActivations(next: ReadonlyMap<string, ActivationQuantizer>): void {
    for (const [edge, live] of this.#activations) {
      if (live.exact && live.exact === next.get(edge)) continue;
      live.dispose();
      this.#activations.delete(edge);
    }
    for (const [edge, quantizer] of next) {
      if (!this.#activations.has(edge)) this.#activations.set(edge, new LiveActivation(quantizer));
    }
  }

  /** Reads everything back. Quantizer scales are those of the values as they are now. */
  async snapshot(): Promise<Snapshot> {
    const values = new Map<string, Float32Array>();
    const states = new Map<string, ParameterState>();
    const moved = [...this.#parameters.values()].filter(({ loaded }) => loaded === undefined);
    const quantizers = [...this.#parameters.values()].map(({ quantizer }) => quantizer?.movedTensors() ?? []);
    const read = await readTogether([...moved.map(({ variable }) => variable), ...quantizers.flat()]);
    moved.forEach((parameter, i) => (parameter.loaded = read[i]!));
    let at = moved.length;
    const trained = new Set(moved);
    for (const [i, parameter] of [...this.#parameters.values()].entries()) {
      const arrays = read.slice(at, (at += quantizers[i]!.length));
      const raw = parameter.loaded!;
      values.set(parameter.name, raw);
      const { state } = parameter;
      if (!state) continue;
      // Values that no step has moved keep what was derived from them as it came, bit for bit.
      const quantizer = parameter.quantizer?.readBack(arrays, trained.has(parameter) ? raw : undefined, state.mask);
      const current = quantizer === state.quantizer ? state : { ...state, quantizer };
      parameter.state = current;
      states.set(parameter.name, current);
    }
    const activations = new Map<string, ActivationQuantizer>();
    const numbers = await this.#readActivations();
    for (const [edge, live] of this.#activations) activations.set(edge, live.settle(numbers.get(edge)!));
    const channels = this.#channels;
    return { network: this.#network, values, states, activations, ...(channels ? { channels } : {}) };
  }

  /** Edge -> values of the variables of its quantizer. */
  async #readActivations(): Promise<Map<string, Float32Array[]>> {
    const variables = [...this.#activations].map(([edge, live]) => [edge, live.variables()] as const);
    const read = await readTogether(variables.flatMap(([, own]) => own));
    let at = 0;
    return new Map(variables.map(([edge, own]) => [edge, read.slice(at, (at += own.length))]));
  }

  /** What activation quantizers follow (ranges), as it is: a snapshot only keeps what it rounds to. */
  async ranges(): Promise<ActivationNumbers> {
    const read = await this.#readActivations();
    return Object.fromEntries([...read].map(([edge, arrays]) => [edge, arrays.flatMap((values) => [...values])]));
  }

  restoreRanges(ranges: ActivationNumbers): void {
    for (const [edge, numbers] of Object.entries(ranges)) this.#activations.get(edge)?.restore(numbers);
  }

  async optimizerState(): Promise<OptimizerState> {
    const slots = [...this.#parameters.values()].flatMap(({ name, slot }) => (slot ? [[name, slot] as const] : []));
    const state = new Map(await Promise.all(slots.map(async ([name, slot]) => [name, await readSlot(slot)] as const)));
    for (const { name, quantizer } of this.#parameters.values()) {
      for (const [array, slot] of (await quantizer?.slots()) ?? []) state.set(arraySlotName(name, array), slot);
    }
    for (const [edge, activation] of this.#activations) {
      for (const [name, slot] of await activation.slots()) state.set(activationSlotName(edge, name), slot);
    }
    return state;
  }

  restoreOptimizer(state: OptimizerState): void {
    for (const [name, slot] of state) {
      const parameter = this.#parameters.get(name);
      if (!parameter || !slotFits(slot, parameter.variable)) continue;
      disposeSlot(parameter.slot);
      parameter.slot = restoreSlot(slot, parameter.variable.shape);
    }
    for (const { name, quantizer } of this.#parameters.values()) {
      for (const { name: array } of quantizer ? arraysOf(quantizer.data) : []) {
        const slot = state.get(arraySlotName(name, array));
        if (slot) quantizer!.restoreSlot(array, slot);
      }
    }
    for (const [edge, activation] of this.#activations) {
      activation.restoreSlots((name) => state.get(activationSlotName(edge, name)));
    }
  }

  /** Forgets all moments: another network starts. */
  resetOptimizer(): void {
    for (const parameter of this.#parameters.values()) {
      disposeSlot(parameter.slot);
      parameter.slot = undefined;
      parameter.quantizer?.resetOptimizer();
    }
    for (const activation of this.#activations.values()) activation.resetOptimizer();
  }

  dispose(): void {
    for (const parameter of this.#parameters.values()) disposeParameter(parameter);
    for (const activation of this.#activations.values()) activation.dispose();
    this.#parameters.clear();
    this.#activations.clear();
  }

  #get(name: string): LiveParameter {
    const parameter = this.#parameters.get(name);
    if (!parameter) throw new RangeError(`expected a parameter of '${this.#network.name}', got '${name}'`);
    return parameter;
  }
}

const trainable = (role: ParameterRole) => role !== "movingMean" && role !== "movingVariance";

/** In optimizer states: `conv1/kernel#basis`. */
const arraySlotName = (parameter: string, array: string) => `${parameter}#${array}`;
/** `activation#conv1#basis`. */
const activationSlotName = (edge: string, name: string) => `activation#${edge}#${name}`;

function disposeParameter({ variable, mask, free, quantizer, slot }: LiveParameter): void {
  variable.dispose();
  mask?.dispose();
  free?.dispose();
  quantizer?.dispose();
  disposeSlot(slot);
}
