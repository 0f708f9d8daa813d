import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, valuesOf } from "../../../core/snapshot";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { columnNorms } from "../../shared/pruning/shape-columns";
import { columnPenalty, damage } from "./group-brain-damage";

beforeAll(startTiny);

describe("the penalty (Lebedev and Lempitsky 2016)", () => {
  it("of columns (3, 4) and (0, 1) is 5 + 1", () => {
    const penalty = tf.tidy(() => columnPenalty(tf.tensor4d([3, 4, 0, 1], [2, 1, 1, 2]), 2).dataSync()[0]);
    expect(penalty).toBeCloseTo(6, 5);
  });

  it("has gradient w / |column|, and 0 in a column of zeros", () => {
    const gradient = tf.tidy(() => [
      ...tf
        .grad((k) => columnPenalty(k, 2))(tf.tensor4d([3, 4, 0, 0], [2, 1, 1, 2]))
        .dataSync(),
    ]);
    [0.6, 0.8, 0, 0].forEach((expected, i) => {
      expect(gradient[i]).toBeCloseTo(expected, 5);
    });
  });
});

it("below the quantile of a layer go, but the best places of each channel stay", () => {
  const b = networkBuilder("columns", [4, 4, 2]);
  const x = b.conv2d(b.input, { filters: 1, kernelSize: [1, 3], useBias: false }, "conv");
  const network = b.build(b.dense(b.globalAvgPool(x), { units: 2, useBias: false }, "logits"));
  // Places 0, 1, 2 of channel 0: 0.1, 0.2, 0.3; of channel 1: 1, 2, 3.
  const values = new Map([
    ["conv/kernel", Float32Array.of(0.1, 1, 0.2, 2, 0.3, 3)],
    ["logits/kernel", Float32Array.of(1, 1)],
  ]);
  const masked = (sparsity: number, keepPositions: number) => [
    ...damage(plainSnapshot(network, values), { sparsity, keepPositions }).states.get("conv/kernel")!.mask!,
  ];
  expect(masked(1 / 3, 1)).toEqual([0, 1, 0, 1, 1, 1]);
  // Half is three: the third smallest is the last of channel 0 and stays, so 1 of channel 1 goes.
  expect(masked(0.5, 1)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(masked(1, 2)).toEqual([0, 0, 1, 1, 1, 1]);
});

describe("on the tiny network", () => {
  it("the penalty shrinks columns that the loss does not need", async () => {
    const platform = await tinyPlatform();
    const total = async (strength: number) => {
      const params = { strength, rounds: 1, perRound: 0.005, endFraction: 1 };
      const run = await runTiny(tinyDocument([{ block: "prune.group-brain-damage", steps: 60, params }]), { platform });
      expect(run.losses[0]!.names).toEqual(["hard labels", "c0:group-penalty"]);
      // Not of the file: folding batch normalization would give the kernel its size back.
      const kernel = valuesOf(platform.lastKept().snapshot, "conv2/kernel");
      return columnNorms(kernel, 8).reduce((sum, n) => sum + n, 0);
    };
    expect(await total(0.03)).toBeLessThan(0.9 * (await total(0)));
  });

  it("leaves 5 of 9 places of each channel, the same for all filters, at little cost", async () => {
    const params = { perRound: 0.1, rounds: 6, keepPositions: 5 };
    const document = tinyDocument([{ block: "prune.group-brain-damage", steps: 70, params }]);
    const run = await runTiny(document, { platform: await tinyPlatform() });
    const mask = decodedOf(run).states.get("conv2/kernel")!.mask!;
    const kept = Array.from({ length: 54 }, (_, c) => mask.subarray(c * 8, c * 8 + 8).reduce((sum, m) => sum + m, 0));
    expect(kept.filter((n) => n === 8)).toHaveLength(30);
    expect(kept.filter((n) => n === 0)).toHaveLength(24);
    expect(run.result.final.accuracy).toBeGreaterThan(run.result.original.accuracy - 0.05);
  });
});
