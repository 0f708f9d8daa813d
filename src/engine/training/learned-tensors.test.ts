import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { registerGradients } from "../backend/gradients";
import { startWasm } from "../backend/node-wasm.testing";
import { LearnedTensors } from "./learned-tensors";

beforeAll(async () => {
  await startWasm();
  registerGradients();
});

const adam = { kind: "adam", learningRate: 0.1, momentum: 0 } as const;

/** One step on the sum of squares of every trainable tensor. */
function descend(set: LearnedTensors): void {
  const loss = () => set.trainables().reduce<tf.Tensor>((sum, v) => tf.add(sum, tf.sum(tf.square(v))), tf.scalar(0));
  const { value, grads } = tf.variableGrads(() => loss() as tf.Scalar, set.trainables());
  set.update(grads, adam);
  tf.dispose([value, grads]);
}

describe("a clip's own tensors", () => {
  it("train, unless they are not trainable", async () => {
    const set = new LearnedTensors();
    const gate = set.create("gate", Float32Array.of(1, -1), [2], true);
    const queue = set.create("queue", Float32Array.of(3), [1], false);
    descend(set);
    // Adam's first step is the learning rate against the gradient's sign.
    const [a, b] = await gate.values();
    expect(a).toBeCloseTo(0.9, 5);
    expect(b).toBeCloseTo(-0.9, 5);
    queue.assign((value) => tf.add(value, 1));
    expect([...(await queue.values())]).toEqual([4]);
    set.dispose();
  });

  it("go on from what was kept, moments and all, to the bit; nothing is left behind", async () => {
    const before = tf.memory().numTensors;
    const straight = new LearnedTensors();
    const expected = straight.create("gate", Float32Array.of(1, 2), [2], true);
    for (let i = 0; i < 5; i++) descend(straight);

    const first = new LearnedTensors();
    first.create("gate", Float32Array.of(1, 2), [2], true);
    for (let i = 0; i < 2; i++) descend(first);
    const kept = await first.state();
    first.dispose();
    const second = new LearnedTensors(kept);
    const resumed = second.create("gate", Float32Array.of(0, 0), [2], true);
    for (let i = 0; i < 3; i++) descend(second);
    expect(await resumed.values()).toEqual(await expected.values());
    straight.dispose();
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("have names of their own", () => {
    const set = new LearnedTensors();
    set.create("gate", Float32Array.of(1), [1], true);
    expect(() => set.create("gate", Float32Array.of(1), [1], true)).toThrow("got 'gate' again");
    set.dispose();
  });
});
