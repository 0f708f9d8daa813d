import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
import {
  decodedOf,
  runTiny,
  startTiny,
  tinyClasses,
  tinyDocument,
  tinyImages,
  tinyPixels,
  tinyPlatform,
  tinyTask,
  trainTiny,
} from "../../../run/tiny.testing";
import { visitOutputs } from "../../../run/visits";
import { type NetworkBuilder, networkBuilder } from "../../../zoo/builder";
import { builders } from "../../../zoo/builders";
import { initializeValues } from "../../../zoo/initialize";
import type { ClipServices } from "../../block";
import { chooseUnits, targetGroups } from "../../shared/pruning/structured-pruning";
import { ChannelMeans, gateScores, gatesOf } from "./attention-se";

beforeAll(startTiny);

/** Two convolutions of 6 and 8 filters with gates, and a third of 4 without. */
function gatedNetwork() {
  const b = networkBuilder("gated", [12, 12, 1]);
  const unit = (x: string, filters: number, id: string) =>
    b.activation(b.batchNorm(b.conv2d(x, { filters, kernelSize: 3, useBias: false }, id)));
  const gate = (bb: NetworkBuilder, x: string, id: string) => {
    const squeezed = bb.activation(bb.dense(bb.globalAvgPool(x, `${id}-gap`), { units: 3 }, `${id}-squeeze`));
    const excited = bb.dense(squeezed, { units: bb.shapeOf(x).at(-1)! }, `${id}-excite`);
    return bb.multiply([x, bb.activation(excited, "sigmoid", `${id}-gate`)], `${id}-gated`);
  };
  const first = b.maxPool(gate(b, unit(b.input, 6, "conv1"), "conv1"));
  const second = b.maxPool(gate(b, unit(first, 8, "conv2"), "conv2"));
  return b.build(b.dense(b.flatten(unit(second, 4, "conv3")), { units: tinyClasses }, "logits"));
}

let trained: Promise<Snapshot> | undefined;
const trainedGated = () => {
  const network = gatedNetwork();
  return (trained ??= trainTiny(plainSnapshot(network, initializeValues(network, 1)), 90));
};

function services(): Pick<ClipServices, "visitOutputs"> {
  const images = tinyImages(64, "train");
  const source = { images, normalization: undefined, ...tinyTask, count: 64, between: () => Promise.resolve() };
  return { visitOutputs: (snapshot, ids, count, visit) => visitOutputs(snapshot, ids, count, source, visit) };
}

describe("mean gates", () => {
  it("of (.9, .1) and (.8, .3) are .85 and .2: channel 1 goes first", () => {
    const means = new ChannelMeans(2);
    means.add(Float32Array.of(0.9, 0.1));
    means.add(Float32Array.of(0.8, 0.3));
    expect([...means.means]).toEqual([expect.closeTo(0.85, 6), expect.closeTo(0.2, 6)]);
  });

  it("cnn-se has one module for each convolution", () => {
    const network = builders["cnn-se"]();
    expect(gatesOf(plainSnapshot(network, new Map())).map(({ gate, image }) => [gate, image])).toEqual([
      ["conv1-gate", "conv1-relu"],
      ["conv2-gate", "conv2-relu"],
      ["conv3-gate", "conv3-relu"],
    ]);
    // A channel goes with the gate that the second dense layer makes for it.
    expect(channelGroups(network).map(({ producers }) => producers)).toEqual([
      ["conv1", "conv1-excite"],
      ["conv1-squeeze"],
      ["conv2", "conv2-excite"],
      ["conv2-squeeze"],
      ["conv3", "conv3-excite"],
      ["conv3-squeeze"],
    ]);
  });

  it("a gate that is shut goes first, whatever the kernel; times the activation, a silent channel", async () => {
    const snapshot = await trainedGated();
    const bias = snapshot.values.get("conv2-excite/bias")!.slice();
    bias[5] = -30;
    const silent = snapshot.values.get("conv2-bn/beta")!.slice();
    silent[2] = -1000;
    const values = new Map(snapshot.values).set("conv2-excite/bias", bias).set("conv2-bn/beta", silent);
    const changed = { ...snapshot, values };
    const groups = channelGroups(changed.network).filter(({ id }) => id === "conv2");
    const [gates] = await gateScores(changed, groups, { images: 32, weighting: "gate" }, services());
    expect([...gates!.entries()].toSorted((a, b) => a[1] - b[1])[0]![0]).toBe(5);
    expect(gates![2]).toBeGreaterThan(0.01);
    const [weighted] = await gateScores(
      changed,
      groups,
      { images: 32, weighting: "gate-times-activation" },
      services(),
    );
    expect(weighted![2]).toBe(0);
    expect(weighted![5]).toBeLessThan(1e-6);
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedGated();
    const groups = channelGroups(snapshot.network).filter(({ producers }) => producers.length === 2);
    const scores = await gateScores(snapshot, groups, { images: 64, weighting: "gate" }, services());
    const images = tinyPixels(4);
    const removals = chooseUnits(snapshot, groups, scores, { sparsity: 0.5, scope: "global" });
    const shrunk = expectMaskedIsShrunk(snapshot, removals, images);
    const left = groups.reduce((sum, { id, units }) => sum + units - removals.get(id)!.length, 0);
    expect(left).toBe(7);
    // The gates have shrunk with what they gate.
    for (const id of ["conv1", "conv2"]) {
      const bias = shrunk.values.get(`${id}-excite/bias`)!;
      expect(shrunk.values.get(`${id}-bn/gamma`)).toHaveLength(bias.length);
    }
  });

  it("removes gated channels alone, at once or over rounds while training", async () => {
    const platform = await tinyPlatform({ gated: await trainedGated() });
    const filtersOf = async (clip: object) => {
      const document = tinyDocument([{ block: "prune.attention-se", ...clip }], { model: { source: "file:gated" } });
      const after = decodedOf(await runTiny(document, { platform }));
      return after.network.nodes.flatMap((n) => (n.op === "conv2d" ? n.attrs.filters : []));
    };
    const [first, second, third] = await filtersOf({});
    expect([first! + second!, third]).toEqual([7, 4]);
    const local = { scope: "local", schedule: "iterative", rounds: 2, images: 64 };
    expect(await filtersOf({ steps: 4, params: local })).toEqual([3, 4, 4]);
  });

  it("without gates it says what has them", async () => {
    const document = tinyDocument([{ block: "prune.attention-se" }]);
    await expect(runTiny(document, { platform: await tinyPlatform() })).rejects.toMatchObject({
      code: "not-prunable",
      message: expect.stringContaining("squeeze-and-excitation gates, as build:cnn-se has them, got none in 'tiny'"),
    });
  });

  it("other criteria count a gated convolution as one of filters", async () => {
    const groups = targetGroups(await trainedGated(), "filters", "test");
    expect(groups.map(({ id }) => id)).toEqual(["conv1", "conv2", "conv3"]);
  });
});
