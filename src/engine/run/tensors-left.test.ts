/** Whatever fails in the middle of a pass, a read-back or whoever reads it, no tensor stays. */
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import type { DatasetInfo } from "../datasets/dataset";
import type { Snapshot } from "../core/snapshot";
import { classification, evaluate } from "../tasks/classification";
import { inferenceModel } from "../training/evaluate";
import { LearnedTensors } from "../training/learned-tensors";
import { LossLog } from "./losses";
import { measure } from "./measure";
import { clipServices } from "./services";
import { freshTiny, startTiny, tinyClasses, tinyDocument, tinyImages } from "./tiny.testing";

beforeAll(startTiny);
afterEach(() => {
  vi.restoreAllMocks();
});

const images = tinyImages(8, "train");
const document = tinyDocument([], { bnRecalibrationBatches: 1, training: { batchSize: 4 } });
const services = clipServices(
  document,
  {
    task: classification,
    info: {
      id: "tiny",
      shape: images.shape,
      classes: Array.from({ length: tinyClasses }, String),
    } as never as DatasetInfo,
    train: images,
    test: images,
    validation: () => Promise.resolve(images),
    normalization: undefined,
  },
  () => Promise.resolve(),
  { id: "c0" },
  undefined,
  new LearnedTensors(),
);

const failure = new Error("it failed");
const failing = () => {
  throw failure;
};
/** The read-back of the n-th tensor from now on fails. */
function failRead(n: number): void {
  const data = tf.Tensor.prototype.data;
  let reads = 0;
  vi.spyOn(tf.Tensor.prototype, "data").mockImplementation(function (this: tf.Tensor) {
    return ++reads === n ? Promise.reject(failure) : (data.call(this) as never);
  });
}

type Pass = (snapshot: Snapshot, visit: () => void) => Promise<unknown>;
const nodes = ["conv1", "conv2"];
const passes: Readonly<Record<string, Pass>> = {
  visitOutputs: (snapshot, visit) => services.visitOutputs(snapshot, nodes, 8, visit),
  visitGradients: (snapshot, visit) => services.visitGradients(snapshot, { images: 8, batchSize: 4 }, visit),
  visitOutputGradients: (snapshot, visit) =>
    services.visitOutputGradients(snapshot, nodes, { images: 8, batchSize: 4, of: "loss" }, visit),
  visitRelevances: (snapshot, visit) =>
    services.visitRelevances(snapshot, nodes, { images: 8, start: "label", rule: "epsilon", epsilon: 0.1 }, visit),
};

it.each(Object.entries(passes))("%s whose visitor throws", async (_name, pass) => {
  const before = tf.memory().numTensors;
  await expect(pass(freshTiny(), failing)).rejects.toBe(failure);
  expect(tf.memory().numTensors).toBe(before);
});

const reads: Readonly<Record<string, (snapshot: Snapshot) => Promise<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(passes).map(([name, pass]) => [name, (snapshot: Snapshot) => pass(snapshot, () => undefined)]),
  ),
  sampleActivations: (snapshot) => services.sampleActivations(snapshot, nodes, 8),
  recalibrateBatchNorm: (snapshot) => services.recalibrateBatchNorm(snapshot),
  async evaluate(snapshot) {
    const model = inferenceModel(snapshot);
    try {
      await evaluate(model, images);
    } finally {
      model.dispose();
    }
  },
  losses() {
    const log = new LossLog();
    log.add(0, ["hard labels"], { total: tf.scalar(1), parts: [tf.scalar(1)] });
    log.add(1, ["hard labels"], { total: tf.scalar(1), parts: [tf.scalar(1)] });
    return log.flush();
  },
};

it.each(Object.entries(reads))("%s where a read-back fails", async (_name, work) => {
  const before = tf.memory().numTensors;
  failRead(1);
  await expect(work(freshTiny())).rejects.toBe(failure);
  expect(tf.memory().numTensors).toBe(before);
});

it("a measurement whose timing fails, of a quantized network too", async () => {
  const quantizer = { kind: "affine", scale: 0.1, zeroPoint: 0, bits: 8 } as const;
  for (const activations of [new Map(), new Map([["conv1", quantizer]])]) {
    const before = tf.memory().numTensors;
    // The first is that of the evaluation.
    failRead(2);
    const point = measure(
      { ...freshTiny(), activations },
      {
        task: classification,
        clip: null,
        step: 0,
        test: images,
        images: 8,
        originalBytes: 1,
        document,
        clock: { now: () => 0 },
        withLatency: true,
      },
    );
    await expect(point).rejects.toBe(failure);
    expect(tf.memory().numTensors).toBe(before);
    vi.restoreAllMocks();
  }
});
