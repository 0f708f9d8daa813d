import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import { softLoss, softTargets } from "../blocks/distill/kd-logits/kd-logits";
import { plainSnapshot } from "../core/snapshot";
import { classification } from "../tasks/classification";
import { networkBuilder } from "../zoo/builder";
import { LearnedTensors } from "./learned-tensors";
import { LiveModel } from "./live-model";
import { type Batch, ownLossWeight, type StepTerm, trainStep } from "./step";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const share = (value: number) => ({ name: "x", share: value, compute: () => tf.scalar(0) });

describe("weight of hard labels", () => {
  it.each([
    [[], 1],
    [[0.9], 0.1],
    [[0.5, 0.3], 0.2],
    [[0.9, 0.9], 0],
    [[0], 1],
  ])("shares %j leave %d", (shares, weight) => {
    expect(ownLossWeight(shares.map(share))).toBeCloseTo(weight, 12);
  });
});

/** One input, two logits: `fc/kernel` [1, 2]. */
function twoWeights(w: readonly [number, number]): LiveModel {
  const b = networkBuilder("two", [1]);
  const network = b.build(b.dense(b.input, { units: 2, useBias: false }, "fc"));
  return new LiveModel(plainSnapshot(network, new Map([["fc/kernel", Float32Array.from(w)]])));
}

/** Two samples: x = 1 of class 0, x = -2 of class 1. */
const batch = (): Batch => ({
  step: 0,
  keys: Uint32Array.of(0, 1),
  x: tf.tensor2d([1, -2], [2, 1]),
  targets: {
    oneHot: tf.tensor2d([
      [1, 0],
      [0, 1],
    ]),
  },
});
const inputs = [1, -2] as const;
const teacherLogits = [
  [1.5, -0.5],
  [-1, 2],
] as const;

/** Knowledge distillation with T = 2 and alpha = 0.7 from fixed logits. */
const term: StepTerm = {
  name: "soft",
  share: 0.7,
  prepare: () => tf.tidy(() => softTargets(tf.tensor2d(teacherLogits.map((row) => [...row])), 2)),
  compute: ({ logits }, [p, entropy]) => tf.mul(softLoss(logits, [p as tf.Tensor2D, entropy as tf.Scalar], 2), 0.7),
};

const softmax = (z: readonly number[], t = 1) => {
  const e = z.map((v) => Math.exp(v / t));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};

/** The same loss in doubles: 0.3 CE + 0.7 * 4 KL(p_T || p_S). */
function lossInDoubles(w: readonly number[]): number {
  const losses = inputs.map((x, n) => {
    const z = w.map((v) => v * x);
    const hard = -Math.log(softmax(z)[n]!);
    const [p, q] = [softmax(teacherLogits[n]!, 2), softmax(z, 2)];
    const kl = p.reduce((sum, v, c) => sum + v * Math.log(v / q[c]!), 0);
    return 0.3 * hard + 0.7 * 4 * kl;
  });
  return (losses[0]! + losses[1]!) / 2;
}

describe("trainStep", () => {
  const plainDescent = { kind: "sgd", learningRate: 1, momentum: 0 } as const;

  it("loss and gradient are those of finite differences in doubles, and no tensor is left", async () => {
    const w = [0.4, -0.3] as const;
    const before = tf.memory().numTensors;
    const model = twoWeights(w);
    const data = batch();
    const { total, parts } = trainStep(model, {
      task: classification,
      batch: data,
      terms: [term],
      optimizer: plainDescent,
      noiseSeed: 0,
    });
    const losses = [total, ...parts].map((t) => t.dataSync()[0]!);
    tf.dispose([data.x, data.targets, total, ...parts]);
    const after = (await model.snapshot()).values.get("fc/kernel")!;
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);

    expect(losses[0]).toBeCloseTo(lossInDoubles(w), 6);
    // Hard labels first, weighted already, then the terms; they add up.
    expect(losses[1]! + losses[2]!).toBeCloseTo(losses[0]!, 6);
    w.forEach((_, k) => {
      const shifted = (h: number) => lossInDoubles(w.map((v, i) => (i === k ? v + h : v)));
      const slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
      expect(w[k]! - after[k]!).toBeCloseTo(slope, 5);
    });
  });

  it("terms are prepared before the tape, get their taps, and may change gradients", async () => {
    const model = twoWeights([1, 2]);
    const data = batch();
    const order: string[] = [];
    const watching: StepTerm = {
      name: "watch",
      share: 0,
      taps: ["input"],
      prepare(b) {
        order.push(`prepare ${b.keys!.join()}`);
        return [tf.scalar(3)];
      },
      compute({ taps, logits }, [three]) {
        order.push(`compute ${[...taps.keys()].join()} ${logits.shape.join("x")}`);
        return tf.mul(tf.mean(taps.get("input")!), three!);
      },
    };
    const { total, parts } = trainStep(model, {
      task: classification,
      batch: data,
      terms: [watching],
      optimizer: plainDescent,
      noiseSeed: 0,
      beforeUpdate(updates) {
        order.push("update");
        for (const name of updates.names) updates.replace(name, (gradient) => tf.zerosLike(gradient));
      },
    });
    expect(order).toEqual(["prepare 0,1", "compute input 2x2", "update"]);
    expect(parts[1]!.dataSync()[0]).toBeCloseTo(-1.5, 6); // 3 * mean(1, -2)
    expect([...(await model.snapshot()).values.get("fc/kernel")!]).toEqual([1, 2]);
    tf.dispose([data.x, data.targets, total, ...parts]);
    model.dispose();
  });

  it("hooks change what the network computes with, and what they learn takes the same step", async () => {
    const model = twoWeights([1, 2]);
    const data = batch();
    const learned = new LearnedTensors();
    const gate = learned.variable("gate", Float32Array.of(1), []);
    const seen: string[] = [];
    const { total, parts } = trainStep(model, {
      task: classification,
      batch: data,
      terms: [{ name: "weights", share: 1, compute: ({ parameter }) => tf.sum(parameter("fc/kernel")) as tf.Scalar }],
      optimizer: plainDescent,
      noiseSeed: 0,
      hooks: [
        {
          parameter(name, value) {
            seen.push(name);
            return tf.mul(value, gate.tensor);
          },
        },
        {
          output(nodeId, value) {
            seen.push(nodeId);
            return value;
          },
          learned,
        },
      ],
    });
    expect(seen).toEqual(["input", "fc/kernel", "fc"]);
    // d sum(w) / dw = 1 reaches the raw weights; the hard labels weigh 0, so the gate's gradient is 0.
    const moved = plainDescent.learningRate;
    const [a, b] = (await model.snapshot()).values.get("fc/kernel")!;
    expect(a).toBeCloseTo(1 - moved, 6);
    expect(b).toBeCloseTo(2 - moved, 6);
    expect([...(await gate.values())]).toEqual([1]);
    tf.dispose([data.x, data.targets, total, ...parts]);
    learned.dispose();
    model.dispose();
  });

  it("two terms that take over everything leave no hard labels", () => {
    const model = twoWeights([1, 2]);
    const data = batch();
    const { total, parts } = trainStep(model, {
      task: classification,
      batch: data,
      terms: [share(0.6), share(0.6)],
      optimizer: plainDescent,
      noiseSeed: 0,
    });
    expect(parts.map((p) => p.dataSync()[0])).toEqual([0, 0, 0]);
    tf.dispose([data.x, data.targets, total, ...parts]);
    model.dispose();
  });

  it("a term that cannot be prepared leaves no tensor and no step", async () => {
    const model = twoWeights([1, 2]);
    const data = batch();
    const before = tf.memory().numTensors;
    const broken: StepTerm = {
      ...share(0.5),
      prepare() {
        throw new Error("broken");
      },
    };
    const request = { task: classification, batch: data, terms: [term, broken], optimizer: plainDescent, noiseSeed: 0 };
    expect(() => trainStep(model, request)).toThrow("broken");
    expect(tf.memory().numTensors).toBe(before);
    expect([...(await model.snapshot()).values.get("fc/kernel")!]).toEqual([1, 2]);
    tf.dispose([data.x, data.targets]);
    model.dispose();
  });

  it("moves the running statistics of batch normalization once a step", async () => {
    const b = networkBuilder("bn", [2]);
    const network = b.build(b.batchNorm(b.input, { momentum: 0.5 }, "bn"));
    const vector = (a: number) => Float32Array.of(a, a);
    const model = new LiveModel(
      plainSnapshot(
        network,
        new Map([
          ["bn/gamma", vector(1)],
          ["bn/beta", vector(0)],
          ["bn/movingMean", vector(0)],
          ["bn/movingVariance", vector(1)],
        ]),
      ),
    );
    const data = {
      ...batch(),
      x: tf.tensor2d([
        [1, 0],
        [3, 8],
      ]),
    };
    const before = tf.memory().numTensors;
    const { total, parts } = trainStep(model, {
      task: classification,
      batch: data,
      terms: [],
      optimizer: plainDescent,
      noiseSeed: 0,
    });
    tf.dispose([total, ...parts]);
    // gamma and beta have velocities now.
    expect(tf.memory().numTensors).toBe(before + 2);
    const { values } = await model.snapshot();
    expect([...values.get("bn/movingMean")!]).toEqual([1, 2]); // half of 2 and 4
    expect([...values.get("bn/movingVariance")!]).toEqual([1, 8.5]); // (1 + 1) / 2, (1 + 16) / 2
    tf.dispose([data.x, data.targets]);
    model.dispose();
  });
});
