import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import type { Snapshot } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk, livelySnapshot, logitsOf } from "../../../surgery/check.testing";
import {
  decodedOf,
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyImages,
  tinyPixels,
  tinyPlatform,
  tinyTask,
  trainedTiny,
} from "../../../run/tiny.testing";
import { visitOutputs } from "../../../run/visits";
import { networkBuilder } from "../../../zoo/builder";
import type { ClipServices } from "../../block";
import { gramMatrix, solveSymmetric } from "../../shared/pruning/least-squares";
import { contributionsTo } from "./contributions";
import { greedyOrder, keptFactors, thinetScores } from "./thinet";

beforeAll(startTiny);

/** Three samples of three channels. */
const x = Float32Array.of(1, -1, 2, 2, -2, 1, 0.5, 0.4, 1);

describe("greedy choice (Luo et al. 2017)", () => {
  it("channel 1 first (costs 5.25, 5.16, 6), then 0 (0.81 with it, against 3.96 for 2)", () => {
    const gram = gramMatrix(x, 3);
    [5.25, 5.16, 6].forEach((cost, c) => expect(gram[c * 4]).toBeCloseTo(cost, 5));
    const { order, costs } = greedyOrder(gram, 3);
    expect(order).toEqual([1, 0, 2]);
    // All three: rows sum to 2, 1, 1.9, squares 4 + 1 + 3.61.
    [5.16, 0.81, 8.61].forEach((cost, turn) => expect(costs[turn]).toBeCloseTo(cost, 5));
  });

  it("scores keep that order although the cost falls", () => {
    const scores = thinetScores([{ reader: "r", samples: x, leavesConstants: false }], 3);
    expect(scores[1]!).toBeLessThan(scores[0]!);
    expect(scores[0]!).toBeLessThan(scores[2]!);
    expect(scores[2]).toBe(1);
  });

  it("the channel that stays is scaled by (2 * 2 + 1 * 1 + 1.9 * 1) / 6 = 1.15", () => {
    expect(keptFactors(gramMatrix(x, 3), 3, [2])[0]).toBeCloseTo(1.15, 5);
  });

  it("a channel that never gave anything goes first and, kept, stays as it is", () => {
    const silent = Float32Array.of(1, 0, 2, 3, 0, 1);
    const gram = gramMatrix(silent, 3);
    expect(greedyOrder(gram, 3).order[0]).toBe(1);
    expect(keptFactors(gram, 3, [0, 1])[1]).toBe(1);
  });

  it("without any samples each is as good as the next: the first goes first", () => {
    expect(greedyOrder(new Float64Array(9), 3).order).toEqual([0, 1, 2]);
  });
});

describe("least squares", () => {
  it("[[4, 1], [1, 2]] x = [1, 1]: x = (1/7, 3/7)", () => {
    const [a, b] = solveSymmetric(Float64Array.of(4, 1, 1, 2), Float64Array.of(1, 1));
    expect([a, b]).toEqual([expect.closeTo(1 / 7, 5), expect.closeTo(3 / 7, 5)]);
  });

  it("stays finite where columns are copies: the work is shared", () => {
    const [a, b] = solveSymmetric(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 1));
    expect([a, b]).toEqual([expect.closeTo(0.5, 4), expect.closeTo(0.5, 4)]);
  });
});

/** All of the tiny training images, as the runner serves them. */
function services(): Pick<ClipServices, "visitOutputs"> {
  const images = tinyImages(64, "train");
  const source = { images, normalization: undefined, ...tinyTask, count: 64, between: () => Promise.resolve() };
  return { visitOutputs: (snapshot, ids, count, visit) => visitOutputs(snapshot, ids, count, source, visit) };
}

/** A 1x1 image: a layer's contributions are those of its one place. */
function twoLayers(kernelSize: number, size: number, kind: "relu" | "sigmoid" = "relu"): Snapshot {
  const b = networkBuilder("two", [12, 12, 1]);
  const pooled = b.maxPool(b.input, { poolSize: 12 / size });
  const a = b.activation(b.conv2d(pooled, { filters: 4, kernelSize: 1 }, "a"), kind);
  const read = b.conv2d(
    a,
    { filters: 3, kernelSize, strides: kernelSize === 1 ? 1 : 2, padding: kind === "relu" ? "same" : "valid" },
    "b",
  );
  return livelySnapshot(b.build(b.dense(b.flatten(read), { units: 2 }, "logits")));
}

describe("contributions to the next layer", () => {
  it.each([
    ["1x1", 1, 1, "relu"],
    ["3x3, padded and strided", 3, 6, "relu"],
    ["3x3 behind a sigmoid", 3, 6, "sigmoid"],
  ] as const)(
    "%s: a row's sum is an output less its bias and what removal leaves",
    async (_, kernelSize, size, kind) => {
      const snapshot = twoLayers(kernelSize, size, kind);
      const [group] = channelGroups(snapshot.network);
      const found = await contributionsTo(
        snapshot,
        [group!],
        { images: 5, samplesPerImage: 40 },
        services(),
        (stream) => createRng(3, stream),
      );
      const { samples, reader, leavesConstants } = found.get("a")![0]!;
      expect([reader, leavesConstants]).toEqual(["b", kind === "sigmoid"]);
      // Every sum must be among the image's outputs, less the same outputs where all four channels are as removed.
      const zeroed = { ...snapshot, values: new Map(snapshot.values) };
      zeroed.values.set("a/kernel", new Float32Array(4)).set("a/bias", new Float32Array(4));
      const outputs = async (of: Snapshot) => {
        const all: Float32Array[] = [];
        await services().visitOutputs(of, ["b"], 5, ({ values, shape }) => {
          const each = values.length / shape[0]!;
          for (let at = 0; at < values.length; at += each) all.push(values.slice(at, at + each));
        });
        return all;
      };
      const [whole, rest] = [await outputs(snapshot), await outputs(zeroed)];
      for (let row = 0; row < samples.length / 4; row++) {
        const image = Math.floor(row / 40);
        const sum = samples.subarray(4 * row, 4 * row + 4).reduce((total, v) => total + v, 0);
        const nearest = whole[image]!.reduce(
          (least, v, i) => Math.min(least, Math.abs(v - rest[image]![i]! - sum)),
          Infinity,
        );
        expect(nearest).toBeLessThan(1e-4);
      }
    },
  );

  it("of a dense layer behind flatten all positions of a channel count together", async () => {
    const snapshot = await trainedTiny();
    const [, group] = channelGroups(snapshot.network);
    const sampling = { images: 3, samplesPerImage: 30 };
    const rng = (stream: string) => createRng(3, stream);
    const { samples, reader } = (await contributionsTo(snapshot, [group!], sampling, services(), rng)).get(
      "conv2",
    )![0]!;
    expect([reader, samples.length]).toEqual(["logits", 3 * 30 * 8]);
    const bias = snapshot.values.get("logits/bias")!;
    const images = Float32Array.from(tinyImages(64, "train").images.subarray(0, 3 * 144), (v) => v / 255);
    const logits = logitsOf(snapshot, images);
    for (let row = 0; row < 90; row++) {
      const sum = samples.subarray(8 * row, 8 * row + 8).reduce((total, v) => total + v, 0);
      const own = [0, 1, 2, 3].map((o) => Math.abs(logits[4 * Math.floor(row / 30) + o]! - bias[o]! - sum));
      expect(Math.min(...own)).toBeLessThan(1e-3);
    }
  });
});

describe("on the timeline", () => {
  it("rescaled, the pruned network is nearer to what it was; both are smaller by half", async () => {
    const trained = await trainedTiny();
    const platform = await tinyPlatform();
    const test = tinyPixels(64);
    const before = logitsOf(trained, test);
    const errorOf = async (rescale: string) => {
      const document = tinyDocument([{ block: "prune.thinet", params: { rescale, sparsity: 0.5 } }], {
        bnRecalibrationBatches: 0,
      });
      const after = decodedOf(await runTiny(document, { platform, useCache: false }));
      expect(after.network.nodes.flatMap((n) => (n.op === "conv2d" ? n.attrs.filters : []))).toEqual([3, 4]);
      return logitsOf(after, test).reduce((sum, v, i) => sum + (v - before[i]!) ** 2, 0);
    };
    expect(await errorOf("least-squares")).toBeLessThan(0.8 * (await errorOf("none")));
  });

  it("the part of a removed channel falls to its copy: factor 2", async () => {
    const snapshot = twoLayers(1, 1);
    const kernel = Float32Array.of(0.5, 1, -0.4, 0.5);
    const bias = Float32Array.of(0.1, -0.3, 0.5, 0.1);
    const reads = snapshot.values.get("b/kernel")!.slice();
    reads.copyWithin(9, 0, 3);
    const values = new Map(snapshot.values).set("a/kernel", kernel).set("a/bias", bias).set("b/kernel", reads);
    const copied = { ...snapshot, values };
    const [group] = channelGroups(copied.network);
    const found = await contributionsTo(copied, [group!], { images: 64, samplesPerImage: 10 }, services(), (s) =>
      createRng(5, s),
    );
    const factors = keptFactors(gramMatrix(found.get("a")![0]!.samples, 4), 4, [0, 1, 2]);
    [2, 1, 1].forEach((factor, c) => expect(factors[c]).toBeCloseTo(factor, 2));
  });

  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    const groups = channelGroups(snapshot.network);
    const found = await contributionsTo(snapshot, groups, { images: 64, samplesPerImage: 10 }, services(), (s) =>
      createRng(5, s),
    );
    const removals = groups.map(({ id, units }) => {
      const { order } = greedyOrder(gramMatrix(found.get(id)![0]!.samples, units), units);
      return [id, order.slice(0, units / 2)] as const;
    });
    expectMaskedIsShrunk(snapshot, new Map(removals), images);
  });

  it("residual networks, with several readers, and rounds while training", async () => {
    const b = networkBuilder("residual", [12, 12, 1]);
    const conv = { filters: 6, kernelSize: 3, useBias: false };
    const stem = b.activation(b.batchNorm(b.conv2d(b.input, { ...conv, strides: 2 }, "stem")));
    const inner = b.activation(b.batchNorm(b.conv2d(stem, { ...conv, filters: 8 }, "inner")));
    const sum = b.activation(b.add([stem, b.batchNorm(b.conv2d(inner, conv, "outer"))], "sum"), "relu", "sum-relu");
    const snapshot = livelySnapshot(b.build(b.dense(b.globalAvgPool(sum), { units: 4 }, "logits")));
    const platform = await tinyPlatform({ residual: snapshot });
    const clip = { block: "prune.thinet", steps: 4, params: { images: 40, schedule: "iterative", rounds: 2 } };
    const run = await runTiny(tinyDocument([clip], { model: { source: "file:residual" } }), { platform });
    const filters = filtersOf(run);
    expect(filters).toEqual([3, 4, 3]);
  });
});
