import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { filtersOf, runTiny, startTiny, tinyDocument, tinyPlatform, trainedTiny } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { initializeValues } from "../../../zoo/initialize";
import { fourFilters } from "../../shared/pruning/pruning.testing";
import { parseParams } from "../../params";
import { meta } from "./meta";
import { groupNorms, harvest, shrinkGroups } from "./ssl-group-lasso";

beforeAll(startTiny);

const params = (change: object = {}) => parseParams(meta.params, { ...change }, "test");

describe("the proximal step of a group lasso", () => {
  it("by 1: (3, 4) of norm 5 to (2.4, 3.2), (.3, .4) of norm .5 to zero; their penalty is 5.5", () => {
    tf.tidy(() => {
      // Kernel [1, 2, 1, 2]: filters (3, 4) and (0.3, 0.4).
      const kernel = tf.tensor([3, 0.3, 4, 0.4], [1, 2, 1, 2]);
      expect(groupNorms(kernel, [0, 1, 2]).dataSync()[0]).toBeCloseTo(5.5, 6);
      const after = shrinkGroups(kernel, [0, 1, 2], 1).dataSync();
      [2.4, 0, 3.2, 0].forEach((w, i) => expect(after[i]).toBeCloseTo(w, 6));
      expect(after[1]).toBe(0);
    });
  });

  it("leaves zeros at zero, whatever the amount", () => {
    tf.tidy(() => {
      expect([...shrinkGroups(tf.zeros([1, 1, 1, 2]), [0, 1, 2], 0).dataSync()]).toEqual([0, 0]);
    });
  });
});

describe("what zeros are worth in the end", () => {
  const withZeros = (snapshot: Snapshot, name: string, zero: (i: number) => boolean): Snapshot => ({
    ...snapshot,
    values: new Map(snapshot.values).set(
      name,
      valuesOf(snapshot, name).map((w, i) => (zero(i) ? 0 : w)),
    ),
  });

  it("zero filters are cut out", () => {
    const { snapshot } = harvest(
      withZeros(fourFilters(), "conv/kernel", (i) => i % 4 === 2),
      params(),
    );
    expect(valuesOf(snapshot, "conv/kernel")).toHaveLength(12);
  });

  it("input channels that nothing reads are cut out of the layer that makes them", async () => {
    // conv2/kernel [3, 3, 6, 8]: what reads channel 4.
    const zeroed = withZeros(await trainedTiny(), "conv2/kernel", (i) => Math.floor(i / 8) % 6 === 4);
    const { snapshot } = harvest(zeroed, params({ groups: "channel" }));
    expect(valuesOf(snapshot, "conv1/kernel")).toHaveLength(45);
  });

  it("zero places are masked for all filters alike, zero layers but for one weight", async () => {
    const zeroed = withZeros(await trainedTiny(), "conv2/kernel", (i) => i < 24);
    const mask = harvest(zeroed, params({ groups: "shape" })).snapshot.states.get("conv2/kernel")!.mask!;
    expect([mask.subarray(0, 24).includes(1), mask.subarray(24).includes(0)]).toEqual([false, false]);
    const none = withZeros(await trainedTiny(), "conv2/kernel", () => true);
    const { snapshot } = harvest(none, params({ groups: "depth" }));
    expect(snapshot.states.get("conv2/kernel")!.mask!.reduce((sum, m) => sum + m, 0)).toBe(1);
  });

  it("of kernels of more weights than a call takes arguments", () => {
    const b = networkBuilder("wide", [4, 4, 64]);
    const network = b.build(
      b.dense(b.flatten(b.conv2d(b.input, { filters: 512, kernelSize: 3 }, "wide")), { units: 2 }, "logits"),
    );
    const wide = plainSnapshot(network, initializeValues(network, 1));
    // 3 * 3 * 64 * 512 = 294,912 weights: none is zero, so none goes.
    const { snapshot } = harvest(wide, params({ groups: "depth" }));
    expect(valuesOf(snapshot, "wide/kernel")).toHaveLength(294_912);
    expect(snapshot.states.get("wide/kernel")?.mask?.includes(0) ?? false).toBe(false);
  });
});

describe("on the timeline", () => {
  it.each([
    ["filter", 10],
    ["channel", 10],
  ])("a strong penalty on %s groups makes the network smaller at the end", async (groups, strength) => {
    const clip = { block: "prune.ssl-group-lasso", steps: 30, params: { groups, strength } };
    const training = { optimizer: "adam", learningRate: 0.01, batchSize: 32 };
    const run = await runTiny(tinyDocument([clip], { training }), { platform: await tinyPlatform(), useCache: false });
    const filters = filtersOf(run);
    expect(filters.reduce((sum, n) => sum + n, 0)).toBeLessThan(14);
    expect(filters.every((n) => n >= 2)).toBe(true);
  });
});
