/** A joint run of 2,000 steps: peak memory, growth between its middle and its end, tensors left behind. */
import * as tf from "@tensorflow/tfjs-core";
import { RunControl } from "#engine/timeline/control";
import { parseDocument } from "#engine/timeline/document";
import { runDocument } from "#engine/timeline/runner";
import { nodePlatform, useBackend } from "../context";
import type { Benchmark } from "./benchmark";

const steps = 2000;
const document = parseDocument({
  version: 1,
  seed: 1,
  dataset: { id: "mnist", train: 1000, test: 1000 },
  model: { source: "build:mlp-300-100" },
  training: { batchSize: 32 },
  evaluateEvery: 500,
  clips: [
    { id: "t", block: "train.fine-tune", start: 0, steps },
    { id: "p", block: "prune.magnitude", start: 0, steps, params: { sparsity: 0.9, schedule: "agp" } },
    { id: "q", block: "quant.qat-fake-quant", start: 500, steps: steps - 500 },
    { id: "k", block: "distill.kd-logits", start: 1000, steps: steps - 1000, teacher: "original" },
  ],
});

const megabytes = (bytes: number) => bytes / 2 ** 20;

export const memory: Benchmark = {
  name: "memory",
  description: "prune, quantize and distil together for 2,000 steps of mlp-300-100",
  async run(report) {
    const platform = nodePlatform();
    const { backend } = await useBackend(platform, "wasm");
    const tensorsBefore = tf.memory().numTensors;
    let peak = 0;
    let peakOfFirstHalf = 0;
    const run = runDocument(document, {
      platform,
      backend,
      control: new RunControl(),
      useCache: false,
      observer: {
        onProgress({ trained }) {
          if (trained % 20 !== 0) return;
          peak = Math.max(peak, process.memoryUsage().rss);
          if (trained <= steps / 2) peakOfFirstHalf = peak;
        },
      },
    });
    for (let next = await run.next(); !next.done; next = await run.next()) report(`step ${next.value.step}`);
    return [
      { name: "peak resident memory of a 2,000-step run", value: megabytes(peak), unit: "MiB" },
      {
        name: "peak of the second half / of the first",
        value: peak / peakOfFirstHalf,
        unit: "ratio",
        goal: { atMost: 1.25 },
      },
      { name: "tensors leaked", value: tf.memory().numTensors - tensorsBefore, unit: "tensors", goal: { atMost: 0 } },
    ];
  },
};
