/** Images per second of lenet5c at batch 64, ours against tfjs' own cpu backend, interleaved in one process. */
import * as tf from "@tensorflow/tfjs-core";
import { plainSnapshot } from "#engine/core/snapshot";
import { openDataset } from "#engine/datasets/dataset";
import { imageBatch, labelBatch } from "#engine/training/batches";
import type { LabelledImages } from "#engine/datasets/source";
import { inferenceModel } from "#engine/training/evaluate";
import { LiveModel } from "#engine/training/live-model";
import { trainStep } from "#engine/training/step";
import { builders } from "#engine/zoo/builders";
import { initializeValues } from "#engine/zoo/initialize";
import { nodePlatform, useBackend } from "../context";
import { type Benchmark, median } from "./benchmark";

const batchSize = 64;
const network = builders.lenet5c();
const snapshot = plainSnapshot(network, initializeValues(network, 1));
const batchIndices = Uint32Array.from({ length: batchSize }, (_, i) => i);

/** Seconds of each of `count` steps, after `warmUp` that do not count. */
async function timed(count: number, warmUp: number, step: () => Promise<void>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < warmUp + count; i++) {
    const from = performance.now();
    await step();
    if (i >= warmUp) seconds.push((performance.now() - from) / 1000);
  }
  return seconds;
}

async function trainingSeconds(data: LabelledImages, count: number, warmUp: number): Promise<number[]> {
  const model = new LiveModel(snapshot);
  const seconds = await timed(count, warmUp, async () => {
    const x = imageBatch(data, batchIndices);
    const oneHot = labelBatch(data, batchIndices, 10);
    const { total, parts } = trainStep(model, {
      batch: { step: 0, indices: batchIndices, x, oneHot },
      terms: [],
      optimizer: { kind: "adam", learningRate: 0.001, momentum: 0 },
      noiseSeed: 0,
    });
    await total.data();
    tf.dispose([x, oneHot, total, ...parts]);
  });
  model.dispose();
  return seconds;
}

async function inferenceSeconds(data: LabelledImages, count: number, warmUp: number): Promise<number[]> {
  const model = inferenceModel(snapshot);
  const seconds = await timed(count, warmUp, async () => {
    const logits = tf.tidy(() => model.predict(imageBatch(data, batchIndices)).logits);
    await logits.data();
    logits.dispose();
  });
  model.dispose();
  return seconds;
}

export const throughput: Benchmark = {
  name: "throughput",
  description: "lenet5c, batch 64: training and inference on wasm over tfjs' cpu backend",
  async run(report) {
    const platform = nodePlatform();
    const data = await (await openDataset("mnist", platform)).load("test", { count: batchSize, seed: 1 });
    const seconds = {
      wasm: { train: [] as number[], infer: [] as number[] },
      cpu: { train: [] as number[], infer: [] as number[] },
    };
    // wasm, cpu, wasm: a machine that slows down in between disturbs both.
    for (const [backend, steps] of [
      ["wasm", 20],
      ["cpu", 3],
      ["wasm", 20],
    ] as const) {
      await useBackend(platform, backend);
      report(`lenet5c on ${backend}`);
      const warmUp = backend === "wasm" ? 3 : 1;
      seconds[backend].train.push(...(await trainingSeconds(data, steps, warmUp)));
      seconds[backend].infer.push(...(await inferenceSeconds(data, steps, warmUp)));
    }
    const rate = (values: number[]) => batchSize / median(values);
    const { wasm, cpu } = seconds;
    return [
      {
        name: "lenet5c training, wasm / tfjs cpu",
        value: rate(wasm.train) / rate(cpu.train),
        unit: "ratio",
        goal: { atLeast: 30 },
      },
      {
        name: "lenet5c inference, wasm / tfjs cpu",
        value: rate(wasm.infer) / rate(cpu.infer),
        unit: "ratio",
        goal: { atLeast: 30 },
      },
      { name: "lenet5c training, wasm", value: rate(wasm.train), unit: "images/s" },
      { name: "lenet5c training, tfjs cpu", value: rate(cpu.train), unit: "images/s" },
      { name: "lenet5c inference, wasm", value: rate(wasm.infer), unit: "images/s" },
      { name: "lenet5c inference, tfjs cpu", value: rate(cpu.infer), unit: "images/s" },
    ];
  },
};
