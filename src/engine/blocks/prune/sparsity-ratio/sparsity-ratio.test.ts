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
import { oneConvolution, unitsChosen } from "../../shared/pruning/pruning.testing";
import { channelSparsity, densities } from "./sparsity-ratio";

beforeAll(startTiny);

const three = [
  [0.1, 0.1, 0.1, 0.9],
  [0.01, 0.02, 0.015, 0.012],
  [0.5, 0.6, 0.7, 0.4],
];
const sparsityOf = (filters: readonly (readonly number[])[], meanOver: "layer" | "channel") => {
  const snapshot = oneConvolution(filters);
  return [...channelSparsity(snapshot, channelGroups(snapshot.network)[0]!, meanOver)];
};
const chosen = (filters: readonly (readonly number[])[], threshold: number) => {
  const snapshot = oneConvolution(filters);
  return unitsChosen(snapshot, (groups) => densities(snapshot, groups, "layer"), 0, { limits: [1 - threshold] });
};

describe("sparsity of channels (Wu et al. 2019)", () => {
  it("below the layer's mean (1.2 + 0.057 + 2.2) / 12 = 0.288083: three of four, all, none", () => {
    expect(sparsityOf(three, "layer")).toEqual([0.75, 1, 0]);
  });

  it("below the channel's own means 0.3, 0.01425, 0.55: three, two, two of four", () => {
    expect(sparsityOf(three, "channel")).toEqual([0.75, 0.5, 0.5]);
  });

  it("signs do not count, and a layer of equal weights has nothing below its mean", () => {
    expect(sparsityOf([[-0.1, 0.1, -0.1, 0.9], ...three.slice(1)], "layer")).toEqual([0.75, 1, 0]);
    expect(
      sparsityOf(
        [
          [1, 1, -1, 1],
          [-1, 1, 1, 1],
        ],
        "layer",
      ),
    ).toEqual([0, 0]);
  });

  it("the threshold itself goes: at 0.75 two channels, the sparser first", () => {
    // Four channels, as two of a convolution must stay. The mean is (3.457 + 3.2) / 16 = 0.416: 0.4 of #2 lies below.
    const four = [...three, [0.8, 0.8, 0.8, 0.8]];
    expect(sparsityOf(four, "layer")).toEqual([0.75, 1, 0.25, 0]);
    expect(chosen(four, 0.75)).toEqual(new Map([["conv", [1, 0]]]));
    expect(chosen(four, 0.76)).toEqual(new Map([["conv", [1]]]));
    expect(chosen(four, 1)).toEqual(new Map([["conv", [1]]]));
  });

  it("two channels stay, the least sparse ones", () => {
    expect(chosen([...three, [0.8, 0.8, 0.8, 0.8]], 0.0)).toEqual(new Map([["conv", [1, 0]]]));
  });

  it("layers joined by an addition are each compared with their own mean", () => {
    const b = networkBuilder("joined", [2, 2, 1]);
    const one = { filters: 2, kernelSize: 1, useBias: false };
    const sum = b.activation(b.add([b.conv2d(b.input, one, "a"), b.conv2d(b.input, one, "b")]));
    const network = b.build(b.dense(b.globalAvgPool(sum), { units: 2 }, "logits"));
    const base = livelySnapshot(network);
    // Means 2 and 0.02: of unit 0 the weight of `a` is small, of unit 1 that of `b`.
    const values = new Map(base.values)
      .set("a/kernel", Float32Array.of(1, 3))
      .set("b/kernel", Float32Array.of(0.03, 0.01));
    const [group] = channelGroups(network);
    expect([...channelSparsity({ ...base, values }, group!, "layer")]).toEqual([0.5, 0.5]);
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(
      snapshot,
      unitsChosen(snapshot, (groups) => densities(snapshot, groups, "layer"), 0.5),
      images,
    );
  });

  it("what goes has a sparsity from the threshold on, what stays does not; or the fraction that is asked", async () => {
    const platform = await tinyPlatform();
    const filtersAfter = async (params: Record<string, string | number>) => {
      const run = await runTiny(tinyDocument([{ block: "prune.sparsity-ratio", params }]), { platform });
      return filtersOf(run);
    };
    const snapshot = await trainedTiny();
    const left = channelGroups(snapshot.network).map((group) => {
      const sparsity = channelSparsity(snapshot, group, "layer");
      return Math.max(2, sparsity.filter((s) => s < 0.6).length);
    });
    expect(left).not.toEqual([6, 8]);
    expect(await filtersAfter({ threshold: 0.6 })).toEqual(left);
    expect(await filtersAfter({ choose: "fraction", sparsity: 0.5 })).toEqual([3, 4]);
  });
});
