import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { labelBatch } from "../tasks/classification";
import { createBatchOrder, imageBatch } from "./batches";
import type { LabelledImages } from "../datasets/source";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("batch order", () => {
  it("sees every image once in each epoch, whatever the batch size, and no batch is short", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1000 }),
        fc.integer({ min: 1, max: 17 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, batchSize, count) => {
          const order = createBatchOrder(seed, batchSize);
          // Steps whose places fill whole epochs.
          const steps = count;
          const seen: number[] = [];
          for (let step = 0; step < steps; step++) {
            const batch = order.at(step, count);
            if (batch.length !== batchSize) return false;
            seen.push(...batch);
          }
          for (let epoch = 0; epoch < batchSize; epoch++) {
            const images = new Set(seen.slice(epoch * count, (epoch + 1) * count));
            if (images.size !== count || Math.max(...images) !== count - 1) return false;
          }
          return true;
        },
      ),
      { numRuns: 30 },
    );
  });

  it("a batch follows from seed and step alone: asked for in any order, by a new object, after many epochs", () => {
    const inOrder = createBatchOrder(5, 3);
    const batches = Array.from({ length: 300 }, (_, step) => [...inOrder.at(step, 4)]);
    expect([...createBatchOrder(5, 3).at(299, 4)]).toEqual(batches[299]);
    expect([...inOrder.at(0, 4)]).toEqual(batches[0]);
  });

  it("epochs, seeds and pool sizes have orders of their own", () => {
    const epoch = (seed: number, step: number, count = 30) => [...createBatchOrder(seed, 30).at(step, count)].join();
    expect(new Set([epoch(1, 0), epoch(1, 1), epoch(2, 0), epoch(1, 0, 29)]).size).toBe(4);
  });

  it("a batch larger than the set takes from several epochs", () => {
    const batch = [...createBatchOrder(1, 7).at(0, 3)];
    for (const image of [0, 1, 2]) expect(batch.filter((i) => i === image).length).toBeGreaterThanOrEqual(2);
  });
});

describe("tensors of a batch", () => {
  const bytes: LabelledImages = {
    images: Uint8Array.of(0, 255, 51, 102, 204, 153),
    labels: Uint8Array.of(2, 0, 1),
    count: 3,
    shape: [1, 2, 1],
  };

  it("bytes stand for value / 255", () => {
    const x = imageBatch(bytes, [2, 0]);
    expect(x.shape).toEqual([2, 1, 2, 1]);
    expect([...x.dataSync()]).toEqual([0.8, 0.6, 0, 1].map(Math.fround));
    x.dispose();
  });

  it("normalized: (pixel - mean) / std", () => {
    const x = imageBatch(bytes, [1], { mean: 0.2, std: 0.1 });
    // (51 / 255 - 0.2) / 0.1 = 0, (102 / 255 - 0.2) / 0.1 = 2
    expect([...x.dataSync()]).toEqual([expect.closeTo(0, 6), expect.closeTo(2, 6)]);
    x.dispose();
  });

  it("floats are taken as they are; places past the last image are zeros", () => {
    const floats = { ...bytes, images: Float32Array.of(-1, 2, 3, 4, 5, 6) };
    const x = imageBatch(floats, [0], undefined, 2);
    expect(x.shape).toEqual([2, 1, 2, 1]);
    expect([...x.dataSync()]).toEqual([-1, 2, 0, 0]);
    x.dispose();
  });

  it("labels become one-hot rows", () => {
    const hot = labelBatch(bytes, [0, 1], 4);
    expect(hot.arraySync()).toEqual([
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ]);
    hot.dispose();
  });
});
