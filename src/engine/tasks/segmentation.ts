/**
 * A class for each pixel: cross-entropy, a mean over pixels; mean intersection over union and pixel accuracy from one
 * confusion matrix over all pixels of all images.
 */
import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../backend/fused";
import { EngineError } from "../core/errors";
import type { LabelledImages } from "../datasets/source";
import { type EvaluateOptions, evaluateBatches, type InferenceModel } from "../training/evaluate";
import { classTargetsOf } from "./class-logits";
import { classOf } from "./classification";
import { classShares } from "./metrics/class-shares";
import type { Evaluation, Task } from "./task";

/** One-hot labels of all pixels, image by image `[indices.length * pixels, classes]`. */
function pixelBatch(data: LabelledImages, indices: ArrayLike<number>, classes: number): tf.Tensor2D {
  const pixels = data.labels.length / data.count;
  const hot = new Float32Array(indices.length * pixels * classes);
  for (let b = 0; b < indices.length; b++) {
    for (let p = 0; p < pixels; p++) {
      hot[(b * pixels + p) * classes + data.labels[indices[b]! * pixels + p]!] = 1;
    }
  }
  return tf.tensor2d(hot, [indices.length * pixels, classes]);
}

/**
 * @param confusion `[true class * classes + predicted class]` counts of pixels
 * @returns the mean of the classes' `hits / (true + predicted - hits)`, classes that neither occur nor are predicted left
 * out, and the share of pixels that are right
 */
export function segmentationFigures(confusion: ArrayLike<number>): {
  readonly miou: number;
  readonly pixelAccuracy: number;
} {
  const shares = classShares("miou", confusion).filter((share) => share !== null);
  const classes = Math.round(Math.sqrt(confusion.length));
  let hits = 0;
  let all = 0;
  for (let i = 0; i < confusion.length; i++) {
    all += confusion[i]!;
    if (i % (classes + 1) === 0) hits += confusion[i]!;
  }
  return { miou: shares.reduce((sum, share) => sum + share, 0) / shares.length, pixelAccuracy: hits / all };
}

async function evaluate(
  model: InferenceModel,
  data: LabelledImages,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const pixels = data.labels.length / data.count;
  let loss = 0;
  let confusion = new Uint32Array(0);
  const count = await evaluateBatches(model, data, options, (logits, shape, indices) => {
    const classes = shape.at(-1)!;
    if (confusion.length === 0) confusion = new Uint32Array(classes * classes);
    for (let b = 0; b < indices.length; b++) {
      for (let p = 0; p < pixels; p++) {
        const label = data.labels[indices[b]! * pixels + p]!;
        const found = classOf(logits, (b * pixels + p) * classes, classes, label);
        loss += found.loss;
        confusion[label * classes + found.best]!++;
      }
    }
  });
  if (!Number.isFinite(loss)) {
    throw new EngineError("diverged", `expected finite logits, got a loss of ${loss} over ${count} images`);
  }
  const metrics = segmentationFigures(confusion);
  return { images: count, metric: "miou", metrics, loss: loss / (count * pixels), confusion };
}

/** `[batch, height, width, classes]` as one row for each pixel. */
const pixelLogits = (output: tf.Tensor): tf.Tensor2D => tf.reshape(output, [-1, output.shape.at(-1)!]);

export const segmentation = {
  id: "segmentation",
  lossName: "hard labels",
  targets: (data, indices, { classes }) => ({ oneHot: pixelBatch(data, indices, classes.length) }),
  loss: (output, targets) => softmaxCrossEntropy(pixelLogits(output), classTargetsOf(targets)),
  classLogits: pixelLogits,
  evaluate,
} as const satisfies Task;
