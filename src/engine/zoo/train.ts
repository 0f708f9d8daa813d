/**
 * Training a zoo network from scratch: the loop behind `npm run zoo:train`. Resumable at any step that it yields at,
 * and the same weights come out whether or not it was interrupted.
 */
import * as tf from "@tensorflow/tfjs-core";
import { EngineError } from "../core/errors";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { pack, unpack } from "../core/tensor-pack";
import { createBatchOrder, imageBatch } from "../training/batches";
import type { LabelledImages } from "../datasets/source";
import { learningRateFactor } from "../document/learning-rate";
import { LiveModel } from "../training/live-model";
import { packState, unpackState } from "../training/live-state";
import { trainStep } from "../training/step";
import type { Task, TaskData } from "../tasks/task";
import type { BuildId } from "./build-ids";
import { builders } from "./builders";
import { initializeValues } from "./initialize";

/** How a zoo network is made; stored beside its weights. */
export interface ZooTraining {
  readonly build: BuildId;
  readonly dataset: string;
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Peak of Adam's learning rate; cosine to 5 % over all steps. */
  readonly learningRate: number;
}

export interface ZooProgress {
  readonly step: number;
  readonly steps: number;
  /** Mean training loss since the last report. */
  readonly loss: number;
  snapshot(): Promise<Snapshot>;
  /** Bytes that `trainZooNetwork` resumes from. */
  checkpoint(): Promise<Uint8Array>;
}

export const zooTrainingSteps = ({ epochs, batchSize }: ZooTraining, images: number): number =>
  Math.round((epochs * images) / batchSize);

/** Reports every `reportEvery` steps and after the last one. @throws EngineError `diverged` */
export async function* trainZooNetwork(
  training: ZooTraining,
  data: LabelledImages,
  task: Task,
  info: TaskData,
  options: { readonly reportEvery: number; readonly resume?: Uint8Array },
): AsyncGenerator<ZooProgress> {
  const { build, seed, batchSize, learningRate } = training;
  const steps = zooTrainingSteps(training, data.count);
  const network = builders[build](data.shape, info.classes.length);
  const resumed = options.resume && unpack(options.resume);
  const state = resumed && unpackState(resumed);
  const model = new LiveModel(state?.snapshot ?? plainSnapshot(network, initializeValues(network, seed)));
  if (state) model.restoreOptimizer(state.optimizer);
  const order = createBatchOrder(seed, batchSize);
  try {
    let losses: tf.Scalar[] = [];
    for (let step = resumed ? (resumed.json as { step: number }).step : 0; step < steps; step++) {
      const keys = order.at(step, data.count);
      const x = imageBatch(data, keys);
      const targets = task.targets(data, keys, info);
      const { total, parts } = trainStep(model, {
        task,
        batch: { step, keys, x, targets },
        terms: [],
        optimizer: {
          kind: "adam",
          learningRate: learningRate * learningRateFactor("cosine", step / steps),
          momentum: 0,
        },
        noiseSeed: step,
      });
      tf.dispose([x, targets, ...parts]);
      losses.push(total);
      const done = step + 1;
      if (done % options.reportEvery !== 0 && done !== steps) continue;
      const mean = tf.tidy(() => tf.mean(tf.stack(losses)));
      const loss = (await mean.data())[0]!;
      tf.dispose([mean, ...losses]);
      losses = [];
      if (!Number.isFinite(loss))
        throw new EngineError("diverged", `expected a finite loss, got ${loss} before step ${done}`);
      yield {
        step: done,
        steps,
        loss,
        snapshot: () => model.snapshot(),
        async checkpoint() {
          const packed = packState(await model.snapshot(), await model.optimizerState());
          return pack({ ...packed, json: { ...(packed.json as object), step: done } });
        },
      };
    }
  } finally {
    model.dispose();
  }
}
