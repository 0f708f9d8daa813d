import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { registerGradients } from "../backend/gradients";
import { startWasm } from "../backend/node-wasm.testing";
import { networkBuilder } from "../zoo/builder";
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
    const gate = set.variable("gate", Float32Array.of(1, -1), [2]);
    const queue = set.variable("queue", Float32Array.of(3), [1], { trainable: false });
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
    const expected = straight.variable("gate", Float32Array.of(1, 2), [2]);
    for (let i = 0; i < 5; i++) descend(straight);

    const first = new LearnedTensors();
    first.variable("gate", Float32Array.of(1, 2), [2]);
    for (let i = 0; i < 2; i++) descend(first);
    const kept = await first.state();
    first.dispose();
    const second = new LearnedTensors(kept);
    const resumed = second.variable("gate", Float32Array.of(0, 0), [2]);
    for (let i = 0; i < 3; i++) descend(second);
    expect(await resumed.values()).toEqual(await expected.values());
    straight.dispose();
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("asked for again by name is the same one; of another shape it is refused", () => {
    const set = new LearnedTensors();
    const gate = set.variable("gate", Float32Array.of(1), [1]);
    expect(set.variable("gate", Float32Array.of(2), [1]).tensor).toBe(gate.tensor);
    expect(() => set.variable("gate", Float32Array.of(1, 2), [2])).toThrow("of [1], got [2]");
    set.dispose();
  });

  it.each(["adam", "sgd"] as const)("a rate of 3 under %s is three times the learning rate", async (kind) => {
    const move = async (rate: number) => {
      const set = new LearnedTensors();
      const gate = set.variable("gate", Float32Array.of(1), [1], { rate });
      const gradients = { [(gate.tensor as tf.Variable).name]: tf.tensor1d([2]) };
      set.update(gradients, { kind, learningRate: 0.01, momentum: 0 });
      tf.dispose(gradients);
      const [value] = await gate.values();
      set.dispose();
      return value! - 1;
    };
    expect((await move(3)) / (await move(1))).toBeCloseTo(3, 3);
  });

  it("a projection holds after each update", async () => {
    const set = new LearnedTensors();
    const project = (value: tf.Tensor) => tf.maximum(value, 0.05);
    const spike = set.variable("spike", Float32Array.of(0.06), [1], { project });
    const gradients = { [(spike.tensor as tf.Variable).name]: tf.tensor1d([1]) };
    set.update(gradients, { kind: "sgd", learningRate: 1, momentum: 0 });
    expect([...(await spike.values())]).toEqual([Math.fround(0.05)]);
    tf.dispose(gradients);
    set.dispose();
  });

  it("is cut with the axes of what it follows, moments too, and goes where that went", async () => {
    const before = tf.memory().numTensors;
    const set = new LearnedTensors();
    const follows = { parameter: "fc/kernel", axes: [null, 1] } as const;
    const scores = set.variable("scores", Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], { follows });
    const gradients = {
      [(scores.tensor as tf.Variable).name]: tf.tensor2d([
        [0, 1, 2],
        [3, 4, 5],
      ]),
    };
    set.update(gradients, { kind: "sgd", learningRate: 0, momentum: 0.5 });
    tf.dispose(gradients);
    const dense = (units: number) => {
      const b = networkBuilder("d", [4]);
      return b.build(b.dense(b.input, { units, useBias: false }, "fc"));
    };
    set.follow(dense(2), new Map([["fc/kernel", [{ axis: 1, indices: Uint32Array.of(0, 2) }]]]));
    expect(scores.tensor.shape).toEqual([2, 2]);
    expect([...(await scores.values())]).toEqual([1, 3, 4, 6]);
    expect([...(await set.state())[0]!.slot!.moments["velocity"]!]).toEqual([0, 2, 3, 5]);
    // Another network of three units, and nothing said of what was kept: it fits no longer.
    set.follow(dense(3), undefined);
    expect(() => scores.tensor).toThrow("got 'scores', which went");
    set.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
