import { beforeAll, describe, expect, it } from "vitest";
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
import { fourFilters, oneConvolution, unitsChosen } from "../../shared/pruning/pruning.testing";
import { filterNorms } from "../../shared/pruning/filter-norms";

beforeAll(startTiny);

const local = { norm: "l2" } as const;

describe("filter L2 norms", () => {
  it("are sqrt(9), sqrt(4 * 1), sqrt(4 + 2.25), sqrt(4 / 4)", () => {
    const snapshot = fourFilters();
    expect([...filterNorms(snapshot, channelGroups(snapshot.network), local)[0]!]).toEqual([3, 2, 2.5, 1]);
  });

  it("half goes: #3, then #1, where L1 would take #0", () => {
    const snapshot = fourFilters();
    expect([...unitsChosen(snapshot, (groups) => filterNorms(snapshot, groups, local), 0.5)]).toEqual([
      ["conv", [3, 1]],
    ]);
  });

  it("ranked together they are roots of mean squares: norm / sqrt(4 weights)", () => {
    const snapshot = fourFilters();
    const [scores] = filterNorms(snapshot, channelGroups(snapshot.network), { ...local, scope: "global" });
    expect([...scores!]).toEqual([1.5, 1, 1.25, 0.5]);
  });

  it("of equal norms the first goes first", () => {
    const snapshot = oneConvolution([
      [3, 0, 0, 0],
      [0, 2, 0, 0],
      [0, 0, 0, 2],
      [2, 0, 0, 0],
    ]);
    expect([...unitsChosen(snapshot, (groups) => filterNorms(snapshot, groups, local), 0.5)]).toEqual([
      ["conv", [1, 2]],
    ]);
  });

  it("layers joined by an addition make one vector: sqrt(3^2 + 4^2) = 5", () => {
    const b = networkBuilder("joined", [2, 2, 1]);
    const one = { filters: 3, kernelSize: 1, useBias: false };
    const sum = b.activation(b.add([b.conv2d(b.input, one, "a"), b.conv2d(b.input, one, "b")]));
    const network = b.build(b.dense(b.globalAvgPool(sum), { units: 2 }, "logits"));
    const base = livelySnapshot(network);
    const values = new Map(base.values)
      .set("a/kernel", Float32Array.of(3, 0, 1))
      .set("b/kernel", Float32Array.of(-4, 2, 0));
    expect([...filterNorms({ ...base, values }, channelGroups(network), local)[0]!]).toEqual([5, 2, 1]);
  });

  it("batch normalization folded: the norm is of kernel * gamma / sqrt(variance + epsilon)", async () => {
    const trained = await trainedTiny();
    const gamma = trained.values.get("conv1-bn/gamma")!.slice();
    gamma[2] = 1e-6;
    const snapshot = { ...trained, values: new Map(trained.values).set("conv1-bn/gamma", gamma) };
    const [scores] = filterNorms(snapshot, channelGroups(snapshot.network), { ...local, weights: "bn-folded" });
    expect(scores!.indexOf(Math.min(...scores!))).toBe(2);
    expect(scores![2]).toBeLessThan(1e-4);
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    const removals = unitsChosen(snapshot, (groups) => filterNorms(snapshot, groups, local), 0.5);
    expectMaskedIsShrunk(snapshot, removals, images);
  });

  it("halves the filters", async () => {
    const run = await runTiny(tinyDocument([{ block: "prune.filter-l2" }]), { platform: await tinyPlatform() });
    const filters = filtersOf(run);
    expect(filters).toEqual([3, 4]);
  });
});
