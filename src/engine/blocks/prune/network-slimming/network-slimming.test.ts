import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { expectMaskedIsShrunk, logitsOf } from "../../../surgery/check.testing";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import {
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { initializeValues } from "../../../zoo/initialize";
import { penalizedGammas, slim } from "./network-slimming";

beforeAll(startTiny);

/** Two 1x1 convolutions of four filters with batch normalization and relu. */
function scaled(first: readonly number[], second: readonly number[]): Snapshot {
  const b = networkBuilder("scaled", [2, 2, 1]);
  const unit = (from: string, id: string) =>
    b.activation(b.batchNorm(b.conv2d(from, { filters: 4, kernelSize: 1, useBias: false }, id)));
  const network = b.build(b.dense(b.globalAvgPool(unit(unit(b.input, "a"), "b")), { units: 2 }, "logits"));
  const values = new Map(initializeValues(network, 1));
  values.set("a-bn/gamma", Float32Array.from(first));
  values.set("b-bn/gamma", Float32Array.from(second));
  return plainSnapshot(network, values);
}

const gammas = () => scaled([0.9, 0.05, 0.4, 0.01], [0.3, 0.02, 0.7, 0.6]);

describe("one threshold on |gamma| (Liu et al. 2017)", () => {
  it("half of .9 .05 .4 .01 | .3 .02 .7 .6 go: 1 and 3 of the first layer, 0 and 1 of the second", () => {
    // In order: .01 .02 .05 .3 | .4 .6 .7 .9
    const { snapshot } = slim(gammas(), 0.5);
    expect([...valuesOf(snapshot, "a-bn/gamma")]).toEqual([...Float32Array.of(0.9, 0.4)]);
    expect([...valuesOf(snapshot, "b-bn/gamma")]).toEqual([...Float32Array.of(0.7, 0.6)]);
  });

  it("a channel of gamma 0 and beta 0.2 goes without a trace: the reader's bias takes 0.2 times its weight", () => {
    const base = scaled([0.9, 0, 0.4, 0.5], [0.3, 0.2, 0.7, 0.6]);
    const values = new Map(base.values).set("a-bn/beta", Float32Array.of(0, 0.2, 0, 0));
    const before = { ...base, values };
    const { snapshot } = slim(before, 1 / 8);
    expect(snapshot.values.get("a/kernel")).toHaveLength(3);
    const [kernel, bias] = [valuesOf(before, "b/kernel"), valuesOf(snapshot, "b/bias")];
    // Kernel [1, 1, 4, 4]: the weights that read channel 1 are 4..7.
    bias.forEach((shift, o) => expect(shift).toBeCloseTo(0.2 * kernel[4 + o]!, 6));
    const images = Float32Array.from({ length: 8 }, (_, i) => i / 8);
    const [expected, actual] = [logitsOf(before, images), logitsOf(snapshot, images)];
    expected.forEach((logit, i) => expect(actual[i]).toBeCloseTo(logit, 5));
  });

  it("says what is missing where batch normalization is folded", () => {
    expect(() => slim(foldBatchNorm(gammas()), 0.5)).toThrow(/with batch normalization behind it/);
  });

  it("leaves the scales behind depthwise convolutions alone", () => {
    const b = networkBuilder("separable", [4, 4, 1]);
    const conv = b.batchNorm(b.conv2d(b.input, { filters: 4, kernelSize: 1, useBias: false }, "conv"));
    const depthwise = b.batchNorm(b.depthwiseConv2d(conv, { kernelSize: 3, useBias: false }, "deep"));
    const network = b.build(b.dense(b.globalAvgPool(depthwise), { units: 2 }, "logits"));
    expect(penalizedGammas(network)).toEqual(["conv-bn/gamma"]);
  });
});

describe("on the timeline", () => {
  const clip = { block: "prune.network-slimming", steps: 20 };
  const sumOfGammas = (snapshot: Snapshot) =>
    ["conv1-bn/gamma", "conv2-bn/gamma"].reduce(
      (sum, name) => sum + valuesOf(snapshot, name).reduce((s, g) => s + Math.abs(g), 0),
      0,
    );

  it("the penalty makes the scales smaller than training alone does", async () => {
    const platform = await tinyPlatform();
    const after = async (strength: number) => {
      await runTiny(tinyDocument([{ ...clip, params: { sparsity: 0, strength } }]), { platform });
      return sumOfGammas(platform.lastKept().snapshot);
    };
    expect(await after(0.1)).toBeLessThan(await after(0));
  });

  it("half of the channels of both layers together are gone, and only at the end", async () => {
    const run = await runTiny(tinyDocument([clip], { evaluateEvery: 10 }), {
      platform: await tinyPlatform(),
      useCache: false,
    });
    const filters = filtersOf(run);
    expect(filters.reduce((sum, n) => sum + n, 0)).toBe(7);
    const [original, middle, end] = run.points;
    expect(middle!.parameters).toBe(original!.parameters);
    expect(end!.parameters).toBeLessThan(original!.parameters);
  });

  it("masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(
      snapshot,
      new Map([
        ["conv1", [1, 4]],
        ["conv2", [0, 3, 7]],
      ]),
      images,
    );
  });
});
