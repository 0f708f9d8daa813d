import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  runTiny,
  startTiny,
  tinyClasses,
  tinyDocument,
  tinyImages,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { classification, labelBatch } from "../../../tasks/classification";
import { createBatchOrder, imageBatch } from "../../../training/batches";
import { inferenceModel } from "../../../training/evaluate";
import { forward } from "../../../training/forward";
import { LiveModel } from "../../../training/live-model";
import { type Batch, type BatchOutput, trainStep } from "../../../training/step";
import { createTeacher } from "../../../training/teacher";
import type { ClipContext, LossTerm } from "../../block";
import { kdLogits, softLoss, softTargets } from "./kd-logits";
import type { meta } from "./meta";

beforeAll(startTiny);

const teacher = [2, 1, 0.1];
const student = [1.5, 1.2, 0.3];

async function lossAt(temperature: number) {
  const before = tf.memory().numTensors;
  const targets = tf.tidy(() => softTargets(tf.tensor2d([teacher]), temperature));
  const z = tf.tensor2d([student]);
  const { value, grad } = tf.tidy(() => tf.valueAndGrad((x) => softLoss(x as tf.Tensor2D, targets, temperature))(z));
  const numbers = {
    probabilities: [...(await targets[0].data())],
    loss: (await value.data())[0]!,
    gradient: [...(await grad.data())],
  };
  tf.dispose([...targets, z, value, grad]);
  expect(tf.memory().numTensors).toBe(before);
  return numbers;
}

describe("softened logits (Hinton et al. 2015), z_T = (2, 1, 0.1), z_S = (1.5, 1.2, 0.3)", () => {
  it("T = 1: p_T = (.659001, .242433, .098566), KL = .05820659", async () => {
    const { probabilities, loss, gradient } = await lossAt(1);
    [0.659001, 0.242433, 0.098566].forEach((p, i) => expect(probabilities[i]).toBeCloseTo(p, 5));
    expect(loss).toBeCloseTo(0.05820659, 6);
    // p_S - p_T
    [-0.169288, 0.120355, 0.048933].forEach((g, i) => expect(gradient[i]).toBeCloseTo(g, 5));
  });

  it("T = 4: T^2 KL = 16 x .00368101 = .05889621, gradient T (p_S - p_T)", async () => {
    const { loss, gradient } = await lossAt(4);
    expect(loss).toBeCloseTo(0.05889621, 5);
    [-0.167256, 0.092997, 0.074259].forEach((g, i) => expect(gradient[i]).toBeCloseTo(g, 5));
    // With alpha 0.9 and the hard label 0 (cross-entropy .713936): .9 x .058896 + .1 x .713936 = .124400
    expect(0.9 * loss + 0.1 * 0.713936).toBeCloseTo(0.1244, 5);
  });
});

describe("the teacher", () => {
  it("stays as it was while a student that began as its copy learns from it", async () => {
    const snapshot = await trainedTiny();
    const untouched = new Map([...snapshot.values].map(([name, values]) => [name, values.slice()]));
    const data = tinyImages(64, "train");
    const keys = Uint32Array.from({ length: 32 }, (_, i) => i);
    const before = tf.memory().numTensors;
    const frozen = await createTeacher(snapshot, data, { task: classification, count: 64, expected: 1 });
    const x = imageBatch(data, keys);
    const oneHot = labelBatch(data, keys, tinyClasses);
    const logits = () => tf.tidy(() => [...frozen.logits(keys, x).dataSync()]);
    const first = logits();
    const { losses } = kdLogits({
      params: { temperature: 4, alpha: 0.9 },
      services: { teacher: () => frozen },
    } as unknown as ClipContext<typeof meta.params>);
    const [{ prepare, compute, share }] = losses as [LossTerm];
    const terms = [
      {
        name: "soft",
        share: share!(0),
        prepare: (batch: Batch) => prepare!(batch, 0),
        compute: (output: BatchOutput, prepared: readonly tf.Tensor[]) => compute(output, prepared, 0),
      },
    ];
    const pupil = new LiveModel(snapshot);
    for (let step = 0; step < 3; step++) {
      const optimizer = { kind: "adam", learningRate: 0.05, momentum: 0 } as const;
      const batch = { step, keys, x, targets: { oneHot } };
      const request = { task: classification, batch, terms, optimizer, noiseSeed: 0 };
      const { total, parts } = trainStep(pupil, request);
      tf.dispose([total, ...parts]);
    }
    expect(logits()).toEqual(first);
    expect((await pupil.snapshot()).values).not.toEqual(untouched);
    expect(snapshot.values).toEqual(untouched);
    pupil.dispose();
    frozen.dispose();
    tf.dispose([x, oneHot]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("on the timeline", () => {
  it("repairs a pruned network", async () => {
    const clips = [{ block: "prune.filter-l1" }, { block: "distill.kd-logits", steps: 25, teacher: "original" }];
    const training = { learningRate: 0.01, batchSize: 32 };
    const { points } = await runTiny(tinyDocument(clips, { training }), { platform: await tinyPlatform() });
    const [original, pruned, taught] = points;
    expect(original!.accuracy - pruned!.accuracy).toBeGreaterThan(0.1);
    expect(taught!.accuracy - pruned!.accuracy).toBeGreaterThan(0.1);
  });

  it("hard labels keep what alpha leaves, and the parts add up to the loss", async () => {
    const clip = { block: "distill.kd-logits", steps: 3, teacher: "original", params: { alpha: 1 } };
    const { losses } = await runTiny(tinyDocument([clip]), { platform: await tinyPlatform() });
    expect(losses[0]!.names).toEqual(["hard labels", "c0:soft-labels"]);
    expect([...losses[0]!.parts[0]!]).toEqual([0, 0, 0]);
    expect([...losses[0]!.total]).toEqual([...losses[0]!.parts[1]!]);
  });

  it("is taught by the same numbers, looked up or computed", async () => {
    const clip = (steps: number) => ({ block: "distill.kd-logits", steps, teacher: "original", samples: 64 });
    const platform = await tinyPlatform();
    // Of 64 samples, 2 steps of 32 images see all (looked up), 1 step does not (computed for the batch).
    const [lookedUp, computed] = [
      await runTiny(tinyDocument([clip(2)]), { platform }),
      await runTiny(tinyDocument([clip(1)]), { platform }),
    ];
    const soft = ({ losses }: typeof computed) => losses[0]!.parts[1]![0]!;
    expect(soft(lookedUp)).toBeCloseTo(soft(computed), 5);

    // By hand, on the step's own images: alpha T^2 KL(p_T || p_S), where the student still is the teacher, but in training.
    const indices = createBatchOrder(7, 32).at(0, 64);
    const model = new LiveModel(await trainedTiny());
    const teaching = inferenceModel(await trainedTiny());
    const logits = (training: boolean): number[][] =>
      tf.tidy(() => {
        const x = imageBatch(tinyImages(64, "train"), indices);
        const output = training
          ? forward(model.network, model.effective, x, { training }).output
          : teaching.predict(x).output;
        return (output as tf.Tensor2D).arraySync();
      });
    const softened = (row: number[]) => {
      const powers = row.map((z) => Math.exp(z / 4));
      const sum = powers.reduce((total, power) => total + power, 0);
      return powers.map((power) => power / sum);
    };
    const [taught, teacher] = [logits(true), logits(false)];
    const divergences = teacher.map((row, b) => {
      const q = softened(taught[b]!);
      return softened(row).reduce((sum, p, c) => sum + p * Math.log(p / q[c]!), 0);
    });
    const mean = divergences.reduce((sum, kl) => sum + kl, 0) / divergences.length;
    expect(mean).toBeGreaterThan(0);
    expect(soft(computed)).toBeCloseTo(0.9 * 16 * mean, 4);
    model.dispose();
    teaching.dispose();
  });
});
