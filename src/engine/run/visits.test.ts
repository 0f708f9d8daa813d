import { beforeAll, describe, expect, it } from "vitest";
import { type Snapshot, valuesOf } from "../core/snapshot";
import { visitGradients, visitOutputGradients, visitOutputs, type VisitedImages } from "./visits";
import { freshTiny, startTiny, tinyImages, tinyTask, trainedTiny } from "./tiny.testing";
import * as tf from "@tensorflow/tfjs-core";
import { evaluate } from "../tasks/classification";
import { inferenceModel } from "../training/evaluate";

beforeAll(startTiny);

const source = (count: number): VisitedImages => ({
  images: tinyImages(8, "train"),
  normalization: undefined,
  ...tinyTask,
  count,
  between: () => Promise.resolve(),
});

async function lossOf(snapshot: Snapshot, count: number): Promise<number> {
  const model = inferenceModel(snapshot);
  const { loss } = await evaluate(model, tinyImages(8, "train"), { count });
  model.dispose();
  return loss;
}

const nudged = (snapshot: Snapshot, name: string, index: number, by: number): Snapshot => ({
  ...snapshot,
  values: new Map(snapshot.values).set(
    name,
    valuesOf(snapshot, name).map((v, i) => (i === index ? v + by : v)),
  ),
});

describe("gradients on training images", () => {
  it("are those of the loss that evaluation gives, by central differences", async () => {
    // Untrained: where the loss is flat, float32 differences tell little. A longer step meets the kinks of relu and pooling.
    const snapshot = freshTiny();
    const seen: ReadonlyMap<string, Float32Array>[] = [];
    await visitGradients(snapshot, { images: 4, batchSize: 4 }, source(8), (gradients) => seen.push(gradients));
    expect(seen).toHaveLength(1);
    for (const [name, index] of [
      ["logits/kernel", 17],
      ["conv2/kernel", 40],
      ["conv1-bn/gamma", 2],
      ["logits/bias", 1],
    ] as const) {
      const [up, down] = [
        await lossOf(nudged(snapshot, name, index, 3e-4), 4),
        await lossOf(nudged(snapshot, name, index, -3e-4), 4),
      ];
      expect(seen[0]!.get(name)![index]).toBeCloseTo((up - down) / 6e-4, 3);
    }
    expect(seen[0]!.has("conv1-bn/movingMean")).toBe(false);
  });

  it("per sample: their mean is the gradient of the batch; never more images than the clip may use", async () => {
    const snapshot = await trainedTiny();
    const sum = new Float64Array(288);
    let images = 0;
    await visitGradients(snapshot, { images: 100, batchSize: 1 }, source(3), (gradients, count) => {
      gradients.get("logits/kernel")!.forEach((g, i) => (sum[i]! += g));
      images += count;
    });
    expect(images).toBe(3);
    await visitGradients(snapshot, { images: 3, batchSize: 3 }, source(3), (gradients) => {
      gradients.get("logits/kernel")!.forEach((g, i) => expect(sum[i]! / 3).toBeCloseTo(g, 5));
    });
  });
});

describe("outputs", () => {
  it("come whole, batch by batch, and no tensor is left", async () => {
    const snapshot = await trainedTiny();
    const before = tf.memory().numTensors;
    const shapes: string[] = [];
    await visitOutputs(snapshot, ["conv1", "logits"], 5, source(8), ({ nodeId, shape, values, firstImage }) => {
      expect(values).toHaveLength(tf.util.sizeFromShape([...shape]));
      shapes.push(`${nodeId} ${shape.join("x")} from ${firstImage}`);
    });
    expect(shapes).toEqual(["conv1 5x12x12x6 from 0", "logits 5x4 from 0"]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("with the gradient of the true class's logit, which at the logits is the one-hot label", async () => {
    const snapshot = await trainedTiny();
    const before = tf.memory().numTensors;
    const options = { images: 4, batchSize: 4, of: "label-logit" } as const;
    await visitOutputGradients(snapshot, ["logits", "conv2"], options, source(8), ({ nodeId, gradients, shape }) => {
      expect(gradients.some((g) => g !== 0)).toBe(true);
      if (nodeId === "logits") {
        // Labels go 0, 1, 2, 3.
        expect([...gradients]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
      } else expect(shape).toEqual([4, 6, 6, 8]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
