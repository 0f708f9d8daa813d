/** Scoring a snapshot on labelled images: top-1, top-5, loss and the confusion matrix. */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter } from "../backend/read-together";
import { effectiveValues } from "../quantizers/effective";
import { EngineError } from "../core/errors";
import { parametersOf } from "../core/network";
import { type Snapshot, valuesOf } from "../core/snapshot";
import { imageBatch, type Normalization } from "./batches";
import type { LabelledImages } from "../datasets/source";
import { forward, type ForwardResult } from "./forward";
import { activationTransforms } from "./transforms";

/** One size everywhere, so that the same file gives the same figures whoever asks. */
export const evaluationBatchSize = 250;

/** A snapshot on the device for inference: effective weights, activation quantizers. Dispose it. */
export interface InferenceModel {
  /** Call inside a tidy. */
  predict(x: tf.Tensor, taps?: ReadonlySet<string>): ForwardResult;
  dispose(): void;
}

export function inferenceModel(snapshot: Snapshot): InferenceModel {
  const { network, activations } = snapshot;
  const tensors = new Map<string, tf.Tensor>();
  for (const { name, shape } of parametersOf(network)) {
    tensors.set(
      name,
      tf.tensor(effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)), [...shape], "float32"),
    );
  }
  const transforms = activationTransforms(activations);
  return {
    predict: (x, taps) => forward(network, (name) => tensors.get(name)!, x, { taps, ...transforms }),
    dispose: () => tf.dispose([...tensors.values()]),
  };
}

export interface Evaluation {
  readonly images: number;
  /** Fractions in [0, 1]. */
  readonly accuracy: number;
  readonly top5: number;
  /** Mean cross-entropy, nats. */
  readonly loss: number;
  /** `[true class * classes + predicted class]` counts. */
  readonly confusion: Uint32Array;
}

export interface EvaluateOptions {
  readonly normalization?: Normalization;
  /** How many of the images, from the first; all by default. */
  readonly count?: number;
  /** Called between batches; throws to stop. */
  readonly between?: () => Promise<void>;
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

export async function evaluate(
  model: InferenceModel,
  data: LabelledImages,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const count = Math.min(options.count ?? data.count, data.count);
  let correct = 0;
  let inTop5 = 0;
  let loss = 0;
  let confusion = new Uint32Array(0);
  for (let from = 0; from < count; from += evaluationBatchSize) {
    const indices = Uint32Array.from({ length: Math.min(evaluationBatchSize, count - from) }, (_, i) => from + i);
    const output = tf.tidy(
      () => model.predict(imageBatch(data, indices, options.normalization, evaluationBatchSize)).logits,
    );
    const classes = output.shape[1];
    const logits = (await disposedAfter(output, () => output.data())) as Float32Array;
    if (confusion.length === 0) confusion = new Uint32Array(classes * classes);
    for (let b = 0; b < indices.length; b++) {
      const label = data.labels[indices[b]!]!;
      const at = b * classes;
      const rank = rankOf(logits, at, classes, label);
      if (rank === 0) correct++;
      if (rank < 5) inTop5++;
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
      loss += max + Math.log(sum) - logits[at + label]!;
      confusion[label * classes + best]!++;
    }
    await options.between?.();
  }
  // A logit that is not a number compares false with everything and would count as right.
  if (!Number.isFinite(loss)) {
    throw new EngineError("diverged", `expected finite logits, got a loss of ${loss} over ${count} images`);
  }
  return { images: count, accuracy: correct / count, top5: inTop5 / count, loss: loss / count, confusion };
}
