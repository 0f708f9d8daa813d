/**
 * One optimizer step: forward with batch statistics, the weighted sum of losses, gradients, update. The only place that
 * calls backward.
 */
import * as tf from "@tensorflow/tfjs-core";
import { classLogitsOf } from "../tasks/class-logits";
import type { Targets, Task } from "../tasks/task";
import { forward, type ForwardOptions, type LayerCall, type StatisticsMode } from "./forward";
import { heldBy } from "./held";
import type { LearnedTensors } from "./learned-tensors";
import type { LiveModel } from "./live-model";
import type { OptimizerSettings } from "./optimizer";

export interface Batch {
  /** Optimizer steps since the document's start. */
  readonly step: number;
  /** Places of the examples among the document's training examples; absent for examples that are made up. */
  readonly keys?: Uint32Array;
  /** `[batch, ...shape]` */
  readonly x: tf.Tensor;
  /** What the task trains towards; absent for examples without labels: then the task's own loss is 0. */
  readonly targets?: Targets;
}

export interface BatchOutput extends Batch {
  /** `[batch, ...output shape]` */
  readonly output: tf.Tensor;
  /** The output as rows of class logits. @throws EngineError `invalid-params` for a task without classes */
  readonly logits: tf.Tensor2D;
  readonly taps: ReadonlyMap<string, tf.Tensor>;
  /** Raw value of a parameter, for a term on the weights themselves: its gradient reaches the optimizer. */
  parameter(name: string): tf.Tensor;
}

/** Gradients on their way to the optimizer. */
export interface ParameterUpdates {
  /** Parameters that train, in node order. */
  readonly names: readonly string[];
  /** What makes the update of them. */
  readonly optimizer: OptimizerSettings;
  /** Raw value before the step; never dispose it. */
  value(name: string): tf.Tensor;
  /** Absent where no loss depends on the parameter. Not the caller's to dispose. */
  gradient(name: string): tf.Tensor | undefined;
  /** Puts another gradient of that shape in its place, computed in a tidy. */
  replace(name: string, change: (gradient: tf.Tensor) => tf.Tensor): void;
}

/** What a clip changes inside the tape, and what it learns beside the network. */
export interface ForwardHooks {
  /** Of a raw value, masked, before its quantizer. */
  readonly latent?: (name: string, value: tf.Tensor) => tf.Tensor;
  /** Of an effective value. */
  readonly parameter?: (name: string, value: tf.Tensor) => tf.Tensor;
  readonly layer?: ForwardOptions["layer"];
  readonly output?: (nodeId: string, value: tf.Tensor) => tf.Tensor;
  /** False of a parameter that stays as it is in this step. It trains where every clip lets it. */
  readonly trains?: (name: string) => boolean;
  readonly statistics?: StatisticsMode;
  readonly learned?: LearnedTensors;
}

/** A term of the loss of one step. */
export interface StepTerm {
  /** Names it among the losses. */
  readonly name: string;
  /**
   * Share of the supervision it takes over from the task's own loss, in [0, 1]: that keeps `max(0, 1 - sum of shares)`.
   * 0 for a regularizer.
   */
  readonly share: number;
  /** Nodes of the student whose outputs `compute` reads. */
  readonly taps?: readonly string[];
  /** Runs before the tape opens: a teacher's outputs. The step disposes what it returns. */
  prepare?(batch: Batch): tf.Tensor[];
  /** The term, already multiplied by its share or weight. Inside the tape. */
  compute(output: BatchOutput, prepared: readonly tf.Tensor[]): tf.Scalar;
}

export interface StepRequest {
  readonly task: Task;
  readonly batch: Batch;
  readonly terms: readonly StepTerm[];
  readonly optimizer: OptimizerSettings;
  /** Seeds dropout. */
  readonly noiseSeed: number;
  /** Of the clips at work, in the order of their beginning. */
  readonly hooks?: readonly ForwardHooks[];
  readonly beforeUpdate?: (updates: ParameterUpdates) => void;
}

/** The loss and its parts as scalars on the device, the task's first, then the terms in order; the caller disposes them. */
export interface StepLosses {
  readonly total: tf.Scalar;
  readonly parts: readonly tf.Scalar[];
}

/** Weight of the task's own loss beside these terms. */
export const ownLossWeight = (terms: readonly StepTerm[]): number =>
  Math.max(0, 1 - terms.reduce((sum, t) => sum + t.share, 0));

/** Disposes what it holds should a term throw; of a term that throws inside the tape tfjs itself leaves what it saved. */
export function trainStep(model: LiveModel, request: StepRequest): StepLosses {
  const { task, batch, terms, optimizer, noiseSeed, beforeUpdate, hooks = [] } = request;
  const weight = ownLossWeight(terms);
  const taps = new Set(terms.flatMap((t) => t.taps ?? []));
  const prepared: tf.Tensor[][] = [];
  const statistics: { nodeId: string; mean: tf.Tensor; variance: tf.Tensor }[] = [];
  const parts: tf.Scalar[] = [];
  let found: { readonly value: tf.Scalar; readonly grads: tf.NamedTensorMap } | undefined;
  try {
    for (const term of terms) prepared.push(term.prepare?.(batch) ?? []);
    const held = heldBy(model, hooks);
    const variables = [
      ...model.trainables(held.trains, held.rangeFollows),
      ...hooks.flatMap(({ learned }) => learned?.trainables() ?? []),
    ];
    found = valueAndGradients(variables, () => {
      const output = forward(model.network, effectiveThrough(model, hooks, noiseSeed), batch.x, {
        training: true,
        noiseSeed,
        taps,
        statistics: held.statistics,
        layer: layerThrough(hooks),
        transformActivation: (id, x) =>
          hooks.reduce(
            (value, hook) => hook.output?.(id, value) ?? value,
            model.transformActivation(id, x, held.rangeFollows(id)),
          ),
        transformInput: (edge, x) => model.transformActivation(edge, x, held.rangeFollows(edge)),
        onBatchStatistics: (nodeId, mean, variance) =>
          statistics.push({ nodeId, mean: tf.keep(mean), variance: tf.keep(variance) }),
      });
      const full: BatchOutput = {
        ...batch,
        ...output,
        get logits() {
          return classLogitsOf(task, output.output);
        },
        parameter: (name) => model.raw(name),
      };
      const hard = batch.targets
        ? (tf.mul(task.loss(output.output, batch.targets), weight) as tf.Scalar)
        : tf.scalar(0);
      const all = [hard, ...terms.map((t, i) => t.compute(full, prepared[i]!))];
      for (const part of all) parts.push(tf.keep(tf.clone(part)));
      return all.slice(1).reduce<tf.Scalar>((sum, part) => tf.add(sum, part), hard);
    });
    const { value, grads } = found;
    beforeUpdate?.(updatesOf(model, grads, optimizer, held.trains));
    model.update(grads, optimizer);
    for (const { learned } of hooks) learned?.update(grads, optimizer);
    tf.dispose(grads);
    for (const { nodeId, mean, variance } of statistics) model.updateBatchStatistics(nodeId, mean, variance);
    return { total: value, parts };
  } catch (error) {
    tf.dispose([parts, found?.value, found?.grads]);
    throw error;
  } finally {
    tf.dispose([...prepared.flat(), ...statistics.flatMap(({ mean, variance }) => [mean, variance])]);
  }
}

/** The loss and the gradients of it in the variables by their names; none where nothing trains. */
function valueAndGradients(
  variables: tf.Variable[],
  loss: () => tf.Scalar,
): { readonly value: tf.Scalar; readonly grads: tf.NamedTensorMap } {
  return variables.length > 0 ? tf.variableGrads(loss, variables) : { value: tf.tidy(loss), grads: {} };
}

/** Effective values through the hooks. */
function effectiveThrough(
  model: LiveModel,
  hooks: readonly ForwardHooks[],
  noiseSeed: number,
): (name: string) => tf.Tensor {
  const latents = hooks.flatMap(({ latent }) => latent ?? []);
  const effectives = hooks.flatMap(({ parameter }) => parameter ?? []);
  if (latents.length + effectives.length === 0) return (name) => model.effective(name, noiseSeed);
  return (name) => {
    const latent =
      latents.length > 0 ? (raw: tf.Tensor) => latents.reduce((value, hook) => hook(name, value), raw) : undefined;
    return effectives.reduce((value, hook) => hook(name, value), model.effective(name, noiseSeed, latent));
  };
}

/** The first clip that computes a node itself does; the others see it as the node's computation. */
function layerThrough(hooks: readonly ForwardHooks[]): ForwardOptions["layer"] {
  const layers = hooks.flatMap(({ layer }) => layer ?? []);
  if (layers.length === 0) return undefined;
  return (node, call) => {
    let value: tf.Tensor | undefined;
    for (const layer of layers) {
      const inner = value;
      const compute: LayerCall["compute"] = (inputs, parameter) =>
        inner && !inputs && !parameter ? inner : call.compute(inputs, parameter);
      value = layer(node, { ...call, compute }) ?? value;
    }
    return value;
  };
}

function updatesOf(
  model: LiveModel,
  gradients: Record<string, tf.Tensor>,
  optimizer: OptimizerSettings,
  trains: (name: string) => boolean,
): ParameterUpdates {
  return {
    optimizer,
    names: model.trainableNames().filter(trains),
    value: (name) => model.raw(name),
    gradient: (name) => gradients[model.raw(name).name],
    replace(name, change) {
      const key = model.raw(name).name;
      const before = gradients[key];
      if (!before) return;
      const after = tf.tidy(() => change(before));
      if (after === before) return;
      gradients[key] = after;
      before.dispose();
    },
  };
}
