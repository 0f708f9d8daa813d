import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import {
  decodedOf,
  effectiveOf,
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
import { normalTensor } from "../../shared/noise";
import { divergence, drawn, dropUncertain, uncertainUnits, unitVariances } from "./vcd";

beforeAll(startTiny);

/** One 1x1 convolution with batch normalization and relu, of these scales. */
function scaled(...gamma: number[]): Snapshot {
  const b = networkBuilder("scaled", [2, 2, 1]);
  const conv = b.conv2d(b.input, { filters: gamma.length, kernelSize: 1, useBias: false }, "a");
  const network = b.build(b.dense(b.globalAvgPool(b.activation(b.batchNorm(conv))), { units: 2 }, "logits"));
  return plainSnapshot(network, new Map(initializeValues(network, 1)).set("a-bn/gamma", Float32Array.from(gamma)));
}

/** Two such convolutions side by side, added. */
function joined(first: readonly number[], second: readonly number[]): Snapshot {
  const b = networkBuilder("joined", [2, 2, 1]);
  const branch = (id: string) => b.batchNorm(b.conv2d(b.input, { filters: 4, kernelSize: 1, useBias: false }, id));
  const sum = b.activation(b.add([branch("a"), branch("b")]));
  const network = b.build(b.dense(b.globalAvgPool(sum), { units: 2 }, "logits"));
  const values = new Map(initializeValues(network, 1));
  values.set("a-bn/gamma", Float32Array.from(first)).set("b-bn/gamma", Float32Array.from(second));
  return plainSnapshot(network, values);
}

const variancesOf = (snapshot: Snapshot, variances: ReadonlyMap<string, Float32Array>, mode: "relative" | "absolute") =>
  [...unitVariances(snapshot, channelGroups(snapshot.network)[0]!, variances, mode)].map((v) => Number(v.toFixed(5)));

describe("the distribution of a scale", () => {
  it.each([
    // (1 + 0 - 1 - 0) / 2; (0.01 + 1 - 1 + 4.605170) / 2; (0.01 + 0.0025 - 1 + 4.605170) / 2
    [0, 1, 0],
    [1, 0.01, 2.307585],
    [0.05, 0.01, 1.808835],
  ])("KL from N(%d, %d) to N(0, 1) is %d", (mean, variance, expected) => {
    const found = tf.tidy(() => divergence(tf.scalar(mean), tf.log(tf.scalar(variance))).dataSync()[0]);
    expect(found).toBeCloseTo(expected, 5);
  });

  it("draws have its mean and variance, and a masked scale stays 0", () => {
    const count = 20_000;
    const [mean, variance, masked] = tf.tidy(() => {
      const noise = normalTensor([count], createRng(1, "noise"));
      const moments = tf.moments(drawn(tf.fill([count], 0.5), tf.fill([count], Math.log(0.25)), noise));
      const none = drawn(tf.zeros([count]), tf.zeros([count]), noise);
      return [moments.mean, moments.variance, tf.max(tf.abs(none))].map((t) => t.dataSync()[0]!);
    });
    // Standard errors: 0.5 / sqrt(20000) = 0.0035 and 0.25 sqrt(2 / 20000) = 0.0025.
    expect(Math.abs(mean! - 0.5)).toBeLessThan(0.014);
    expect(Math.abs(variance! - 0.25)).toBeLessThan(0.01);
    expect(masked).toBe(0);
  });
});

describe("which channels go", () => {
  const variances = new Map([["a-bn/gamma", Float32Array.of(0.01, 0.01, 0.01, 0.01)]]);
  const snapshot = () => scaled(1, 0.05, 0.5, 2);

  it("(1, .01) and (.05, .01) are .01 and 4 relative to the squared mean, and alike as they are", () => {
    // .01 / 1, .01 / .0025, .01 / .25, .01 / 4
    expect(variancesOf(snapshot(), variances, "relative")).toEqual([0.01, 4, 0.04, 0.0025]);
    expect(variancesOf(snapshot(), variances, "absolute")).toEqual([0.01, 0.01, 0.01, 0.01]);
  });

  it("at threshold 1 the second of them goes; as they are all or none do, but for two", () => {
    const left = (mode: "relative" | "absolute", threshold: number) => [
      ...valuesOf(dropUncertain(snapshot(), variances, { mode, threshold, roundTo: 1 }).snapshot, "a-bn/gamma"),
    ];
    expect(left("relative", 1)).toEqual([1, 0.5, 2]);
    expect(left("absolute", 1)).toHaveLength(4);
    expect(left("absolute", 0.005)).toHaveLength(2);
  });

  it("of layers that are added, noise and signal are: .01 + .03 over .04 + .16", () => {
    const both = joined([0.2, 1, 0.2, 0.1], [0.4, 1, 0.1, 0.1]);
    const noise = new Map([
      ["a-bn/gamma", Float32Array.of(0.01, 0.02, 0.05, 0.01)],
      ["b-bn/gamma", Float32Array.of(0.03, 0.02, 0.05, 0.01)],
    ]);
    // .04 / .2, .04 / 2, .1 / .05, .02 / .02
    expect(variancesOf(both, noise, "relative")).toEqual([0.2, 0.02, 2, 1]);
    expect(variancesOf(both, noise, "absolute")).toEqual([0.02, 0.02, 0.05, 0.01]);
  });

  it("a layer's own share and what it must keep come before the threshold", () => {
    const removed = (choice: { sparsity?: number; keep?: number[] }) =>
      dropUncertain(
        snapshot(),
        variances,
        { mode: "relative", threshold: 1, roundTo: 1 },
        new Map([["a", choice]]),
      ).snapshot.values.get("a-bn/gamma");
    expect([...removed({ sparsity: 0.5 })!]).toEqual([1, 2]);
    expect([...removed({ keep: [1] })!]).toEqual([...Float32Array.of(1, 0.05, 0.5, 2)]);
  });

  it("scales of unknown variance stay, and what is not a number is refused", () => {
    const params = { mode: "relative", threshold: 1, roundTo: 1 } as const;
    expect(dropUncertain(snapshot(), new Map(), params).kept.size).toBe(0);
    const bad = new Map([["a-bn/gamma", Float32Array.of(0.01, Number.NaN, 0.01, 0.01)]]);
    expect(() => dropUncertain(snapshot(), bad, params)).toThrow(/expected finite scores, got NaN for unit 1 of 'a'/);
  });

  it("says what is missing where batch normalization is folded", () => {
    const params = { mode: "relative", threshold: 1, roundTo: 1 } as const;
    expect(() => dropUncertain(foldBatchNorm(snapshot()), new Map(), params)).toThrow(
      /with batch normalization behind it/,
    );
  });

  it("masked is shrunk", async () => {
    const trained = await trainedTiny();
    const flat = (units: number) => new Float32Array(units).fill(0.1);
    const variances = new Map([
      ["conv1-bn/gamma", flat(6)],
      ["conv2-bn/gamma", flat(8)],
    ]);
    const removals = uncertainUnits(trained, variances, { mode: "relative", threshold: 0.1 });
    expect([...removals.values()].flat().length).toBeGreaterThan(0);
    expectMaskedIsShrunk(trained, removals, tinyPixels(4));
  });
});

describe("on the timeline", () => {
  const learning = { varianceRate: 100, initialVariance: 0.01 };

  it("takes the channels that nothing depends on; without a prior none", async () => {
    const trained = await trainedTiny();
    // logits/kernel [3 * 3 * 8, 4]: the rows that read channels 2 and 5 are masked.
    const mask = Uint8Array.from({ length: 288 }, (_, i) => ([2, 5].includes(Math.floor(i / 4) % 8) ? 0 : 1));
    const values = new Map(trained.values);
    values.set(
      "logits/kernel",
      valuesOf(trained, "logits/kernel").map((w, i) => w * mask[i]!),
    );
    const idle = { ...trained, values, states: new Map([["logits/kernel", { mask }]]) };
    const platform = await tinyPlatform({ idle });
    const run = async (strength: number) => {
      // In so few steps the prior takes the variance to 1, but not the mean to 0.
      const params = { ...learning, strength, threshold: 0.3 };
      const done = await runTiny(
        tinyDocument([{ block: "prune.vcd", steps: 60, params }], { model: { source: "file:idle" } }),
        { platform },
      );
      return { filters: filtersOf(done), accuracy: done.result.final.accuracy, after: decodedOf(done) };
    };
    const [none, some] = [await run(0), await run(0.02)];
    expect(none.filters).toEqual([6, 8]);
    expect(some.filters[1]).toBeLessThanOrEqual(6);
    expect(some.filters[1]).toBeGreaterThanOrEqual(4);
    expect(some.accuracy).toBeGreaterThan(0.85);
    // What is left of the reader has no masked row.
    expect(effectiveOf(some.after, "logits/kernel").filter((w) => w === 0)).toHaveLength(0);
  });

  it("a run that goes on from inside the clip comes to the same bytes, also where a layer was cut meanwhile", async () => {
    const platform = await tinyPlatform();
    const noise = { block: "prune.vcd", steps: 8, params: { ...learning, threshold: 0.05 } };
    const clips = [noise, { block: "prune.filter-l1", start: 4, params: { sparsity: 0.2 } }];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 8, params: { sparsity: 0.5 } }]);
    await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(4);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });
});
