import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels, unregisterWasmTrainingKernels } from "../backend/wasm-kernels";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { channelGroups } from "../surgery/channel-groups";
import { removeChannels } from "../surgery/remove-channels";
import { classification } from "../tasks/classification";
import { networkBuilder } from "../zoo/builder";
import { initializeValues } from "../zoo/initialize";
import { LiveModel } from "./live-model";
import { trainStep } from "./step";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const side = 6;

/** Two 3x3 convolutions with batch normalization, then 10 classes. */
function convolutions(...channels: readonly number[]): Snapshot {
  const b = networkBuilder("convolutions", [side, side, 1]);
  let x = b.input;
  for (const filters of channels)
    x = b.activation(b.batchNorm(b.conv2d(x, { filters, kernelSize: 3, useBias: false })));
  const network = b.build(b.dense(b.globalAvgPool(x), { units: 10 }, "logits"));
  return plainSnapshot(network, initializeValues(network, 1));
}

const halved = (snapshot: Snapshot) =>
  removeChannels(
    snapshot,
    new Map(
      channelGroups(snapshot.network).map(({ id, units }) => [id, Array.from({ length: units >> 1 }, (_, i) => i)]),
    ),
  );

/** One step of Adam on 4 images. */
function train(model: LiveModel): void {
  const x = tf.randomUniform([4, side, side, 1], 0, 1, "float32", 1);
  const oneHot = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d([1, 2, 3, 4], "int32"), 10), "float32")) as tf.Tensor2D;
  const { total, parts } = trainStep(model, {
    task: classification,
    batch: { step: 0, keys: new Uint32Array(4), x, targets: { oneHot } },
    terms: [],
    optimizer: { kind: "adam", learningRate: 0.01, momentum: 0 },
    noiseSeed: 1,
  });
  tf.dispose([x, oneHot, total, ...parts]);
}

/** Size of the wasm backend's heap. */
const heapBytes = (): number => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;

it("after surgery a model takes what one of the small network takes, and no more", async () => {
  const empty = tf.memory();
  const model = new LiveModel(convolutions(24, 32));
  train(model);
  const large = tf.memory().numBytes - empty.numBytes;
  const { snapshot, kept } = halved(await model.snapshot());
  model.replace(snapshot, kept);
  train(model);
  const small = tf.memory().numBytes - empty.numBytes;
  model.dispose();

  const fresh = new LiveModel(snapshot);
  train(fresh);
  expect(small).toBe(tf.memory().numBytes - empty.numBytes);
  fresh.dispose();
  expect(small).toBeLessThan(large / 2);
  expect(tf.memory().numBytes).toBe(empty.numBytes);
  expect(tf.memory().numDataBuffers).toBe(empty.numDataBuffers);
});

it("shapes that come and go leave nothing in the heap", async () => {
  // 590 kB of filters, so that 60 rounds of a leak are more than a heap has to spare.
  const first = convolutions(128, 128);
  const { snapshot: second } = halved(first);
  const model = new LiveModel(first);
  const round = () => {
    for (const snapshot of [second, first]) {
      model.replace(snapshot);
      train(model);
    }
  };
  for (let i = 0; i < 3; i++) round();
  const before = heapBytes();
  for (let i = 0; i < 60; i++) round();
  expect(heapBytes()).toBe(before);
  model.dispose();
});

it("tfjs' own convolution lets go of the filter that it packed when the filter goes", () => {
  unregisterWasmTrainingKernels();
  const x = tf.zeros<tf.Rank.R4>([1, 3, 3, 128]);
  const convolve = () => tf.tidy(() => void tf.conv2d(x, tf.zeros<tf.Rank.R4>([3, 3, 128, 128]), 1, "same"));
  for (let i = 0; i < 3; i++) convolve();
  const before = heapBytes();
  for (let i = 0; i < 60; i++) convolve();
  expect(heapBytes()).toBe(before);
  x.dispose();
  registerWasmTrainingKernels();
});
