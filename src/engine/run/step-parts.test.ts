import { beforeAll, expect, it } from "vitest";
import { runTiny, startTiny, tinyDocument, tinyPlatform } from "./tiny.testing";
import { stepTerms } from "./step-parts";
import type { ActiveClip } from "./active-clip";

beforeAll(startTiny);

it("two clips of one block are two parts of the loss, and the task keeps what both leave", async () => {
  const kd = (alpha: number) => ({ block: "distill.kd-logits", steps: 2, teacher: "original", params: { alpha } });
  const { losses } = await runTiny(tinyDocument([kd(0.25), kd(0.75)]), { platform: await tinyPlatform() });
  const [chunk] = losses;
  expect(chunk!.names).toEqual(["hard labels", "c0:soft-labels", "c1:soft-labels"]);
  const [hard, first, second] = chunk!.parts.map(([at0]) => at0!);
  expect(hard).toBe(0);
  // The same divergence, times 0.25 and times 0.75.
  expect(second! / first!).toBeCloseTo(3, 5);
});

it("shares and terms go by the clip's own steps", () => {
  const seen: number[] = [];
  const run = {
    losses: [
      {
        name: "a",
        share: (step: number) => step / 10,
        compute: (_: unknown, __: unknown, step: number) => void seen.push(step),
      },
    ],
  };
  const active = [{ clip: { id: "late", start: 5 }, run }] as unknown as ActiveClip[];
  const [term] = stepTerms(active, 7);
  expect([term!.name, term!.share]).toEqual(["late:a", 0.2]);
  term!.compute({} as never, []);
  expect(seen).toEqual([2]);
});
