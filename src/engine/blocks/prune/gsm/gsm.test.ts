import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { sgdUpdate } from "../../../backend/fused";
import { createRng } from "../../../core/rng";
import { kernelNames } from "../../shared/pruning/mask-pruning";
import type { ParameterUpdates } from "../../../training/step";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { sparsifyGradients, topThreshold } from "./gsm";

beforeAll(startTiny);

/** One kernel, as the step hands it over. */
function updatesOf(value: tf.Tensor, first: tf.Tensor): ParameterUpdates & { readonly result: () => tf.Tensor } {
  let gradient = first;
  return {
    names: ["a/kernel"],
    optimizer: { kind: "sgd", learningRate: 0.1, momentum: 0 },
    value: () => value,
    gradient: () => gradient,
    replace(_name, change) {
      gradient = tf.tidy(() => change(gradient));
    },
    result: () => gradient,
  };
}

describe("the step (Ding et al. 2019)", () => {
  it("metric .05, .1, .02, .008: two get their gradient; rate .1, decay .01: (.4895, -.2498, .0999, .3996)", () => {
    const value = tf.variable(tf.tensor1d([0.5, -0.2, 0.1, 0.4]), false);
    const updates = updatesOf(value, tf.tensor1d([0.1, 0.5, -0.2, 0.02]));
    sparsifyGradients(updates, ["a/kernel"], { sparsity: 0.5, weightDecay: 0.01 });
    const velocity = tf.variable(tf.zerosLike(value), false);
    sgdUpdate({ value, gradient: updates.result(), velocity }, updates.optimizer);
    // 0.5 - 0.1 (0.1 + 0.005), -0.2 - 0.1 (0.5 - 0.002), 0.1 - 0.1 * 0.001, 0.4 - 0.1 * 0.004
    const after = [...value.dataSync()];
    [0.4895, -0.2498, 0.0999, 0.3996].forEach((expected, i) => {
      expect(after[i]).toBeCloseTo(expected, 6);
    });
    tf.dispose([value, velocity, updates.result()]);
  });

  it.each([1, 37, 500, 999])("exactly %i of 1000 values over eight decades exceed the threshold", (count) => {
    const rng = createRng(1, "values");
    const values = Float32Array.from({ length: 1000 }, () => Math.sqrt(Math.sqrt(10 ** (-8 * rng.next()))));
    const threshold = tf.tidy(() => topThreshold(tf.tensor1d(values), count).dataSync()[0]!);
    expect(values.filter((v) => v > threshold)).toHaveLength(count);
  });
});

describe("on the tiny network", () => {
  const zeros = (run: Awaited<ReturnType<typeof runTiny>>) => {
    const after = decodedOf(run);
    return kernelNames(after).reduce((sum, name) => sum + effectiveOf(after, name).filter((w) => w === 0).length, 0);
  };

  it("0.6 of all 774 weights go, after they have decayed", async () => {
    const platform = await tinyPlatform();
    const params = { sparsity: 0.6, learningRate: 0.02, momentum: 0.9, weightDecay: 0.1 };
    const document = (steps: number) => tinyDocument([{ block: "prune.gsm", steps, params }]);
    const run = await runTiny(document(120), { platform });
    expect(zeros(run)).toBe(464); // floor(0.6 * 774 + 0.5)
    const early = await runTiny(document(2), { platform });
    expect(run.result.final.accuracy).toBeGreaterThan(early.result.final.accuracy + 0.05);
  });

  it("a later clip's Adam is refused", async () => {
    const document = tinyDocument([
      { block: "prune.gsm", steps: 4 },
      { block: "train.fine-tune", start: 1, steps: 3, params: { optimizer: "adam" } },
    ]);
    await expect(runTiny(document, { platform: await tinyPlatform() })).rejects.toThrow(/expected SGD.*got adam/);
  });

  it("in rounds of global magnitude: 1 - 0.4^(1/2) = 0.3675 of 774, then 0.6", async () => {
    const params = { sparsity: 0.6, variant: "iterative-magnitude", rounds: 2 };
    const document = tinyDocument([{ block: "prune.gsm", steps: 4, params }], { evaluateEvery: 1 });
    const run = await runTiny(document, { platform: await tinyPlatform() });
    expect(zeros(run)).toBe(464);
    // 774 - 284 weights and 18 biases after the first round.
    expect(run.points[1]!.nonZero).toBe(508);
  });
});
