/** One class for each image: cross-entropy, top-1, top-5 and the confusion matrix. */
import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../backend/fused";
import { EngineError } from "../core/errors";
import type { LabelledImages } from "../datasets/source";
import { type EvaluateOptions, evaluateBatches, type InferenceModel } from "../training/evaluate";
import { classTargetsOf } from "./class-logits";
import type { Evaluation, Task } from "./task";

/** One-hot labels `[indices.length, classes]`. */
export function labelBatch(data: LabelledImages, indices: ArrayLike<number>, classes: number): tf.Tensor2D {
  const hot = new Float32Array(indices.length * classes);
  for (let b = 0; b < indices.length; b++) hot[b * classes + data.labels[indices[b]!]!] = 1;
  return tf.tensor2d(hot, [indices.length, classes]);
}

/** Classes in the order of their logits, largest first; ties go to the lower index. */
function rankOf(logits: Float32Array, from: number, classes: number, label: number): number {
  const own = logits[from + label]!;
  let rank = 0;
  for (let c = 0; c < classes; c++) {
    const other = logits[from + c]!;
    if (other > own || (other === own && c < label)) rank++;
  }
  return rank;
}

/** The class of the largest logit, the lower index of equal ones, and the cross-entropy of `label` in nats. */
export function classOf(
  logits: Float32Array,
  at: number,
  classes: number,
  label: number,
): { readonly best: number; readonly loss: number } {
  let best = 0;
  let max = logits[at]!;
  for (let c = 1; c < classes; c++) {
    if (logits[at + c]! > max) {
      max = logits[at + c]!;
      best = c;
    }
  }
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(logits[at + c]! - max);
  return { best, loss: max + Math.log(sum) - logits[at + label]! };
}

/** Scores of classification: accuracy and top-5 stand in fields of their own. */
export interface ClassEvaluation extends Evaluation {
  readonly accuracy: number;
  readonly top5: number;
}

export async function evaluate(
  model: InferenceModel,
  data: LabelledImages,
  options: EvaluateOptions = {},
): Promise<ClassEvaluation> {
  let correct = 0;
  let inTop5 = 0;
  let loss = 0;
  let confusion = new Uint32Array(0);
  const count = await evaluateBatches(model, data, options, (logits, shape, indices) => {
    const classes = shape[1]!;
    if (confusion.length === 0) confusion = new Uint32Array(classes * classes);
    for (let b = 0; b < indices.length; b++) {
      const label = data.labels[indices[b]!]!;
      const at = b * classes;
      const rank = rankOf(logits, at, classes, label);
      if (rank === 0) correct++;
      if (rank < 5) inTop5++;
      const found = classOf(logits, at, classes, label);
      loss += found.loss;
      confusion[label * classes + found.best]!++;
    }
  });
  // A logit that is not a number compares false with everything and would count as right.
  if (!Number.isFinite(loss)) {
    throw new EngineError("diverged", `expected finite logits, got a loss of ${loss} over ${count} images`);
  }
  return { images: count, accuracy: correct / count, top5: inTop5 / count, loss: loss / count, confusion };
}

export const classification = {
  id: "classification",
  lossName: "hard labels",
  targets: (data, indices, { classes }) => ({ oneHot: labelBatch(data, indices, classes.length) }),
  loss: (output, targets) => softmaxCrossEntropy(output as tf.Tensor2D, classTargetsOf(targets)),
  classLogits: (output) => output as tf.Tensor2D,
  evaluate,
} as const satisfies Task;
