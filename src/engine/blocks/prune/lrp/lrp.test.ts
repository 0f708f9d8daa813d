import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
import { visitRelevances } from "../../../run/relevance-visits";
import {
  filtersOf,
  freshTiny,
  runTiny,
  startTiny,
  tinyDocument,
  tinyImages,
  tinyPixels,
  tinyPlatform,
  tinyTask,
  trainedTiny,
} from "../../../run/tiny.testing";
import type { ClipServices, OutputBatch, RelevanceOptions } from "../../block";
import { unitsChosen, withoutUnits } from "../../shared/pruning/pruning.testing";
import { accuracyOf } from "../../shared/pruning/tiny-accuracy.testing";
import { relevanceScores } from "./lrp";

beforeAll(startTiny);

const options: RelevanceOptions = { images: 40, start: "label", rule: "epsilon", epsilon: 1e-6 };

const services: Pick<ClipServices, "visitRelevances"> = {
  visitRelevances: (snapshot, ids, request, visit) =>
    visitRelevances(
      snapshot,
      ids,
      request,
      {
        images: tinyImages(80, "train"),
        normalization: undefined,
        ...tinyTask,
        count: 80,
        between: () => Promise.resolve(),
      },
      visit,
    ),
};

const scored = (snapshot: Snapshot, change: Partial<RelevanceOptions> = {}) =>
  relevanceScores(snapshot, channelGroups(snapshot.network), { ...options, ...change }, services);

describe("relevance of units (Xu et al. 2022)", () => {
  it("is the mean over images of |sum over places|", async () => {
    const snapshot = freshTiny();
    const given: Omit<OutputBatch, "shape">[] = [
      // Two images of 1 x 2 places; the first unit gets 3 - 1 and -4, the second 0.5 + 0.5 and 1 - 1.
      { nodeId: "conv2", values: Float32Array.of(3, 0.5, -1, 0.5, -4, 1, 0, -1), firstImage: 0 },
    ];
    const handed: Pick<ClipServices, "visitRelevances"> = {
      visitRelevances(_snapshot, _ids, _options, visit) {
        for (const batch of given) {
          const values = new Float32Array(2 * 2 * 8);
          for (let place = 0; place < 4; place++) {
            values.set(batch.values.subarray(2 * place, 2 * place + 2), 8 * place);
          }
          visit({ ...batch, values, shape: [2, 1, 2, 8] });
        }
        return Promise.resolve();
      },
    };
    const [, scores] = await relevanceScores(snapshot, channelGroups(snapshot.network), options, handed);
    expect([...scores!.subarray(0, 3)]).toEqual([3, 0.5, 0]);
  });

  it("tells the logits apart, the rules, and gives back every tensor", async () => {
    const snapshot = freshTiny();
    const before = tf.memory().numTensors;
    const ways = [{}, { start: "prediction" }, { rule: "z-plus" }, { epsilon: 0.25 }] as const;
    const first = await Promise.all(ways.map(async (change) => (await scored(snapshot, change))[1]!.join()));
    expect(tf.memory().numTensors).toBe(before);
    expect(new Set(first).size).toBe(ways.length);
  });

  it("a channel that nothing reads is irrelevant", async () => {
    const snapshot = await trainedTiny();
    // Kernel [3, 3, 6, 8]: the weights that read channel 4 of the first convolution.
    const kernel = snapshot.values.get("conv2/kernel")!.map((w, i) => (Math.floor(i / 8) % 6 === 4 ? 0 : w));
    const [scores] = await scored({ ...snapshot, values: new Map(snapshot.values).set("conv2/kernel", kernel) });
    expect(scores![4]).toBe(0);
    for (const [unit, score] of scores!.entries()) expect(score > 0).toBe(unit !== 4);
  });

  it("the less relevant half is less missed than the more relevant half", async () => {
    const snapshot = await trainedTiny();
    const scores = await scored(snapshot, { images: 80 });
    const accuracyWithout = (sign: number) =>
      accuracyOf(
        withoutUnits(
          snapshot,
          unitsChosen(snapshot, () => scores.map((s) => s.map((v) => sign * v)), 0.34),
        ).snapshot,
      );
    expect(await accuracyWithout(1)).toBeGreaterThan(await accuracyWithout(-1));
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const scores = await scored(snapshot);
    expectMaskedIsShrunk(
      snapshot,
      unitsChosen(snapshot, () => scores, 0.5),
      tinyPixels(4),
    );
  });

  it("halves the filters at once, or over rounds while training", async () => {
    const platform = await tinyPlatform();
    const params = { images: 32, rule: "z-plus" };
    const filtersAfter = async (clip: object) =>
      filtersOf(await runTiny(tinyDocument([{ block: "prune.lrp", ...clip }]), { platform, useCache: false }));
    expect(await filtersAfter({ params })).toEqual([3, 4]);
    expect(
      await filtersAfter({ steps: 8, params: { ...params, start: "prediction", schedule: "iterative", rounds: 2 } }),
    ).toEqual([3, 4]);
  });
});
