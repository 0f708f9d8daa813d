import { beforeAll, expect, it } from "vitest";
import { parameterCount } from "../../../metrics/accounting";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyPlatform, trainedTiny } from "../../../timeline/tiny.testing";
import { builders } from "../../../zoo/builders";

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

it("learns from a teacher", async () => {
  const clips = [
    { block: "model.replace", params: { network: "cnn-m/4" } },
    { block: "distill.kd-logits", steps: 60, teacher: "original" },
  ];
  const { points } = await runTiny(tinyDocument(clips, { training: { learningRate: 0.01, batchSize: 32 } }), {
    platform: await tinyPlatform(),
  });
  expect(points.at(-1)!.accuracy - points[1]!.accuracy).toBeGreaterThan(0.15);
});
