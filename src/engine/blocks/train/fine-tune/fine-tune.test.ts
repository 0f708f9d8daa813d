import { beforeAll, expect, it } from "vitest";
import { valuesOf } from "../../../core/snapshot";
import {
  decodedOf,
  effectiveOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import type { ClipContext } from "../../block";
import { fineTune } from "./fine-tune";
import type { meta } from "./meta";

beforeAll(startTiny);

it("the rate follows its schedule over the clip's own length", () => {
  const params = { optimizer: "adam", learningRate: 0.1, learningRateSchedule: "cosine", momentum: 0.9 } as const;
  const run = fineTune({ params, steps: 100 } as ClipContext<typeof meta.params>);
  // Cosine to 5 %: 1 at the start, (1 + 0.05) / 2 half way.
  expect([0, 50].map((step) => run.optimizer!(step).learningRate)).toEqual(
    [0.1, 0.0525].map((r) => expect.closeTo(r, 9) as number),
  );
});

it("repairs a pruned network", async () => {
  const clips: Parameters<typeof tinyDocument>[0] = [
    { block: "prune.filter-l1", params: { sparsity: 0.5 } },
    { block: "train.fine-tune", steps: 25, params: { learningRate: 0.01 } },
  ];
  const { points } = await runTiny(tinyDocument(clips), { platform: await tinyPlatform() });
  expect(points.at(-1)!.accuracy - points[1]!.accuracy).toBeGreaterThan(0.1);
});

it("of two at once the one that began later sets the optimizer", async () => {
  const platform = await tinyPlatform();
  const kernel = "logits/kernel";
  const still = { block: "train.fine-tune", params: { learningRate: 1e-6, learningRateSchedule: "constant" } };
  const moving = { block: "train.fine-tune", params: { learningRate: 0.01, learningRateSchedule: "constant" } };
  const change = async (clips: readonly { block: string; params: Record<string, string | number> }[]) => {
    const spans = clips.map((clip) => ({ ...clip, steps: 8 }));
    const trained = effectiveOf(decodedOf(await runTiny(tinyDocument(spans), { platform, useCache: false })), kernel);
    const before = valuesOf(await trainedTiny(), kernel);
    return Math.max(...trained.map((w, i) => Math.abs(w - before[i]!)));
  };
  expect(await change([moving, still])).toBeLessThan(1e-4);
  expect(await change([still, moving])).toBeGreaterThan(1e-3);
});
