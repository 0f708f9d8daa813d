import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { networkBuilder } from "../zoo/builder";
import type { LabelledImages } from "../datasets/source";
import { evaluationBatchSize, inferenceModel } from "../training/evaluate";
import { evaluate } from "./classification";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** A network whose logits are its input: a dense layer with the identity. */
function identity(classes: number): Snapshot {
  const b = networkBuilder("identity", [classes]);
  const network = b.build(b.dense(b.input, { units: classes, useBias: false }, "logits"));
  const eye = new Float32Array(classes * classes);
  for (let c = 0; c < classes; c++) eye[c * classes + c] = 1;
  return plainSnapshot(network, new Map([["logits/kernel", eye]]));
}

const rows = (classes: number, ...images: readonly (readonly [logits: number[], label: number])[]): LabelledImages => ({
  images: Float32Array.from(images.flatMap(([logits]) => logits)),
  labels: Uint8Array.from(images, ([, label]) => label),
  count: images.length,
  shape: [classes],
});

async function score(data: LabelledImages, options = {}) {
  const before = tf.memory().numTensors;
  const model = inferenceModel(identity(data.shape[0]!));
  try {
    return await evaluate(model, data, options);
  } finally {
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
}

describe("evaluate", () => {
  it("accuracy, loss and confusion of three images in two classes", async () => {
    const ln3 = Math.log(3);
    const result = await score(rows(2, [[ln3, 0], 0], [[0, ln3], 1], [[0, ln3], 0]));
    expect(result.images).toBe(3);
    expect(result.accuracy).toBeCloseTo(2 / 3, 12);
    // -ln 3/4, -ln 3/4, -ln 1/4
    expect(result.loss).toBeCloseTo((2 * Math.log(4 / 3) + Math.log(4)) / 3, 6);
    // Rows: true class; columns: predicted.
    expect([...result.confusion]).toEqual([1, 1, 0, 1]);
  });

  it("top 5 of 7: the label with the fifth largest logit is in, the sixth is not", async () => {
    const logits = [7, 6, 5, 4, 3, 2, 1];
    const result = await score(rows(7, [logits, 4], [logits, 5]));
    expect(result.top5).toBe(0.5);
    expect(result.accuracy).toBe(0);
  });

  it("ties go to the lower index: of equal logits class 0 is predicted", async () => {
    const flat = [1, 1, 1, 1, 1, 1];
    const result = await score(rows(6, [flat, 0], [flat, 1], [flat, 4], [flat, 5]));
    expect(result.accuracy).toBe(0.25);
    // Of six equal ones the first five are in the top 5.
    expect(result.top5).toBe(0.75);
    expect([...result.confusion.filter((_, i) => i % 6 === 0)]).toEqual([1, 1, 0, 0, 1, 1]);
  });

  it("large logits do not overflow the loss", async () => {
    const { loss } = await score(rows(2, [[1000, 0], 0], [[0, -1000], 1]));
    expect(loss).toBeCloseTo(500, 6); // 0 and 1000
  });

  it("scores what is more than a batch, each image once, and the first `count`", async () => {
    const images = Array.from({ length: evaluationBatchSize + 7 }, (_, i) => [[1, 0] as number[], i % 2] as const);
    const data = rows(2, ...images.map(([logits, label]) => [logits, label] as const));
    const all = await score(data);
    expect(all.images).toBe(257);
    expect(all.accuracy).toBeCloseTo(129 / 257, 12);
    expect(all.confusion.reduce((sum, n) => sum + n, 0)).toBe(257);
    let pauses = 0;
    const some = await score(data, { count: 10, between: () => Promise.resolve(void pauses++) });
    expect([some.images, some.accuracy, pauses]).toEqual([10, 0.5, 1]);
    expect((await score(data, { count: 9999 })).images).toBe(257);
  });

  it.each([NaN, Infinity])("a logit of %d is diverged, not right", async (bad) => {
    await expect(score(rows(2, [[bad, 0], 1]))).rejects.toMatchObject({ code: "diverged" });
  });

  it("stops where `between` throws, and leaves no tensor", async () => {
    const stop = () => Promise.reject(new Error("stop"));
    await expect(score(rows(2, [[1, 0], 0]), { between: stop })).rejects.toThrow("stop");
  });
});

describe("inferenceModel", () => {
  it("computes with effective weights and quantized activations", async () => {
    const snapshot: Snapshot = {
      ...identity(2),
      // 0.4 / (1 / 3) = 1.2 -> 1 step of 1/3; 2 steps: 0.6 -> 2/3
      activations: new Map([["input", { kind: "affine" as const, bits: 2, scale: 1 / 3, zeroPoint: 0 }]]),
      states: new Map([["logits/kernel", { mask: Uint8Array.of(1, 0, 0, 0) }]]),
    };
    const model = inferenceModel(snapshot);
    const logits = tf.tidy(() => model.predict(tf.tensor2d([[0.4, 0.6]])).output);
    expect([...(await logits.data())]).toEqual([expect.closeTo(1 / 3, 6), 0]);
    logits.dispose();
    model.dispose();
  });
});
