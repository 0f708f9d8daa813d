/** Passes over training images on which pruning criteria are computed: outputs, and gradients, in inference mode. */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter, readTogether } from "../backend/read-together";
import type { GradientOptions, OutputBatch, OutputGradientBatch, OutputGradientOptions } from "../blocks/block";
import { effectiveValues } from "../quantizers/effective";
import { parametersOf } from "../core/network";
import { type ActivationQuantizer, type Snapshot, valuesOf } from "../core/snapshot";
import type { LabelledImages } from "../datasets/source";
import { classLogitsOf, classTargetsOf } from "../tasks/class-logits";
import type { Task, TaskData } from "../tasks/task";
import { imageBatch, type Normalization } from "../training/batches";
import { inferenceModel } from "../training/evaluate";
import { forward } from "../training/forward";
import { activationTransforms, quantizeActivation } from "../training/transforms";

/** What the passes read; `count` is how many images the clip may use. */
export interface VisitedImages {
  readonly images: LabelledImages;
  readonly normalization: Normalization | undefined;
  readonly task: Task;
  readonly info: TaskData;
  readonly count: number;
  /** Between batches; throws to stop. */
  readonly between: () => Promise<void>;
}

/** Images of one pass without gradients. */
export const outputBatchSize = 64;

/** Places of consecutive batches. */
export function* batchesOf(count: number, batchSize: number): Generator<Uint32Array> {
  for (let from = 0; from < count; from += batchSize) {
    yield Uint32Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => from + i);
  }
}

/** Values read back, the caller's to keep. */
export const read = async (tensor: tf.Tensor): Promise<Float32Array> => ((await tensor.data()) as Float32Array).slice();

export async function visitOutputs(
  snapshot: Snapshot,
  nodeIds: readonly string[],
  images: number,
  source: VisitedImages,
  visit: (batch: OutputBatch) => void,
): Promise<void> {
  const model = inferenceModel(snapshot);
  try {
    for (const indices of batchesOf(Math.min(images, source.count), outputBatchSize)) {
      const taps = tf.tidy(() => {
        const x = imageBatch(source.images, indices, source.normalization);
        return Object.fromEntries(model.predict(x, new Set(nodeIds)).taps);
      });
      await disposedAfter(taps, async () => {
        for (const nodeId of nodeIds) {
          const tap = taps[nodeId]!;
          visit({ nodeId, shape: tap.shape, values: await read(tap), firstImage: indices[0]! });
        }
      });
      await source.between();
    }
  } finally {
    model.dispose();
  }
}

/** Effective values of all parameters on the device, by name. Dispose them. */
export function parameterTensors(snapshot: Snapshot): Map<string, tf.Tensor> {
  return new Map(
    parametersOf(snapshot.network).map(({ name, shape }) => [
      name,
      tf.tensor(effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)), [...shape], "float32"),
    ]),
  );
}

/** Activation quantizers in a gradient: their values, straight through. */
function straightThroughQuantizer(value: tf.Tensor, quantizer: ActivationQuantizer): tf.Tensor {
  const straightThrough = tf.customGrad((x) => ({
    value: quantizeActivation(x as tf.Tensor, quantizer),
    gradFunc: (dy) => dy as tf.Tensor,
  }));
  return straightThrough(value);
}

export async function visitGradients(
  snapshot: Snapshot,
  { images, batchSize }: GradientOptions,
  source: VisitedImages,
  visit: (gradients: ReadonlyMap<string, Float32Array>, images: number) => void,
): Promise<void> {
  const tensors = parameterTensors(snapshot);
  const names = parametersOf(snapshot.network)
    .filter(({ role }) => role !== "movingMean" && role !== "movingVariance")
    .map(({ name }) => name);
  try {
    for (const indices of batchesOf(Math.min(images, source.count), batchSize)) {
      const gradients = tf.tidy(() => {
        const x = imageBatch(source.images, indices, source.normalization);
        const targets = source.task.targets(source.images, indices, source.info);
        const loss = (...trained: tf.Tensor[]) => {
          const own = new Map(names.map((name, i) => [name, trained[i]!]));
          const { output } = forward(snapshot.network, (name) => own.get(name) ?? tensors.get(name)!, x, {
            fuse: false,
            ...activationTransforms(snapshot.activations, straightThroughQuantizer),
          });
          return source.task.loss(output, targets);
        };
        return tf.grads(loss)(names.map((name) => tensors.get(name)!));
      });
      const arrays = await disposedAfter(gradients, () => readTogether(gradients));
      visit(new Map(names.map((name, i) => [name, arrays[i]!])), indices.length);
      await source.between();
    }
  } finally {
    tf.dispose([...tensors.values()]);
  }
}

export async function visitOutputGradients(
  snapshot: Snapshot,
  nodeIds: readonly string[],
  { images, batchSize, of }: OutputGradientOptions,
  source: VisitedImages,
  visit: (batch: OutputGradientBatch) => void,
): Promise<void> {
  const tensors = parameterTensors(snapshot);
  const wanted = new Set(nodeIds);
  try {
    for (const indices of batchesOf(Math.min(images, source.count), batchSize)) {
      const kept: tf.Tensor[] = [];
      await disposedAfter(kept, async () => {
        const outputs = new Map<string, tf.Tensor>();
        const gradients = new Map<string, tf.Tensor>();
        const keep = (value: tf.Tensor): tf.Tensor => {
          const own = tf.keep(tf.clone(value));
          kept.push(own);
          return own;
        };
        tf.tidy(() => {
          const x = imageBatch(source.images, indices, source.normalization);
          const targets = source.task.targets(source.images, indices, source.info);
          const objective = (input: tf.Tensor) => {
            const quantized = activationTransforms(snapshot.activations, straightThroughQuantizer);
            const { output: result } = forward(snapshot.network, (name) => tensors.get(name)!, input, {
              fuse: false,
              transformInput: quantized.transformInput,
              transformActivation(id, value) {
                const output = quantized.transformActivation?.(id, value) ?? value;
                if (!wanted.has(id)) return output;
                // The identity, which sees the gradient on its way back.
                const watched = tf.customGrad((y) => ({
                  value: tf.clone(y as tf.Tensor),
                  gradFunc(dy) {
                    gradients.set(id, keep(dy as tf.Tensor));
                    return dy as tf.Tensor;
                  },
                }));
                outputs.set(id, keep(output));
                return watched(output);
              },
            });
            if (of === "loss") return source.task.loss(result, targets);
            return tf.sum(tf.mul(classLogitsOf(source.task, result), classTargetsOf(targets))) as tf.Scalar;
          };
          // The gradient in the images: the tape runs through every node between them and the logits.
          tf.grad(objective)(x);
        });
        for (const nodeId of nodeIds) {
          const output = outputs.get(nodeId)!;
          const values = await read(output);
          const gradient = gradients.get(nodeId);
          visit({
            nodeId,
            shape: output.shape,
            values,
            firstImage: indices[0]!,
            gradients: gradient ? await read(gradient) : new Float32Array(values.length),
          });
        }
      });
      await source.between();
    }
  } finally {
    tf.dispose([...tensors.values()]);
  }
}
