/** One network at work on made-up 28 x 28 images: training steps and inference, timed. */
import * as tf from "@tensorflow/tfjs-core";
import { type Network, parametersOf, sizeOfShape } from "#engine/core/network";
import { plainSnapshot } from "#engine/core/snapshot";
import { foldBatchNorm } from "#engine/surgery/fold-batch-norm";
import { inferenceModel } from "#engine/training/evaluate";
import { LiveModel } from "#engine/training/live-model";
import { classification } from "#engine/tasks/classification";
import { trainStep } from "#engine/training/step";
import { initializeValues } from "#engine/zoo/initialize";
import { median } from "./benchmark";

const classes = 10;

/** A step that can be repeated; dispose what it works on when done. */
export interface Workload {
  step(): Promise<void>;
  dispose(): void;
}

const made = (network: Network) => plainSnapshot(network, initializeValues(network, 1));
const images = (batch: number) => tf.randomUniform([batch, 28, 28, 1], 0, 1, "float32", 1);

/** What an optimizer moves: of batch normalization gamma and beta, not the running statistics. */
export const trainableCount = (network: Network): number =>
  parametersOf(network)
    .filter(({ role }) => role !== "movingMean" && role !== "movingVariance")
    .reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);

/** Forward, cross-entropy, backward, Adam, and the loss read back. */
export function training(network: Network, batch: number): Workload {
  const model = new LiveModel(made(network));
  const x = images(batch);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % classes);
  const oneHot = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32")) as tf.Tensor2D;
  const keys = new Uint32Array(batch);
  let step = 0;
  return {
    async step() {
      const { total, parts } = trainStep(model, {
        task: classification,
        batch: { step, keys, x, targets: { oneHot } },
        terms: [],
        optimizer: { kind: "adam", learningRate: 0.001, momentum: 0.9 },
        noiseSeed: step++,
      });
      await total.data();
      tf.dispose([total, ...parts]);
    },
    dispose() {
      model.dispose();
      tf.dispose([x, oneHot]);
    },
  };
}

/** As a file is scored: batch normalization folded, activations fused, the output read back. */
export function inference(network: Network, batch: number): Workload {
  const model = inferenceModel(foldBatchNorm(made(network)));
  const x = images(batch);
  return {
    async step() {
      const output = tf.tidy(() => model.predict(x).output);
      await output.data();
      output.dispose();
    },
    dispose() {
      model.dispose();
      x.dispose();
    },
  };
}

/**
 * Milliseconds of a step: the median of as many as fit into `seconds`, but of three at least. Up to three steps before
 * do not count; one that is longer than `seconds` is warm-up enough, and one of more than ten times that says it all.
 */
export async function millisecondsOf({ step }: Pick<Workload, "step">, seconds: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < 3 && performance.now() - start <= 1000 * seconds; i++) await step();
  const times: number[] = [];
  for (const end = performance.now() + 1000 * seconds; times.length < 3 || performance.now() < end;) {
    const from = performance.now();
    await step();
    times.push(performance.now() - from);
  }
  return median(times);
}

/** Times a workload and disposes it. */
export async function measured(workload: Workload, seconds: number): Promise<number> {
  try {
    return await millisecondsOf(workload, seconds);
  } finally {
    workload.dispose();
  }
}
