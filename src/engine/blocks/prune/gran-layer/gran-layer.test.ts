import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import { logitsOf } from "../../../surgery/check.testing";
import { removeBlock, residualBlocks } from "../../../surgery/remove-block";
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
  tinyTrainCount,
  trainTiny,
} from "../../../run/tiny.testing";
import { visitOutputs } from "../../../run/visits";
import { networkBuilder } from "../../../zoo/builder";
import { initializeValues } from "../../../zoo/initialize";
import type { ClipServices } from "../../block";
import { imageNorms, relativeChange, relativeChanges } from "./gran-layer";

beforeAll(startTiny);

/** A stem and three blocks of two convolutions. */
function residualNetwork() {
  const b = networkBuilder("residual", [12, 12, 1]);
  const conv = (x: string, id: string) => b.batchNorm(b.conv2d(x, { filters: 6, kernelSize: 3, useBias: false }, id));
  let x = b.maxPool(b.activation(conv(b.input, "stem")));
  for (const id of ["one", "two", "three"]) {
    const inner = b.activation(conv(x, `${id}-in`));
    x = b.activation(b.add([conv(inner, `${id}-out`), x], id), "relu", `${id}-relu`);
  }
  return b.build(b.dense(b.flatten(x), { units: tinyClasses }, "logits"));
}

let trained: Promise<Snapshot> | undefined;
const trainedResidual = () => {
  const network = residualNetwork();
  return (trained ??= trainTiny(plainSnapshot(network, initializeValues(network, 1)), 60));
};

/** With the last scale and shift of a block times a factor. */
async function scaled(id: string, factor: number): Promise<Snapshot> {
  const snapshot = await trainedResidual();
  const values = new Map(snapshot.values);
  for (const role of ["gamma", "beta"]) {
    const name = `${id}-out-bn/${role}`;
    values.set(
      name,
      values.get(name)!.map((v) => v * factor),
    );
  }
  return { ...snapshot, values };
}

function services(): Pick<ClipServices, "visitOutputs"> {
  const images = tinyImages(96, "train");
  const source = { images, normalization: undefined, ...tinyTask, count: 96, between: () => Promise.resolve() };
  return { visitOutputs: (snapshot, ids, count, visit) => visitOutputs(snapshot, ids, count, source, visit) };
}

const changes = (snapshot: Snapshot) => relativeChanges(snapshot, residualBlocks(snapshot.network), 96, services());

describe("relative change", () => {
  it("|(3, 4)| / |(6, 8)| = 5 / 10; nothing of nothing is no change", () => {
    const [branch, zero] = imageNorms(Float32Array.of(3, 4, 0, 0), 2);
    const [skip] = imageNorms(Float32Array.of(6, 8), 1);
    expect([branch, zero, skip]).toEqual([5, 0, 10]);
    expect([relativeChange(5, 10), relativeChange(0, 0), relativeChange(1, 0)]).toEqual([0.5, 0, Number.MAX_VALUE]);
  });

  it("grows with the block's last scale, over all batches: three times as large", async () => {
    const [, before] = await changes(await trainedResidual());
    const [, after] = await changes(await scaled("two", 3));
    expect(after! / before!).toBeCloseTo(3, 3);
  });

  it("a block whose last scale and shift are 0 has 0, and the logits stay to the bit without it", async () => {
    const snapshot = await scaled("two", 0);
    expect((await changes(snapshot))[1]).toBe(0);
    const images = tinyPixels(8);
    expect(logitsOf(removeBlock(snapshot, "two"), images)).toEqual(logitsOf(snapshot, images));
  });
});

describe("on the timeline", () => {
  const blocksLeft = (snapshot: Snapshot) => residualBlocks(snapshot.network).map(({ id }) => id);
  const run = async (snapshot: Snapshot, clip: object) => {
    const platform = await tinyPlatform({ residual: snapshot });
    const document = tinyDocument([{ block: "prune.gran-layer", ...clip }], { model: { source: "file:residual" } });
    return runTiny(document, { platform });
  };

  it("the block that changes least goes, and the file holds the shorter network", async () => {
    const after = decodedOf(await run(await scaled("two", 0.01), {}));
    expect(blocksLeft(after)).toEqual(["one", "three"]);
    expect(after.values.has("two-in/kernel")).toBe(false);
  });

  it("by accuracy: the block without which the validation images are told apart best", async () => {
    const snapshot = await trainedResidual();
    const after = decodedOf(await run(snapshot, { params: { score: "accuracy", images: 1 } }));
    // The last twelfth of the training images.
    const { images, labels } = tinyImages(324, "train");
    const held = Float32Array.from(images.subarray(tinyTrainCount * 144), (v) => v / 255);
    const correct = residualBlocks(snapshot.network).map(({ id }) => {
      const logits = logitsOf(removeBlock(snapshot, id), held);
      const hits = [...labels.subarray(tinyTrainCount)].filter((label, n) => {
        const row = [...logits.subarray(4 * n, 4 * n + 4)];
        return row.indexOf(Math.max(...row)) === label;
      });
      return hits.length;
    });
    expect(new Set(correct).size).toBeGreaterThan(1);
    const gone = ["one", "two", "three"][correct.indexOf(Math.max(...correct))];
    expect(blocksLeft(after)).toEqual(["one", "two", "three"].filter((id) => id !== gone));
  });

  it("several at once, or one at each decision while training", async () => {
    const snapshot = await trainedResidual();
    expect(blocksLeft(decodedOf(await run(snapshot, { params: { count: 2, images: 32 } })))).toHaveLength(1);
    const spread = await run(snapshot, { steps: 6, params: { count: 2, images: 32 } });
    expect(blocksLeft(decodedOf(spread))).toHaveLength(1);
  });

  it("more blocks than there are, or none: says what it expected", async () => {
    const snapshot = await trainedResidual();
    const expected = { code: "not-prunable", message: expect.stringContaining("expected a residual block") };
    await expect(run(snapshot, { params: { count: 4, images: 32 } })).rejects.toMatchObject(expected);
    const document = tinyDocument([{ block: "prune.gran-layer" }]);
    await expect(runTiny(document, { platform: await tinyPlatform() })).rejects.toMatchObject(expected);
  });
});
