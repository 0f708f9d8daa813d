/** Passes over training images that hand a logit back through the network, in inference mode. */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter } from "../backend/read-together";
import type { OutputBatch, RelevanceOptions } from "../blocks/block";
import type { Snapshot } from "../core/snapshot";
import { classLogitsOf, classTargetsOf } from "../tasks/class-logits";
import { imageBatch } from "../training/batches";
import { relevances } from "../training/relevance";
import { activationTransforms } from "../training/transforms";
import { batchesOf, outputBatchSize, parameterTensors, read, type VisitedImages } from "./visits";

/** Relevances in place of outputs, as `visitOutputs` gives those. */
export async function visitRelevances(
  snapshot: Snapshot,
  nodeIds: readonly string[],
  { images, start, ...rule }: RelevanceOptions,
  source: VisitedImages,
  visit: (batch: OutputBatch) => void,
): Promise<void> {
  const tensors = parameterTensors(snapshot);
  try {
    for (const indices of batchesOf(Math.min(images, source.count), outputBatchSize)) {
      const found = tf.tidy(() => {
        const x = imageBatch(source.images, indices, source.normalization);
        const chosen = (logits: tf.Tensor2D) =>
          start === "label"
            ? classTargetsOf(source.task.targets(source.images, indices, source.info))
            : tf.cast(tf.oneHot(tf.argMax(logits, 1) as tf.Tensor1D, logits.shape[1]), "float32");
        return Object.fromEntries(
          relevances(snapshot.network, (name) => tensors.get(name)!, x, {
            ...rule,
            nodeIds,
            start(output) {
              const logits = classLogitsOf(source.task, output);
              return tf.reshape(tf.mul(logits, chosen(logits)), output.shape);
            },
            ...activationTransforms(snapshot.activations),
          }),
        );
      });
      await disposedAfter(found, async () => {
        for (const nodeId of nodeIds) {
          const relevance = found[nodeId]!;
          visit({ nodeId, shape: relevance.shape, values: await read(relevance), firstImage: indices[0]! });
        }
      });
      await source.between();
    }
  } finally {
    tf.dispose([...tensors.values()]);
  }
}
