import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { LossLog } from "./losses";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const losses = (...parts: number[]) => ({
  total: tf.scalar(parts.reduce((sum, p) => sum + p, 0)),
  parts: parts.map((p) => tf.scalar(p)),
});

describe("LossLog", () => {
  it("gives the losses of consecutive steps by name, once, and leaves no tensor", async () => {
    const before = tf.memory().numTensors;
    const log = new LossLog();
    log.add(7, ["hard labels", "soft labels"], losses(1, 2));
    log.add(8, ["hard labels", "soft labels"], losses(3, 4));
    expect(log.length).toBe(2);
    expect(await log.flush()).toEqual({
      firstStep: 7,
      total: Float32Array.of(3, 7),
      names: ["hard labels", "soft labels"],
      parts: [Float32Array.of(1, 3), Float32Array.of(2, 4)],
    });
    expect(log.length).toBe(0);
    expect(await log.flush()).toBeUndefined();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("a chunk has one set of terms", () => {
    const log = new LossLog();
    expect(log.accepts(["a"])).toBe(true);
    log.add(0, ["a"], losses(1));
    expect([log.accepts(["a"]), log.accepts(["a", "b"])]).toEqual([true, false]);
    log.dispose();
  });

  it.each([NaN, Infinity])("%d at the second of three steps is diverged, and named", async (bad) => {
    const before = tf.memory().numTensors;
    const log = new LossLog();
    for (const [i, loss] of [1, bad, NaN].entries()) log.add(40 + i, ["hard labels"], losses(loss));
    await expect(log.flush()).rejects.toMatchObject({
      code: "diverged",
      message: `expected a finite loss, got ${bad} at step 41; lower the learning rate`,
      details: { step: 41 },
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("dispose frees what was not read", () => {
    const before = tf.memory().numTensors;
    const log = new LossLog();
    log.add(0, ["a"], losses(1));
    log.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
