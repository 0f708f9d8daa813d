/** A frozen network that teaches: inference mode, outside the tape. */
import * as tf from "@tensorflow/tfjs-core";
import type { Teacher } from "../blocks/block";
import type { Snapshot } from "../core/snapshot";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { imageBatch, type Normalization } from "./batches";
import type { LabelledImages } from "../datasets/source";
import { classLogitsOf } from "../tasks/class-logits";
import type { Task } from "../tasks/task";
import { evaluationBatchSize, inferenceModel } from "./evaluate";

export interface DisposableTeacher extends Teacher {
  dispose(): void;
}

export interface TeacherOptions {
  readonly task: Task;
  readonly normalization?: Normalization;
  /** Images of `data`, from the first, that will be asked for. */
  readonly count: number;
  /** How many logits will be asked for in all: with at least `count` of them they are all computed beforehand. */
  readonly expected: number;
  /** Called between batches of that computation; throws to stop. */
  readonly between?: () => Promise<void>;
}

/**
 * There is no augmentation, so the logits of an image with a key never change: where every image is seen about once or
 * more, they are computed once, in batches of one size, and looked up afterwards. Which of the two happens follows from the document
 * alone, so a resumed run is taught by the same numbers.
 */
export async function createTeacher(
  snapshot: Snapshot,
  data: LabelledImages,
  options: TeacherOptions,
): Promise<DisposableTeacher> {
  const { task, normalization, count, expected, between } = options;
  const model = inferenceModel(foldBatchNorm(snapshot));
  const computed = (x: tf.Tensor) => tf.tidy(() => classLogitsOf(task, model.predict(x).output));
  if (expected < count) {
    return { logits: (_, x) => computed(x), dispose: () => model.dispose() };
  }
  const parts: tf.Tensor[] = [];
  try {
    for (let from = 0; from < count; from += evaluationBatchSize) {
      const indices = Uint32Array.from({ length: Math.min(evaluationBatchSize, count - from) }, (_, i) => from + i);
      parts.push(tf.tidy(() => model.predict(imageBatch(data, indices, normalization, evaluationBatchSize)).output));
      await between?.();
    }
    const table = tf.tidy(() => tf.concat(parts, 0));
    return {
      logits: (keys, x) =>
        keys
          ? tf.tidy(() => classLogitsOf(task, tf.gather(table, tf.tensor1d(Int32Array.from(keys), "int32"))))
          : computed(x),
      dispose() {
        table.dispose();
        model.dispose();
      },
    };
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    tf.dispose(parts);
  }
}
