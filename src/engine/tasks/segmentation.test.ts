import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { plainSnapshot } from "../core/snapshot";
import type { LabelledImages } from "../datasets/source";
import { inferenceModel } from "../training/evaluate";
import { networkBuilder } from "../zoo/builder";
import { taskFacts } from "./metrics/task-ids";
import { segmentation, segmentationFigures } from "./segmentation";

beforeAll(() => startWasm());

it("mean IoU of a worked confusion matrix", () => {
  // 50 / (55 + 54 - 50) = .8475, 20 / (25 + 28 - 20) = .6061, 15 / (20 + 18 - 15) = .6522; right are 85 of 100.
  const { miou, pixelAccuracy } = segmentationFigures([50, 3, 2, 4, 20, 1, 0, 5, 15]);
  expect(miou).toBeCloseTo((50 / 59 + 20 / 33 + 15 / 23) / 3, 12);
  expect(miou).toBeCloseTo(0.7019, 4);
  expect(pixelAccuracy).toBeCloseTo(0.85, 12);
});

it("a class that neither occurs nor is predicted is left out", () => {
  // Class 2 is nowhere: (3 / 4 + 1 / 2) / 2.
  expect(segmentationFigures([3, 0, 0, 1, 1, 0, 0, 0, 0]).miou).toBeCloseTo((3 / 4 + 1 / 2) / 2, 12);
});

/** Two images of 2 x 2 pixels and two classes; the network's logits are (0, 4 x - 2). */
const data: LabelledImages = {
  images: Float32Array.of(0, 1, 0, 1, 1, 1, 0, 0),
  labels: Uint8Array.of(0, 1, 1, 1, 1, 0, 0, 0),
  count: 2,
  shape: [2, 2, 1],
};
const info = { shape: [2, 2, 1], classes: ["background", "stroke"] };

function threshold() {
  const b = networkBuilder("threshold", [2, 2, 1]);
  const network = b.build(b.conv2d(b.input, { filters: 2, kernelSize: 1 }, "logits"));
  return plainSnapshot(
    network,
    new Map([
      ["logits/kernel", Float32Array.of(0, 4)],
      ["logits/bias", Float32Array.of(0, -2)],
    ]),
  );
}

it("every pixel is scored, and none of the places that fill a batch", async () => {
  const before = tf.memory().numTensors;
  const model = inferenceModel(threshold());
  const scores = await segmentation.evaluate(model, data);
  // Predicted 0 1 0 1 and 1 1 0 0: background 3 of 4 true, 1 taken for stroke; stroke 3 of 4, 1 taken for background.
  expect([...scores.confusion]).toEqual([3, 1, 1, 3]);
  expect(scores.metrics).toEqual({ miou: 3 / 5, pixelAccuracy: 6 / 8 });
  // Logits differ by 2: log(1 + e^-2) where right, log(1 + e^2) where wrong.
  expect(scores.loss).toBeCloseTo((6 * Math.log(1 + Math.exp(-2)) + 2 * Math.log(1 + Math.exp(2))) / 8, 5);
  const targets = segmentation.targets(data, [0, 1], info);
  const loss = tf.tidy(() => {
    const x = tf.tensor4d(data.images as Float32Array, [2, 2, 2, 1]);
    return segmentation.loss(model.predict(x).output, targets).dataSync()[0]!;
  });
  expect(loss).toBeCloseTo(scores.loss, 5);
  tf.dispose(targets);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it("a network must give a class for each pixel", () => {
  expect(taskFacts.segmentation.outputShape(info.shape, 2)).toEqual([2, 2, 2]);
});
