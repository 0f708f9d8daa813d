import { beforeAll, expect, it } from "vitest";
import { parameterCount } from "../../../metrics/accounting";
import {
  decodedOf,
  effectiveOf,
  type RawClip,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { builders } from "../../../zoo/builders";
import { initializeValues } from "../../../zoo/initialize";

beforeAll(startTiny);

const replaced = (seed: number) => tinyDocument([{ block: "model.replace", params: { network: "cnn-m/4", seed } }]);

it("puts a fresh network in place; the ratio still counts from the source", async () => {
  const run = await runTiny(replaced(0), { platform: await tinyPlatform() });
  const { final } = run.result;
  const built = builders["cnn-m/4"]([12, 12, 1], 4);
  expect(decodedOf(run).network.name).toBe("cnn-m/4");
  expect(final.parameters).toBe(parameterCount(built));
  const source = 4 * parameterCount((await trainedTiny()).network);
  expect(final.compressionRatio).toBe(source / final.sizeBytes);
});

it("its seed decides the weights", async () => {
  const platform = await tinyPlatform();
  const hash = async (seed: number) =>
    (await runTiny(replaced(seed), { platform, useCache: false })).result.artefact.sha256;
  const first = await hash(0);
  expect(await hash(0)).toBe(first);
  expect(await hash(1)).not.toBe(first);
});

it("a network of the same shapes starts without the old one's moments", async () => {
  const platform = await tinyPlatform();
  const network = "cnn-m/4";
  // Before the replacement the two runs differ, so do their moments; behind it nothing of that is left.
  const logits = async (learningRate: number) => {
    const clips: RawClip[] = [
      { block: "train.fine-tune", steps: 2, params: { learningRate } },
      { block: "model.replace", start: 2, params: { network, seed: 5 } },
      { block: "train.fine-tune", start: 2, steps: 2 },
    ];
    const run = await runTiny(tinyDocument(clips, { model: { source: `build:${network}` } }), { platform });
    expect(run.points.map((p) => p.clip)).toEqual([null, "c0", "c1", "c2"]);
    return effectiveOf(decodedOf(run), "logits/kernel");
  };
  const first = await logits(0.001);
  expect(await logits(0.02)).toEqual(first);
  const untrained = initializeValues(builders[network]([12, 12, 1], 4), 7 + 5).get("logits/kernel");
  expect(first).not.toEqual(untrained);
});
