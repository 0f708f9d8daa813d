import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { effectiveValues } from "../../../quantizers/effective";
import { parametersOf } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import {
  expectMaskedIsShrunk,
  expectSameLogits,
  livelySnapshot,
  logitsOf,
  randomInput,
} from "../../../surgery/check.testing";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import { removeChannels } from "../../../surgery/remove-channels";
import {
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyNetwork,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { forward } from "../../../training/forward";
import { networkBuilder } from "../../../zoo/builder";
import { fourFilters } from "../../shared/pruning/pruning.testing";
import { scaledByUnits } from "../../shared/pruning/unit-factors";
import { maskedPlaces } from "./masked-places";
import { dividing, hardMask, keepRule, softMask, steepnessAt, straightThrough } from "./masks";
import { dropOff, offAfter, unitsOff } from "./pp-res";

beforeAll(startTiny);

describe("masks", () => {
  it("theta = (.2, -.1) at k = 50: 1 / (1 + e^-10) = .999955 and 1 / (1 + e^5) = .006693; on and off", () => {
    const [soft, on] = tf.tidy(() => {
      const scores = tf.tensor1d([0.2, -0.1]);
      return [
        softMask(scores, 50).dataSync(),
        hardMask(scores, { least: [{ units: Int32Array.of(1, 0), count: 1 }] }).dataSync(),
      ];
    });
    expect(soft![0]).toBeCloseTo(0.999955, 6);
    expect(soft![1]).toBeCloseTo(0.006693, 6);
    expect([...on!]).toEqual([1, 0]);
  });

  it("k goes from 1 to 50 in equal steps", () => {
    expect([0, 1, 2, 3, 4].map((step) => steepnessAt(step, 5, 50))).toEqual([1, 13.25, 25.5, 37.75, 50]);
    expect(steepnessAt(0, 1, 50)).toBe(50);
  });

  it("a hard one has the gradient of the soft one, k m (1 - m)", () => {
    // m = sigmoid(2 * .5) = .731059, m (1 - m) = .196612; factors 3 and 5
    const gradient = tf.tidy(() => {
      const scores = tf.tensor1d([0.5, -0.5]);
      const loss = (x: tf.Tensor) =>
        tf.sum(tf.mul(straightThrough(softMask(x, 2), tf.tensor1d([1, 0])), tf.tensor1d([3, 5]))) as tf.Scalar;
      expect(loss(scores).dataSync()[0]).toBe(3);
      return tf.grad(loss)(scores).dataSync();
    });
    expect(gradient[0]).toBeCloseTo(3 * 2 * 0.196612, 5);
    expect(gradient[1]).toBeCloseTo(5 * 2 * 0.196612, 5);
  });

  it.each([
    // Two filters of a convolution stay whatever their scores; of equal ones the later.
    [{}, [-1, -3, -1, -1], [0, 0, 1, 1]],
    [{}, [1, -3, 2, 3], [1, 0, 1, 1]],
    [{ keep: [1] }, [-1, -3, -1, -2], [0, 1, 1, 0]],
    [{ sparsity: 0.25 }, [-1, -3, -1, -2], [1, 0, 1, 1]],
    [{ sparsity: 0.5, keep: [0, 1, 2] }, [-1, -3, -1, 2], [1, 1, 1, 0]],
  ])("with the choice %j scores %j keep %j, in training and at the end", (choice, scores, expected) => {
    const snapshot = fourFilters();
    const [group] = channelGroups(snapshot.network);
    const mask = tf.tidy(() => hardMask(tf.tensor1d(scores), keepRule(snapshot.network, group!, choice)).dataSync());
    expect([...mask]).toEqual(expected);
    const off = unitsOff(
      snapshot,
      new Map([["conv", Float32Array.from(scores)]]),
      "filters",
      new Map([["conv", choice]]),
    );
    expect(off.get("conv")!.toSorted()).toEqual(expected.flatMap((on, u) => (on ? [] : [u])));
  });
});

describe("a share to remove", () => {
  it("of ten channels .6 are off from 7 / 10 of the clip on, and ever more before", () => {
    // floor(10 * .6 * min(1, (step + 1) / 70) + .5)
    expect([0, 19, 34, 69, 99].map((step) => offAfter(step, 100, 0.6, 10))).toEqual([0, 2, 3, 6, 6]);
  });

  it.each([
    // Midway between .1 and .4; nothing is to go; all would; below 0, nothing is to go.
    [[0.4, -0.2, 0.9, 0.1], 2, 0.25],
    [[0.4, 0.2, 0.9, 0.1], 0, 0],
    [[0.4, -0.2, 0.9, 0.1], 4, 0.65],
    [[0.4, -0.2, 0.9, 0.1], 0, -0.201],
  ])("scores %j of which %d are to be off are divided at %d", (scores, off, expected) => {
    expect(tf.tidy(() => dividing(tf.tensor1d(scores), off).dataSync()[0])).toBeCloseTo(expected, 5);
  });
});

/** Convolutions that are added, normalization behind the sum, a depthwise one, a dense layer: every kind of place. */
function branching(): Snapshot {
  const b = networkBuilder("branching", [6, 6, 2]);
  const conv = (from: string, id: string, useBias = false) =>
    b.conv2d(from, { filters: 5, kernelSize: 3, useBias }, id);
  const first = b.activation(b.batchNorm(conv(b.input, "first")));
  const sum = b.batchNorm(b.add([first, conv(first, "second", true)]));
  const deep = b.activation(b.batchNorm(b.depthwiseConv2d(sum, { kernelSize: 3, useBias: false }, "deep")));
  const last = b.activation(conv(deep, "last", true));
  const hidden = b.activation(b.dense(b.flatten(last), { units: 7 }, "hidden"));
  return livelySnapshot(b.build(b.dense(hidden, { units: 3 }, "logits")));
}

/** What training computes with these masks, in inference mode. */
function maskedLogits(
  snapshot: Snapshot,
  masks: ReadonlyMap<string, readonly number[]>,
  x: Float32Array,
): Float32Array {
  const { network } = snapshot;
  const groups = channelGroups(network).filter(({ id }) => masks.has(id));
  const places = maskedPlaces(network, groups);
  const shapes = new Map(parametersOf(network).map(({ name, shape }) => [name, shape]));
  return tf.tidy(() => {
    const parameter = (name: string): tf.Tensor => {
      const value = tf.tensor(effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)), [
        ...shapes.get(name)!,
      ]);
      return (places.get(name) ?? []).reduce(
        (result, place) => scaledByUnits(result, place, tf.tensor1d([...masks.get(place.group)!])),
        value,
      );
    };
    const input = network.nodes[0]!;
    const shape = input.op === "input" ? input.attrs.shape : [];
    const images = tf.tensor(x, [x.length / shape.reduce((product, n) => product * n, 1), ...shape]);
    return forward(network, parameter, images).output.dataSync() as Float32Array;
  });
}

describe("where they act", () => {
  it("on gamma and beta where normalization follows directly, else on kernel and bias", () => {
    const { network } = branching();
    const names = [...maskedPlaces(network, channelGroups(network)).keys()];
    expect(names.filter((name) => /kernel|bias/.test(name))).toEqual(
      [
        "first/kernel",
        "second/kernel",
        "second/bias",
        "last/kernel",
        "last/bias",
        "hidden/kernel",
        "hidden/bias",
      ].filter((name) => name !== "first/kernel"),
    );
    expect(names.filter((name) => /gamma|beta/.test(name))).toHaveLength(6);
  });

  it.each(["plain", "folded"])("masks of 0 are what surgery does, in a %s network", (kind) => {
    const snapshot = kind === "folded" ? foldBatchNorm(branching()) : branching();
    const x = randomInput(snapshot.network);
    const off = new Map([
      ["first", [1, 3]],
      ["last", [0, 4]],
      ["hidden", [2, 3, 6]],
    ]);
    const masks = new Map(
      channelGroups(snapshot.network).map(({ id, units }) => [
        id,
        Array.from({ length: units }, (_, u) => (off.get(id)!.includes(u) ? 0 : 1)),
      ]),
    );
    const { snapshot: cut } = removeChannels(snapshot, off);
    expectSameLogits(maskedLogits(snapshot, masks, x), logitsOf(cut, x));
  });

  it("normalization in training does not undo a mask of a half: relu takes it, and so does what reads it", () => {
    const snapshot = livelySnapshot(tinyNetwork());
    const half = new Map([["conv2", Array.from({ length: 8 }, () => 0.5)]]);
    const x = tinyPixels(3);
    const bias = valuesOf(snapshot, "logits/bias");
    const [whole, halved] = [logitsOf(snapshot, x), maskedLogits(snapshot, half, x)];
    halved.forEach((logit, i) => expect(logit).toBeCloseTo((whole[i]! - bias[i % 4]!) / 2 + bias[i % 4]!, 4));
  });
});

describe("on the timeline", () => {
  const clip = { block: "prune.pp-res", steps: 120 };

  it("takes the share that is asked for, channels that the network can do without", async () => {
    const run = await runTiny(tinyDocument([{ ...clip, params: { sparsity: 0.3, scoreRate: 20 } }]), {
      platform: await tinyPlatform(),
    });
    // floor(.3 * 14 + .5) = 4 of 6 + 8
    expect(filtersOf(run).reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(run.result.final.accuracy).toBeGreaterThan(0.85);
    expect(run.losses[0]!.names).toEqual(["hard labels", "c0:channels-on", "c0:share-on"]);
  });

  it("more go under a stronger penalty, none without one", async () => {
    const platform = await tinyPlatform();
    const left = async (strength: number) => {
      const params = { aim: "strength", strength, scoreRate: 20 };
      const run = await runTiny(tinyDocument([{ ...clip, params }]), { platform });
      return filtersOf(run).reduce((sum, n) => sum + n, 0);
    };
    const [none, some] = [await left(0), await left(5)];
    expect(none).toBeGreaterThan(some);
  });

  it("masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const scores = new Map([
      ["conv1", Float32Array.of(-1, 1, 1, -0.5, 1, 1)],
      ["conv2", Float32Array.of(1, 1, -1, -2, -3, 1, 1, 1)],
    ]);
    const off = unitsOff(snapshot, scores, "filters");
    expect([...off]).toEqual([
      ["conv1", [0, 3]],
      ["conv2", [4, 3, 2]],
    ]);
    const shrunk = expectMaskedIsShrunk(snapshot, off, tinyPixels(4));
    expect(dropOff(snapshot, scores, "filters").snapshot.network).toEqual(shrunk.network);
  });

  it("says what there is not to mask", async () => {
    const units = { ...clip, steps: 2, params: { targets: "units" } };
    await expect(runTiny(tinyDocument([units]), { platform: await tinyPlatform() })).rejects.toMatchObject({
      code: "not-prunable",
    });
  });

  it("a run that goes on from inside the clip comes to the same bytes, also where a layer was cut meanwhile", async () => {
    const platform = await tinyPlatform();
    const masks = { block: "prune.pp-res", steps: 12, params: { scoreRate: 100, sparsity: 0.5 } };
    const clips = [masks, { block: "prune.filter-l1", start: 6, params: { sparsity: 0.2 } }];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 12, params: { sparsity: 0.5 } }]);
    await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(6);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });
});
