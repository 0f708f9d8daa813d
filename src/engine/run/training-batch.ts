/** A step's batch of the document's own training images. */
import * as tf from "@tensorflow/tfjs-core";
import { imageBatch } from "../training/batches";
import type { Batch } from "../training/step";
import type { RunData } from "./services";

/** What `use` makes of the batch; its tensors are disposed afterwards. @param step on the timeline @param keys of the images */
export function withTrainingBatch<T>(data: RunData, step: number, keys: Uint32Array, use: (batch: Batch) => T): T {
  const x = imageBatch(data.train, keys, data.normalization);
  const targets = data.task.targets(data.train, keys, data.info);
  try {
    return use({ step, keys, x, targets });
  } finally {
    tf.dispose([x, targets]);
  }
}
