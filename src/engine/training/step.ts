/**
 * One optimizer step: forward with batch statistics, the weighted sum of losses, gradients, update. The only place that
 * calls backward.
 */
import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../backend/fused";
import { forward } from "./forward";
import type { LiveModel, OptimizerSettings } from "./live-model";

export interface Batch {
  /** Optimizer steps since the document's start. */
  readonly step: number;
  /** Places of the images in the document's training images. */
  readonly indices: Uint32Array;
  /** `[batch, ...shape]` */
  readonly x: tf.Tensor;
  /** `[batch, classes]` */
  readonly oneHot: tf.Tensor2D;
}

export interface BatchOutput extends Batch {
  readonly logits: tf.Tensor2D;
  readonly taps: ReadonlyMap<string, tf.Tensor>;
}

/** A term that a clip adds to the loss. */
export interface LossTerm {
  /** Names it in the loss chart. */
  readonly name: string;
  /**
   * Share of the supervision it takes over from hard labels, in [0, 1]: cross-entropy keeps `max(0, 1 - sum of shares)`.
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
  readonly batch: Batch;
  readonly terms: readonly LossTerm[];
  readonly optimizer: OptimizerSettings;
  /** Seeds dropout. */
  readonly noiseSeed: number;
  readonly beforeUpdate?: (gradients: Record<string, tf.Tensor>) => void;
}

/** The loss and its parts as scalars on the device, hard labels first, then the terms in order; the caller disposes them. */
export interface StepLosses {
  readonly total: tf.Scalar;
  readonly parts: readonly tf.Scalar[];
}

/** Weight of the hard-label cross-entropy beside these terms. */
export const hardLabelWeight = (terms: readonly LossTerm[]): number =>
  Math.max(0, 1 - terms.reduce((sum, t) => sum + t.share, 0));

/** Disposes what it holds should a term throw; of a term that throws inside the tape tfjs itself leaves what it saved. */
export function trainStep(model: LiveModel, request: StepRequest): StepLosses {
  const { batch, terms, optimizer, noiseSeed, beforeUpdate } = request;
  const weight = hardLabelWeight(terms);
  const taps = new Set(terms.flatMap((t) => t.taps ?? []));
  const prepared: tf.Tensor[][] = [];
  const statistics: { nodeId: string; mean: tf.Tensor; variance: tf.Tensor }[] = [];
  const parts: tf.Scalar[] = [];
  try {
    for (const term of terms) prepared.push(term.prepare?.(batch) ?? []);
    const { value, grads } = tf.variableGrads(() => {
      const output = forward(model.network, model.effective, batch.x, {
        training: true,
        noiseSeed,
        taps,
        transformActivation: (id, x) => model.transformActivation(id, x, true),
        onBatchStatistics: (nodeId, mean, variance) =>
          statistics.push({ nodeId, mean: tf.keep(mean), variance: tf.keep(variance) }),
      });
      const full: BatchOutput = { ...batch, ...output };
      const hard = tf.mul(softmaxCrossEntropy(output.logits, batch.oneHot), weight) as tf.Scalar;
      const all = [hard, ...terms.map((t, i) => t.compute(full, prepared[i]!))];
      for (const part of all) parts.push(tf.keep(tf.clone(part)));
      return all.slice(1).reduce<tf.Scalar>((sum, part) => tf.add(sum, part), hard);
    }, model.trainables());
    beforeUpdate?.(grads);
    model.update(grads, optimizer);
    tf.dispose(grads);
    for (const { nodeId, mean, variance } of statistics) model.updateBatchStatistics(nodeId, mean, variance);
    return { total: value, parts };
  } catch (error) {
    tf.dispose(parts);
    throw error;
  } finally {
    tf.dispose([...prepared.flat(), ...statistics.flatMap(({ mean, variance }) => [mean, variance])]);
  }
}
