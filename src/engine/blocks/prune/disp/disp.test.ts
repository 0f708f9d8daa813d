import { beforeAll, describe, expect, it } from "vitest";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
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
import { visitOutputGradients } from "../../../run/visits";
import { evaluate } from "../../../tasks/classification";
import { inferenceModel } from "../../../training/evaluate";
import type { ClipServices } from "../../block";
import { unitsChosen, withoutUnits } from "../../shared/pruning/pruning.testing";
import { accuracyOf } from "../../shared/pruning/tiny-accuracy.testing";
import { gateImportances, overLayerNorm } from "./disp";

beforeAll(startTiny);

/** Passes over training images of the tiny problem. @param from the first of them */
const passes = (from = 0): Pick<ClipServices, "visitOutputGradients"> => {
  const all = tinyImages(80, "train");
  const count = all.count - from;
  const images = { ...all, images: all.images.slice(from * 144), labels: all.labels.slice(from), count };
  const source = { images, normalization: undefined, ...tinyTask, count, between: () => Promise.resolve() };
  return {
    visitOutputGradients: (snapshot, ids, options, visit) =>
      visitOutputGradients(snapshot, ids, options, source, visit),
  };
};

const importances = (snapshot: Snapshot, images: number) =>
  gateImportances(snapshot, channelGroups(snapshot.network), images, passes());

describe("importance of gates (Cui et al. 2021)", () => {
  it("gradients .3 and -.4: importances .3 and .4, over their norm .6 and .8", async () => {
    const snapshot = freshTiny();
    const given: Pick<ClipServices, "visitOutputGradients"> = {
      visitOutputGradients(_snapshot, _ids, _options, visit) {
        // One image and place: outputs 3 and 2 with gradients .1 and -.2.
        const values = Float32Array.of(3, 2, 0, 0, 0, 0);
        visit({
          nodeId: "conv1",
          shape: [1, 1, 1, 6],
          values,
          gradients: Float32Array.of(0.1, -0.2, 1, 1, 1, 1),
          firstImage: 0,
        });
        return Promise.resolve();
      },
    };
    const [found] = await gateImportances(snapshot, channelGroups(snapshot.network), 1, given);
    [0.3, 0.4, 0].forEach((v, i) => expect(found![i]).toBeCloseTo(v, 6));
    [0.6, 0.8, 0].forEach((v, i) => expect(overLayerNorm(found!)[i]).toBeCloseTo(v, 6));
  });

  it("a layer of zeros stays zeros", () => {
    expect([...overLayerNorm(new Float32Array(2))]).toEqual([0, 0]);
  });

  it("is how the loss of an image moves with a factor on the unit's output, by central differences", async () => {
    const snapshot = freshTiny();
    const [, found] = await importances(snapshot, 1);
    const lossWith = async (unit: number, gate: number) => {
      // Gamma and beta make all of the output behind batch normalization.
      const values = new Map(snapshot.values);
      for (const name of ["conv2-bn/gamma", "conv2-bn/beta"]) {
        values.set(
          name,
          valuesOf(snapshot, name).map((v, i) => (i === unit ? v * gate : v)),
        );
      }
      const model = inferenceModel({ ...snapshot, values });
      const { loss } = await evaluate(model, tinyImages(80, "train"), { count: 1 });
      model.dispose();
      return loss;
    };
    for (const unit of [0, 5]) {
      const slope = ((await lossWith(unit, 1.02)) - (await lossWith(unit, 0.98))) / 0.04;
      expect(found![unit]).toBeCloseTo(Math.abs(slope), 3);
    }
  });

  it("is a mean over single images, whatever the batches: 33 images are one batch and one more", async () => {
    const snapshot = freshTiny();
    const [all, but] = [await importances(snapshot, 33), await importances(snapshot, 32)];
    const one = await gateImportances(snapshot, channelGroups(snapshot.network), 1, passes(32));
    all[0]!.forEach((v, u) => expect(v).toBeCloseTo((32 * but[0]![u]! + one[0]![u]!) / 33, 5));
  });

  it("the less important units are less missed than the more important ones", async () => {
    const snapshot = await trainedTiny();
    const scores = await importances(snapshot, 80);
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
    const scores = await importances(snapshot, 32);
    expectMaskedIsShrunk(
      snapshot,
      unitsChosen(snapshot, () => scores, 0.5),
      tinyPixels(4),
    );
  });

  it("an instant is one round, a clip with length all of them: 14 units lose 4, or 3 rounds' 6", async () => {
    const platform = await tinyPlatform();
    const unitsAfter = async (clip: object) => {
      const run = await runTiny(tinyDocument([{ block: "prune.disp", ...clip }]), { platform, useCache: false });
      return filtersOf(run).reduce((sum, n) => sum + n, 0);
    };
    // floor(14 * .25 + .5) and floor(14 * 3 * .15 + .5).
    expect(await unitsAfter({ params: { perRound: 0.25, images: 32 } })).toBe(10);
    expect(await unitsAfter({ steps: 6, params: { perRound: 0.15, rounds: 3, images: 32 } })).toBe(8);
  });
});
