import { beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../core/snapshot";
import { expectMaskedIsShrunk, livelySnapshot, logitsOf, randomInput } from "../../../surgery/check.testing";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import { removeChannels } from "../../../surgery/remove-channels";
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
import { builders } from "../../../zoo/builders";
import { gammaScores, hasGamma } from "../../shared/pruning/gamma-scores";
import { chooseUnits, targetGroups, type UnitChoice } from "../../shared/pruning/structured-pruning";

beforeAll(startTiny);

function choose(snapshot: Snapshot, sparsity: number, scope: UnitChoice["scope"] = "global") {
  const groups = targetGroups(snapshot, "filters", "prune.bn-l1", hasGamma(snapshot));
  const scores = groups.map((group) => gammaScores(snapshot, group));
  return Object.fromEntries(chooseUnits(snapshot, groups, scores, { sparsity, scope }));
}

/** Two 1x1 convolutions of four filters with these scales behind them. */
function scaled(first: readonly number[], second: readonly number[]): Snapshot {
  const b = networkBuilder("scaled", [4, 4, 1]);
  const conv = (from: string, id: string) =>
    b.activation(b.batchNorm(b.conv2d(from, { filters: 4, kernelSize: 1, useBias: false }, id)));
  const network = b.build(b.dense(b.globalAvgPool(conv(conv(b.input, "a"), "b")), { units: 2 }, "logits"));
  const base = livelySnapshot(network);
  const values = new Map(base.values)
    .set("a-bn/gamma", Float32Array.from(first))
    .set("b-bn/gamma", Float32Array.from(second));
  return { ...base, values };
}

describe("scales of batch normalization", () => {
  it("(.9, .05, .4, .01 | .3, .02, .7, .6): half goes, those up to .3", () => {
    expect(choose(scaled([0.9, 0.05, 0.4, 0.01], [0.3, 0.02, 0.7, 0.6]), 0.5)).toEqual({ a: [3, 1], b: [1, 0] });
  });

  it("count by magnitude", () => {
    expect(choose(scaled([-0.9, 0.05, -0.4, 0.01], [-0.3, -0.02, 0.7, -0.6]), 0.5)).toEqual({ a: [3, 1], b: [1, 0] });
  });

  it("ranked layer by layer, each loses its own half", () => {
    expect(choose(scaled([0.9, 0.8, 0.7, 0.6], [0.4, 0.3, 0.2, 0.1]), 0.5, "local")).toEqual({
      a: [3, 2],
      b: [3, 2],
    });
  });

  it("of layers joined by an addition their mean counts: .4 and .2 give .3", () => {
    const snapshot = livelySnapshot(builders.resnet8([8, 8, 1]));
    const values = new Map(snapshot.values)
      .set("conv1-bn/gamma", new Float32Array(16).fill(0.4))
      .set("block1-conv2-bn/gamma", new Float32Array(16).fill(-0.2));
    const [stem] = targetGroups(snapshot, "filters", "test", hasGamma(snapshot));
    expect(stem!.producers).toEqual(["conv1", "block1-conv2"]);
    expect(gammaScores({ ...snapshot, values }, stem!)[0]).toBeCloseTo(0.3, 6);
  });

  it("behind a depthwise convolution say nothing of the channels before it", () => {
    const snapshot = livelySnapshot(builders["mobile-t"]([8, 8, 1]));
    const [stem] = targetGroups(snapshot, "filters", "test", hasGamma(snapshot));
    const values = new Map(snapshot.values)
      .set("conv1-bn/gamma", new Float32Array(16).fill(0.5))
      .set("block1-depthwise-bn/gamma", new Float32Array(16).fill(100));
    expect(gammaScores({ ...snapshot, values }, stem!)[0]).toBe(0.5);
  });

  it("a channel of scale and shift 0 goes without a trace", () => {
    const b = networkBuilder("absorb", [1, 1, 1]);
    const x = b.activation(b.batchNorm(b.conv2d(b.input, { filters: 3, kernelSize: 1, useBias: false }, "a")));
    const network = b.build(b.dense(b.globalAvgPool(x), { units: 2 }, "logits"));
    const base = livelySnapshot(network);
    const snapshot: Snapshot = {
      ...base,
      values: new Map(base.values)
        .set("a-bn/gamma", Float32Array.of(0.5, 0, 1))
        .set("a-bn/beta", Float32Array.of(0.1, 0, 0.1)),
    };
    const { snapshot: shrunk } = removeChannels(snapshot, new Map([["a", [1]]]));
    const x0 = randomInput(network);
    expect(logitsOf(shrunk, x0)).toEqual(logitsOf(snapshot, x0));
  });
});

describe("without batch normalization", () => {
  it("says what it expected, and why it may be gone", async () => {
    const platform = await tinyPlatform({ folded: foldBatchNorm(await trainedTiny()) });
    const document = tinyDocument([{ block: "prune.bn-l1" }], { model: { source: "file:folded" } });
    await expect(runTiny(document, { platform })).rejects.toMatchObject({
      code: "not-prunable",
      message: expect.stringMatching(/expected a layer .* with batch normalization behind it .* prune before/),
    });
  });

  it("other layers of the network stay as they are", () => {
    const b = networkBuilder("half", [4, 4, 1]);
    const plain = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 1 }, "plain"));
    const x = b.batchNorm(b.conv2d(plain, { filters: 4, kernelSize: 1, useBias: false }, "normal"));
    const snapshot = livelySnapshot(b.build(b.dense(b.globalAvgPool(b.activation(x)), { units: 2 })));
    expect(Object.keys(choose(snapshot, 0.5))).toEqual(["normal"]);
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(snapshot, new Map(Object.entries(choose(snapshot, 0.5))), images);
  });

  it("removes half of fourteen channels, wherever the scales are smallest", async () => {
    const run = await runTiny(tinyDocument([{ block: "prune.bn-l1", params: { sparsity: 0.5 } }]), {
      platform: await tinyPlatform(),
    });
    const filters = filtersOf(run);
    expect(filters.reduce((sum, n) => sum + n, 0)).toBe(7);
    const removed = choose(await trainedTiny(), 0.5);
    expect(filters).toEqual([6 - removed.conv1!.length, 8 - removed.conv2!.length]);
  });
});
