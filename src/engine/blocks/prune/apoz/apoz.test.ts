import { beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk, livelySnapshot } from "../../../surgery/check.testing";
import {
  decodedOf,
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
import type { ClipServices, OutputBatch } from "../../block";
import { activationsBehind, countZeros, silenceLimit, zeroShares } from "./apoz";

beforeAll(startTiny);

const counts = (units: number) => ({ zeros: new Float64Array(units), totals: new Float64Array(units) });

/** Outputs given by hand. */
const outputs = (batches: readonly Pick<OutputBatch, "nodeId" | "values">[]) =>
  ({
    visitOutputs: (_snapshot, _ids, _images, visit) => {
      for (const batch of batches) visit({ shape: [], firstImage: 0, ...batch });
      return Promise.resolve();
    },
    sampleActivations: (_snapshot, ids) =>
      Promise.resolve(new Map(ids.map((id) => [id, { min: -2, max: 1, values: new Float32Array() }]))),
  }) satisfies Pick<ClipServices, "visitOutputs" | "sampleActivations">;

describe("average percentage of zeros", () => {
  it("of (0, 0, 1, .5), (0, 2, 0, 0), (0, 0, 0, 0) is 2/4, 3/4, 4/4", () => {
    const all = counts(3);
    // Channels last: one row for each image.
    countZeros(all, Float32Array.of(0, 0, 0, 0, 2, 0, 1, 0, 0, 0.5, 0, 0), Int32Array.of(0, 1, 2), 0);
    expect([...all.zeros].map((zeros, u) => zeros / all.totals[u]!)).toEqual([0.5, 0.75, 1]);
  });

  it("is an average over images, positions and batches, and of the network's own channels alone", () => {
    const all = counts(1);
    countZeros(all, Float32Array.of(7, 0, 7, 1), Int32Array.of(-1, 0), 0);
    countZeros(all, Float32Array.of(0, -0), Int32Array.of(-1, 0), 0);
    expect([all.zeros[0], all.totals[0]]).toEqual([2, 3]);
  });

  it("behind a smooth activation counts what is below a thousandth of its largest output", async () => {
    const b = networkBuilder("smooth", [1, 1, 1]);
    const x = b.activation(b.conv2d(b.input, { filters: 2, kernelSize: 1 }, "a"), "tanh");
    const snapshot = livelySnapshot(b.build(b.dense(b.globalAvgPool(x), { units: 2 })));
    const values = Float32Array.of(0.0019, 1, -0.0019, 0.0021, 0, -2, 0.0021, 0.5);
    const services = outputs([{ nodeId: "a-tanh", values }]);
    const shares = await zeroShares(snapshot, channelGroups(snapshot.network), 4, services);
    // Up to 0.002: three of four, none of four.
    expect([...shares.get("a")!]).toEqual([0.75, 0]);
  });

  it("threshold: mean + one standard deviation of (.5, .5, .5, .9) is .6 + .1732", () => {
    const scores = Float32Array.of(0.5, 0.5, 0.5, 0.1);
    expect(silenceLimit(scores, 1)).toBeCloseTo(0.4 - 0.17320508, 6);
    expect(silenceLimit(Float32Array.of(0.5, 0.5, 0.5), 1)).toBe(-Infinity);
  });
});

describe("where a unit's activation is", () => {
  const behind = (network: ReturnType<typeof builders.resnet8>) =>
    Object.fromEntries(
      channelGroups(network).map((group) => [group.id, activationsBehind(network, group).map((n) => n.id)]),
    );

  it("behind batch normalization; of a residual stage behind the stem and each addition", () => {
    expect(behind(builders.resnet8([8, 8, 1]))).toEqual({
      conv1: ["conv1-relu", "block1-relu"],
      "block1-conv1": ["block1-conv1-relu"],
      "block2-conv1": ["block2-conv1-relu"],
      "block2-conv2": ["block2-relu"],
      "block3-conv1": ["block3-conv1-relu"],
      "block3-conv2": ["block3-relu"],
    });
  });

  it("before a depthwise convolution, not behind it", () => {
    expect(behind(builders["mobile-t"]([8, 8, 1])).conv1).toEqual(["conv1-relu"]);
  });

  it("nowhere in a linear bottleneck: no units of it go", async () => {
    const b = networkBuilder("linear", [12, 12, 1]);
    const narrow = b.conv2d(b.input, { filters: 4, kernelSize: 3 }, "narrow");
    const wide = b.activation(b.conv2d(narrow, { filters: 8, kernelSize: 1 }, "wide"));
    const both: Snapshot = livelySnapshot(b.build(b.dense(b.globalAvgPool(wide), { units: 4 })));
    const c = networkBuilder("only-linear", [12, 12, 1]);
    const alone = c.conv2d(c.input, { filters: 4, kernelSize: 3 }, "narrow");
    const none = livelySnapshot(c.build(c.dense(c.globalAvgPool(alone), { units: 4 })));
    const platform = await tinyPlatform({ both, none });
    const run = (name: string) =>
      runTiny(
        tinyDocument([{ block: "prune.apoz", params: { sparsity: 0.5 } }], { model: { source: `file:${name}` } }),
        {
          platform,
        },
      );
    const filters = decodedOf(await run("both")).network.nodes.flatMap((n) =>
      n.op === "conv2d" ? n.attrs.filters : [],
    );
    expect(filters).toEqual([4, 4]);
    await expect(run("none")).rejects.toMatchObject({
      code: "not-prunable",
      message: expect.stringContaining("with an activation behind it"),
    });
  });
});

describe("on the timeline", () => {
  it("filters that are dead on all images go first, whatever their norm", async () => {
    const trained = await trainedTiny();
    // Large kernels, but a shift that keeps the relu shut.
    const values = new Map(trained.values);
    const [kernel, beta] = ["conv2/kernel", "conv2-bn/beta"].map((name) => values.get(name)!.slice());
    for (const dead of [1, 4]) {
      beta![dead] = -1000;
      for (let i = dead; i < kernel!.length; i += 8) kernel![i]! *= 10;
    }
    values.set("conv2/kernel", kernel!).set("conv2-bn/beta", beta!);
    const platform = await tinyPlatform({ dead: { ...trained, values } });
    const document = tinyDocument([{ block: "prune.apoz", params: { sparsity: 0.25, images: 64 } }], {
      model: { source: "file:dead" },
      bnRecalibrationBatches: 0,
    });
    const after = decodedOf(await runTiny(document, { platform }));
    // Folded into the bias of the layer: -1000 is gone with its filters, two of six and of eight.
    expect(after.values.get("conv2/bias")).toHaveLength(6);
    expect(Math.min(...after.values.get("conv2/bias")!)).toBeGreaterThan(-500);
  });

  it("over rounds while training, with a threshold or a fraction", async () => {
    const platform = await tinyPlatform();
    const filtersAfter = async (params: Record<string, string | number>, steps: number) => {
      const run = await runTiny(tinyDocument([{ block: "prune.apoz", steps, params: { images: 64, ...params } }]), {
        platform,
      });
      return filtersOf(run);
    };
    expect(await filtersAfter({ sparsity: 0.5, schedule: "iterative", rounds: 2 }, 6)).toEqual([3, 4]);
    const [first, second] = await filtersAfter({ choose: "threshold", sparsity: 0 }, 0);
    expect(first! + second!).toBeLessThan(14);
    expect(first! + second!).toBeGreaterThan(7);
  });

  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(snapshot, new Map(channelGroups(snapshot.network).map(({ id }) => [id, [1, 2]])), images);
  });
});
