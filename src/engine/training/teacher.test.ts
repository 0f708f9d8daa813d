import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { livelySnapshot } from "../surgery/check.testing";
import { startTiny, tinyImages, tinyNetwork } from "../run/tiny.testing";
import { classification } from "../tasks/classification";
import { imageBatch } from "./batches";
import { createTeacher, type TeacherOptions } from "./teacher";

const snapshot = livelySnapshot(tinyNetwork());
const data = tinyImages(300, "train");

beforeAll(startTiny);

async function logitsOf(given: Omit<TeacherOptions, "task">, indices: Uint32Array): Promise<Float32Array> {
  const before = tf.memory().numTensors;
  const options = { task: classification, ...given };
  const teacher = await createTeacher(snapshot, data, options);
  const x = imageBatch(data, indices, options.normalization);
  const logits = teacher.logits(indices, x);
  const values = (await logits.data()).slice() as Float32Array;
  expect(logits.shape).toEqual([indices.length, 4]);
  tf.dispose([logits, x]);
  teacher.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

describe("teacher", () => {
  const indices = Uint32Array.of(7, 299, 0, 7, 251);

  it.each([undefined, { mean: 0.3, std: 0.2 }])("looked-up logits are computed ones, normalization %j", async (n) => {
    const cached = await logitsOf({ count: 300, expected: 300, normalization: n }, indices);
    const computed = await logitsOf({ count: 300, expected: 299, normalization: n }, indices);
    const largest = computed.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    cached.forEach((v, i) => expect(Math.abs(v - computed[i]!)).toBeLessThan(1e-5 * largest));
  });

  it("is in inference mode: an image's logits do not depend on its batch", async () => {
    const options = { count: 300, expected: 1 };
    const alone = await logitsOf(options, Uint32Array.of(7));
    const among = await logitsOf(options, indices);
    alone.forEach((v, i) => expect(v).toBeCloseTo(among[i]!, 4));
  });

  it("asked for once each, all are computed beforehand, between pauses; a stop leaves nothing", async () => {
    let pauses = 0;
    await logitsOf({ count: 300, expected: 300, between: () => Promise.resolve(void pauses++) }, indices);
    expect(pauses).toBe(2); // 250 + 50
    const before = tf.memory().numTensors;
    const stop = () => Promise.reject(new Error("stop"));
    const options = { task: classification, count: 300, expected: 300, between: stop };
    await expect(createTeacher(snapshot, data, options)).rejects.toThrow("stop");
    expect(tf.memory().numTensors).toBe(before);
  });
});
