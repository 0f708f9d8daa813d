/** A frozen network that teaches: inference mode, outside the tape. */
import * as tf from "@tensorflow/tfjs-core";
import type { Teacher } from "../blocks/block";
import type { Snapshot } from "../core/snapshot";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { imageBatch, type Normalization } from "./batches";
import type { LabelledImages } from "../datasets/source";
import { evaluationBatchSize, inferenceModel } from "./evaluate";

export interface DisposableTeacher extends Teacher {
  dispose(): void;
}

export interface TeacherOptions {
  readonly normalization?: Normalization;
  /** Images of `data`, from the first, that will be asked for. */
  readonly count: number;
  /** How many logits will be asked for in all: with at least `count` of them they are all computed beforehand. */
  readonly expected: number;
  /** Called between batches of that computation; throws to stop. */
  readonly between?: () => Promise<void>;
}

/**
 * There is no augmentation, so an image's logits never change: where every image is seen about once or more, they are
 * computed once, in batches of one size, and looked up afterwards. Which of the two happens follows from the document
 * alone, so a resumed run is taught by the same numbers.
 */
export async function createTeacher(
  snapshot: Snapshot,
  data: LabelledImages,
  options: TeacherOptions,
): Promise<DisposableTeacher> {
  const { normalization, count, expected, between } = options;
  const model = inferenceModel(foldBatchNorm(snapshot));
  if (expected < count) {
    return { logits: (_, x) => tf.tidy(() => model.predict(x).logits), dispose: () => model.dispose() };
  }
  const parts: tf.Tensor2D[] = [];
  try {
    for (let from = 0; from < count; from += evaluationBatchSize) {
      const indices = Uint32Array.from({ length: Math.min(evaluationBatchSize, count - from) }, (_, i) => from + i);
      parts.push(tf.tidy(() => model.predict(imageBatch(data, indices, normalization, evaluationBatchSize)).logits));
      await between?.();
    }
    const table = tf.tidy(() => tf.concat(parts, 0));
    return {
      logits: (indices) => tf.tidy(() => tf.gather(table, tf.tensor1d(Int32Array.from(indices), "int32"))),
      dispose: () => table.dispose(),
    };
  } finally {
    tf.dispose(parts);
    model.dispose();
  }
}
