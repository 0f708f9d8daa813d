import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../timeline/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { chooseFilters, pruneFilters, unitNorms } from "./filter-l1";

/** One 2x2 convolution with the filters (3,0,0,0), (1,1,1,1), (2,1.5,0,0), (0.5,0.5,0.5,0.5). */
function fourFilters() {
  const b = networkBuilder("four", [3, 3, 1]);
  const conv = b.conv2d(b.input, { filters: 4, kernelSize: 2, padding: "valid", useBias: false }, "conv");
  const network = b.build(b.dense(b.globalAvgPool(conv), { units: 2, useBias: false }, "logits"));
  const filters = [
    [3, 0, 0, 0],
    [1, 1, 1, 1],
    [2, 1.5, 0, 0],
    [0.5, 0.5, 0.5, 0.5],
  ];
  // Kernel [2, 2, 1, 4]: output channels are the fastest axis.
  const kernel = Float32Array.from({ length: 16 }, (_, i) => filters[i % 4]![i >> 2]!);
  return plainSnapshot(
    network,
    new Map([
      ["conv/kernel", kernel],
      ["logits/kernel", new Float32Array(8).fill(1)],
    ]),
  );
}

const params = { scope: "local", targets: "filters", weights: "raw", roundTo: 1 } as const;

describe("filter L1 norms (Li et al. 2017)", () => {
  it("are 3, 4, 3.5, 2", () => {
    const snapshot = fourFilters();
    expect([...unitNorms(snapshot, channelGroups(snapshot.network)[0]!, false)]).toEqual([3, 4, 3.5, 2]);
  });

  it("half goes: #3, then #0", () => {
    expect([...chooseFilters(fourFilters(), 0.5, params, new Map())]).toEqual([["conv", [3, 0]]]);
  });

  it("the network is smaller: filters, and the rows that read them", () => {
    const { snapshot } = pruneFilters(fourFilters(), 0.5, params);
    expect(snapshot.values.get("conv/kernel")).toHaveLength(8);
    expect([...snapshot.values.get("conv/kernel")!]).toEqual([1, 2, 1, 1.5, 1, 0, 1, 0]);
    expect(snapshot.values.get("logits/kernel")).toHaveLength(4);
  });

  it("two filters of a convolution stay, whatever is asked", () => {
    expect(pruneFilters(fourFilters(), 0.95, params).snapshot.values.get("conv/kernel")).toHaveLength(8);
  });

  it("what is gone counts: 0.5 of four after one went is one more", () => {
    const once = pruneFilters(fourFilters(), 0.25, params).snapshot;
    expect([...chooseFilters(once, 0.5, params, new Map([["conv", 4]]))]).toEqual([["conv", [0]]]);
  });
});

describe("on the timeline", () => {
  beforeAll(startTiny);

  it("halves the filters at once, or over rounds while training", async () => {
    const platform = await tinyPlatform();
    const filtersOf = async (clip: object) => {
      const run = await runTiny(tinyDocument([{ block: "prune.filter-l1", ...clip }]), { platform, useCache: false });
      return decodedOf(run).network.nodes.flatMap((n) => (n.op === "conv2d" ? n.attrs.filters : []));
    };
    expect(await filtersOf({ params: { sparsity: 0.5 } })).toEqual([3, 4]);
    expect(await filtersOf({ steps: 8, params: { sparsity: 0.5, schedule: "iterative", rounds: 2 } })).toEqual([3, 4]);
  });
});
