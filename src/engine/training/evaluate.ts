/** A snapshot on the device for inference, and running it over examples; what comes of it is scored by the task. */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter } from "../backend/read-together";
import { effectiveValues } from "../quantizers/effective";
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

export interface EvaluateOptions {
  readonly normalization?: Normalization;
  /** How many of the images, from the first; all by default. */
  readonly count?: number;
  /** Called between batches; throws to stop. */
  readonly between?: () => Promise<void>;
}

/**
 * Runs a network over examples in batches of one size, the last filled up with zeros; outputs are read back whole.
 * @param visit of each batch: the output's values and shape, the filled places included, and the examples that count
 * @returns how many examples were run
 */
export async function evaluateBatches(
  model: InferenceModel,
  data: LabelledImages,
  { normalization, count: wanted = data.count, between }: EvaluateOptions,
  visit: (output: Float32Array, shape: readonly number[], indices: Uint32Array) => void,
): Promise<number> {
  const count = Math.min(wanted, data.count);
  for (let from = 0; from < count; from += evaluationBatchSize) {
    const indices = Uint32Array.from({ length: Math.min(evaluationBatchSize, count - from) }, (_, i) => from + i);
    const output = tf.tidy(() => model.predict(imageBatch(data, indices, normalization, evaluationBatchSize)).output);
    const values = (await disposedAfter(output, () => output.data())) as Float32Array;
    visit(values, output.shape, indices);
    await between?.();
  }
  return count;
}
