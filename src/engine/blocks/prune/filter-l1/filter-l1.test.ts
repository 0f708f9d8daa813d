import { beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk, livelySnapshot } from "../../../surgery/check.testing";
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
import { type Choosing, fourFilters, unitsChosen, withoutUnits } from "../../shared/pruning/pruning.testing";
import { filterNorms } from "../../shared/pruning/filter-norms";

beforeAll(startTiny);

type Options = Choosing & { readonly weights?: "raw" | "bn-folded" };

const chooseFilters = (snapshot: Snapshot, sparsity: number, options: Options = {}) =>
  unitsChosen(snapshot, (groups) => filterNorms(snapshot, groups, { ...options, norm: "l1" }), sparsity, options);

const pruneFilters = (snapshot: Snapshot, sparsity: number, options: Options = {}) =>
  withoutUnits(snapshot, chooseFilters(snapshot, sparsity, options), options.roundTo).snapshot;

describe("filter L1 norms (Li et al. 2017)", () => {
  it("are 3, 4, 3.5, 2", () => {
    const snapshot = fourFilters();
    expect([...filterNorms(snapshot, channelGroups(snapshot.network), { norm: "l1" })[0]!]).toEqual([3, 4, 3.5, 2]);
  });

  it("half goes: #3, then #0", () => {
    expect([...chooseFilters(fourFilters(), 0.5)]).toEqual([["conv", [3, 0]]]);
  });

  it("the network is smaller: filters, and the rows that read them", () => {
    const snapshot = pruneFilters(fourFilters(), 0.5);
    expect(snapshot.values.get("conv/kernel")).toHaveLength(8);
    expect([...snapshot.values.get("conv/kernel")!]).toEqual([1, 2, 1, 1.5, 1, 0, 1, 0]);
    expect(snapshot.values.get("logits/kernel")).toHaveLength(4);
  });

  it("two filters of a convolution stay, whatever is asked", () => {
    expect(pruneFilters(fourFilters(), 0.95).values.get("conv/kernel")).toHaveLength(8);
  });

  it("what is gone counts: 0.5 of four after one went is one more", () => {
    const once = pruneFilters(fourFilters(), 0.25);
    expect([...chooseFilters(once, 0.5, { histories: new Map([["conv", { original: 4, left: [0, 1, 2] }]]) })]).toEqual(
      [["conv", [0]]],
    );
  });
});

describe("other ways to choose", () => {
  /** Two convolutions, both followed by batch normalization: `small` has a hundredth of the other's weights. */
  function twoLayers() {
    const b = networkBuilder("two", [4, 4, 1]);
    const conv = (from: string, id: string) =>
      b.activation(b.batchNorm(b.conv2d(from, { filters: 4, kernelSize: 1, useBias: false }, id)));
    const hidden = b.activation(b.dense(b.flatten(conv(conv(b.input, "small"), "large")), { units: 4 }, "hidden"));
    const network = b.build(b.dense(hidden, { units: 2 }, "logits"));
    const base = livelySnapshot(network);
    const values = new Map(base.values);
    values.set("small/kernel", Float32Array.of(0.04, 0.03, 0.02, 0.01));
    values.set(
      "large/kernel",
      Float32Array.from({ length: 16 }, (_, i) => 4 - (i % 4)),
    );
    return { ...base, values };
  }
  const chosen = (change: Options, sparsity = 0.5) => Object.fromEntries(chooseFilters(twoLayers(), sparsity, change));

  it("local: the two smallest of each layer, the smallest first", () => {
    expect(chosen({})).toEqual({ small: [3, 2], large: [3, 2] });
  });

  it("global: by the mean of a filter's weights, but two of each convolution stay", () => {
    // Four of eight go: small's two that may, then large's two smallest.
    expect(chosen({ scope: "global" })).toEqual({ small: [3, 2], large: [3, 2] });
    expect(chosen({ scope: "global" }, 0.25)).toEqual({ small: [3, 2], large: [] });
  });

  it("batch normalization folded: gamma / sqrt(variance) decides too", () => {
    const snapshot = twoLayers();
    const values = new Map(snapshot.values);
    values.set("small-bn/gamma", Float32Array.of(0.1, 1, 1, 50));
    values.set("small-bn/movingVariance", new Float32Array(4).fill(1));
    const folded = chooseFilters({ ...snapshot, values }, 0.5, { weights: "bn-folded" });
    // 0.004, 0.03, 0.02, 0.5
    expect(folded.get("small")).toEqual([0, 2]);
  });

  it("units of dense layers, alone or with filters", () => {
    expect(Object.keys(chosen({ targets: "units" }))).toEqual(["hidden"]);
    expect(Object.keys(chosen({ targets: "filters-and-units" }))).toEqual(["small", "large", "hidden"]);
  });

  it("keeps multiples of k: 0.5 leaves 2 of 4, or 3 where it must be a multiple of 3", () => {
    const filters = (roundTo: number) => {
      const snapshot = pruneFilters(twoLayers(), 0.5, { roundTo });
      return snapshot.values.get("small/kernel")!.length;
    };
    expect([filters(1), filters(2), filters(3)]).toEqual([2, 2, 3]);
  });

  it("masked by the same choice, the network computes the same", () => {
    const snapshot = twoLayers();
    expectMaskedIsShrunk(snapshot, chooseFilters(snapshot, 0.5, { targets: "filters-and-units" }));
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(snapshot, chooseFilters(snapshot, 0.5), images);
  });

  it("halves the filters at once, or over rounds while training", async () => {
    const platform = await tinyPlatform();
    const filtersAfter = async (clip: object) => {
      const run = await runTiny(tinyDocument([{ block: "prune.filter-l1", ...clip }]), { platform, useCache: false });
      return filtersOf(run);
    };
    expect(await filtersAfter({ params: { sparsity: 0.5 } })).toEqual([3, 4]);
    expect(await filtersAfter({ steps: 8, params: { sparsity: 0.5, schedule: "iterative", rounds: 2 } })).toEqual([
      3, 4,
    ]);
  });
});
