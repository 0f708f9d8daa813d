import { beforeAll, describe, expect, it } from "vitest";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk, livelySnapshot } from "../../../surgery/check.testing";
import { nodeById } from "../../../core/network";
import type { Snapshot } from "../../../core/snapshot";
import type { DecisionTrace } from "../../../run/decisions";
import {
  type RawClip,
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyNetwork,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { unitsChosen } from "../../shared/pruning/pruning.testing";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { pruneAsFarAsItGoes, pruningOrder } from "./sched-layerwise";

beforeAll(startTiny);

const filters = ({ network }: Snapshot, id: string): number => {
  const node = nodeById(network, id);
  return node.op === "conv2d" ? node.attrs.filters : 0;
};
const groupOf = (snapshot: Snapshot, id: string) => channelGroups(snapshot.network).find((group) => group.id === id)!;

describe("one layer, as far as an oracle allows", () => {
  const snapshot = livelySnapshot(tinyNetwork());
  const pruned = (oracle: (rest: Snapshot) => number, more: object = {}) =>
    pruneAsFarAsItGoes(snapshot, groupOf(snapshot, "conv2"), async (rest) => oracle(rest), {
      delta: 0.125,
      least: 0.9,
      roundTo: 1,
      ...more,
    });

  it("one that does not look at the layer: down to the two filters that a convolution keeps", async () => {
    expect(filters((await pruned(() => 0.9))!.snapshot, "conv2")).toBe(2);
  });

  it("one that collapses: nothing", async () => {
    expect(await pruned(() => 0.1)).toBeUndefined();
  });

  it("one that allows five of eight: the try with four is taken back", async () => {
    expect(filters((await pruned((rest) => (filters(rest, "conv2") >= 5 ? 0.95 : 0.8)))!.snapshot, "conv2")).toBe(5);
  });

  it("a drop of exactly the limit is allowed", async () => {
    expect(filters((await pruned(() => 1 - 0.1))!.snapshot, "conv2")).toBe(2);
  });

  it("a layer's own sparsity is the most that is tried, and vetoed filters stay", async () => {
    const half = await pruned(() => 1, { layers: new Map([["conv2", { sparsity: 0.5 }]]) });
    expect(filters(half!.snapshot, "conv2")).toBe(4);
    const vetoed = await pruned(() => 1, { layers: new Map([["conv2", { keep: [0, 1, 2, 3, 4] }]]) });
    expect(filters(vetoed!.snapshot, "conv2")).toBe(5);
  });
});

it("the least sensitive layer first, where that is asked for", async () => {
  const snapshot = livelySnapshot(tinyNetwork());
  const groups = channelGroups(snapshot.network);
  // The oracle minds the first convolution more.
  const judge = async (rest: Snapshot) => 0.5 + filters(rest, "conv1") * 0.05 + filters(rest, "conv2") * 0.001;
  expect(await pruningOrder(snapshot, groups, judge, { order: "forward", roundTo: 1 })).toEqual(["conv1", "conv2"]);
  expect(await pruningOrder(snapshot, groups, judge, { order: "sensitivity", roundTo: 1 })).toEqual(["conv2", "conv1"]);
});

describe("on the timeline", () => {
  const block = "prune.sched-layerwise";

  it("a limit of all lets every layer go to its minimum; a limit of nothing is kept", async () => {
    const platform = await tinyPlatform();
    const all = await runTiny(tinyDocument([{ block, params: { maximumDrop: 1 } }]), { platform, useCache: false });
    expect(filtersOf(all)).toEqual([2, 2]);
    const careful = await runTiny(tinyDocument([{ block, params: { maximumDrop: 0, delta: 0.25 } }]), {
      platform,
      useCache: false,
    });
    expect(filtersOf(careful).every((count, k) => count >= [2, 2][k]! && count <= [6, 8][k]!)).toBe(true);
    expect(filtersOf(careful)).not.toEqual([2, 2]);
  });

  it("with length it takes a layer at a time, and goes on from a kept state to the same file", async () => {
    const platform = await tinyPlatform();
    const clips: RawClip[] = [
      { block, steps: 8, params: { maximumDrop: 0.2, stepsPerLayer: 4 } },
      { block: "prune.magnitude", start: 2, params: { sparsity: 0.1 } },
    ];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 8, params: { sparsity: 0.5 } }]);
    const decisions: number[] = [];
    const onDecision = (trace: DecisionTrace) => trace.clip === "c0" && decisions.push(trace.step);
    await runTiny(tinyDocument(clips), { platform, observer: { onDecision } });
    expect(decisions).toEqual([0, 4]);
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(2);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });

  it("masked by the same choice, the network computes the same", async () => {
    const snapshot = await trainedTiny();
    const choice = unitsChosen(snapshot, (groups) => filterNorms(snapshot, groups, { norm: "l1" }), 0.5);
    expectMaskedIsShrunk(snapshot, choice, tinyPixels(4));
  });
});
