/** Rounds of a pruner of channels while another clip cuts channels out as well. */
import { beforeAll, describe, expect, it } from "vitest";
import { runTiny, startTiny, tinyDocument, tinyPlatform, trainedTiny } from "../../../run/tiny.testing";
import { channelGroups } from "../../../surgery/channel-groups";
import { removeChannels } from "../../../surgery/remove-channels";
import { historiesOf, unitsAtStart, unitSums } from "./structured-pruning";

beforeAll(startTiny);

const conv2 = "conv2";

describe("what is left of a group", () => {
  it("is told by the numbers at the start, whoever cut the rest out", async () => {
    const whole = await trainedTiny();
    const atStart = unitsAtStart(whole);
    const groups = channelGroups(whole.network);
    expect(historiesOf(whole, groups, atStart).get(conv2)).toEqual({ original: 8, left: [0, 1, 2, 3, 4, 5, 6, 7] });
    const once = removeChannels(whole, new Map([[conv2, [0, 3]]])).snapshot;
    // Of 1, 2, 4, 5, 6, 7 the second and the last go.
    const twice = removeChannels(once, new Map([[conv2, [1, 5]]])).snapshot;
    expect(historiesOf(twice, channelGroups(twice.network), atStart).get(conv2)).toEqual({
      original: 8,
      left: [1, 4, 5, 6],
    });
    // One that begins later counts what it finds.
    expect(historiesOf(twice, channelGroups(twice.network), unitsAtStart(once)).get(conv2)).toEqual({
      original: 6,
      left: [0, 2, 3, 4],
    });
  });
});

describe("on the timeline", () => {
  it("a unit that must stay stays, also when another clip has cut those before it", async () => {
    const whole = await trainedTiny();
    const group = channelGroups(whole.network).find(({ id }) => id === conv2)!;
    const { sums } = unitSums(whole, group, { side: "makes", role: "kernel", of: Math.abs });
    const smallest = [...sums.keys()].sort((a, b) => sums[a]! - sums[b]!);
    // The last of the four smallest in the network's order: the other three go before its eyes.
    const kept = Math.max(...smallest.slice(0, 4));
    const layers = { [conv2]: { keep: [kept], sparsity: 0.5 } };
    const params = { sparsity: 0.5, schedule: "iterative", rounds: 2, endFraction: 1 };
    const platform = await tinyPlatform();
    await runTiny(
      tinyDocument([
        { block: "prune.filter-l1", steps: 8, layers, params },
        {
          block: "prune.filter-l1",
          start: 2,
          layers: { [conv2]: { keep: [kept], sparsity: 0.375 } },
          params: { sparsity: 0 },
        },
        { block: "prune.filter-l1", start: 3, layers: { [conv2]: { keep: [], sparsity: 0 } }, params: { sparsity: 0 } },
      ]),
      { platform },
    );
    expect([...platform.lastKept().snapshot.channels!.get(conv2)!]).toContain(kept);
  });
});
