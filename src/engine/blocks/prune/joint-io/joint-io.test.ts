import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
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
import { unitsChosen } from "../../shared/pruning/pruning.testing";
import { groupPenalty, jointScores } from "./joint-io";

beforeAll(startTiny);

/** Two channels: (.3, .4) make the first and 1.2 reads it; (.1, .2) make the second and .2 reads it. */
function twoChannels(): Snapshot {
  const b = networkBuilder("two", [1, 2, 1]);
  const conv = b.conv2d(b.input, { filters: 2, kernelSize: [1, 2], padding: "valid", useBias: false }, "conv");
  const network = b.build(b.dense(b.flatten(conv), { units: 1, useBias: false }, "logits"));
  return plainSnapshot(
    network,
    new Map([
      ["conv/kernel", Float32Array.of(0.3, 0.1, 0.4, 0.2)],
      ["logits/kernel", Float32Array.of(1.2, 0.2)],
    ]),
  );
}

describe("what makes a channel and what reads it, together", () => {
  it("is .09 + .16 + 1.44 = 1.69 and .01 + .04 + .04 = .09; of three weights each when ranked together", () => {
    const snapshot = twoChannels();
    const scores = (scope: "local" | "global") => jointScores(snapshot, channelGroups(snapshot.network), { scope })[0]!;
    [1.69, 0.09].forEach((score, c) => expect(scores("local")[c]).toBeCloseTo(score, 6));
    [1.69 / 3, 0.03].forEach((score, c) => expect(scores("global")[c]).toBeCloseTo(score, 6));
  });

  it("the penalty is 1.3 + 0.3, and pulls each weight by its share of the norm", () => {
    const snapshot = twoChannels();
    const [group] = channelGroups(snapshot.network);
    const before = tf.memory().numTensors;
    const kernel = tf.tensor(valuesOf(snapshot, "conv/kernel"), [1, 2, 1, 2]);
    const reader = tf.tensor(valuesOf(snapshot, "logits/kernel"), [2, 1]);
    const { value, grads } = tf.valueAndGrads((...[k, r]: tf.Tensor[]) =>
      groupPenalty(group!, (name) => (name === "conv/kernel" ? k! : r!)),
    )([kernel, reader]);
    expect(value.dataSync()[0]).toBeCloseTo(1.6, 5);
    // .3 / 1.3, .1 / .3, .4 / 1.3, .2 / .3; 1.2 / 1.3, .2 / .3
    [0.230769, 0.333333, 0.307692, 0.666667].forEach((g, i) => expect(grads[0]!.dataSync()[i]).toBeCloseTo(g, 5));
    [0.923077, 0.666667].forEach((g, i) => expect(grads[1]!.dataSync()[i]).toBeCloseTo(g, 5));
    tf.dispose([kernel, reader, value, ...grads]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("rows behind flatten belong to their channel", async () => {
    const snapshot = await trainedTiny();
    const group = channelGroups(snapshot.network).find(({ id }) => id === "conv2")!;
    const [scores] = jointScores(snapshot, [group], { scope: "local" });
    const squares = (name: string, channel: (i: number) => number) =>
      valuesOf(snapshot, name).reduce((sum, w, i) => (channel(i) === 3 ? sum + w * w : sum), 0);
    // conv2/kernel [3, 3, 6, 8]; logits/kernel [3 * 3 * 8, 4].
    const expected = squares("conv2/kernel", (i) => i % 8) + squares("logits/kernel", (i) => Math.floor(i / 4) % 8);
    expect(scores![3]).toBeCloseTo(expected, 4);
  });
});

describe("on the timeline", () => {
  it("shrinks round by round while the penalty is in the loss", async () => {
    const clip = { block: "prune.joint-io", steps: 8, params: { rounds: 2 } };
    const run = await runTiny(tinyDocument([clip]), { platform: await tinyPlatform(), useCache: false });
    const filters = filtersOf(run);
    expect(filters).toEqual([3, 4]);
    expect(run.losses[0]!.names).toEqual(["hard labels", "c0:joint-norms"]);
  });

  it("masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(
      snapshot,
      unitsChosen(snapshot, (groups) => jointScores(snapshot, groups, { scope: "local" }), 0.5),
      images,
    );
  });
});
