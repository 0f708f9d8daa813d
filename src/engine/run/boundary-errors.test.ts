import { afterEach, beforeAll, expect, it, vi } from "vitest";
import type { ClipRun } from "../blocks/block";
import * as registry from "../blocks/registry/registry";
import { fineTune } from "../blocks/train/fine-tune/fine-tune";
import { EngineError } from "../core/errors";
import { runTiny, startTiny, tinyDocument, tinyPlatform } from "./tiny.testing";

vi.mock("../blocks/registry/registry", { spy: true });
beforeAll(startTiny);
afterEach(() => vi.restoreAllMocks());

const span = { block: "train.fine-tune", steps: 4 };

/** What the clips of a run do besides what their block does, in the order of the document. */
function withHooks(hooks: readonly Partial<ClipRun>[]): void {
  let next = 0;
  vi.mocked(registry.implementationOf).mockImplementation(() => (context) => ({
    ...fineTune(context as never),
    ...hooks[next++],
  }));
}

it("an error at the end of one clip leaves the others their end, and the first error is told", async () => {
  const ended: string[] = [];
  const failing = (id: string): Partial<ClipRun> => ({
    onEnd: () => {
      ended.push(id);
      return Promise.reject(new EngineError("not-prunable", `expected a cure, got none of '${id}'`));
    },
  });
  const tellsEnd: Partial<ClipRun> = { onEnd: async () => void ended.push("c2") };
  withHooks([failing("c0"), failing("c1"), tellsEnd]);
  const clips = [span, { ...span, steps: 8 }, { ...span, steps: 8 }];
  const run = runTiny(tinyDocument(clips), { platform: await tinyPlatform() });
  await expect(run).rejects.toMatchObject({ code: "not-prunable", clipId: "c0" });
  expect(new Set(ended)).toEqual(new Set(["c0", "c1", "c2"]));
});

it("what a clip's step throws is told, not what its end throws after it", async () => {
  withHooks([
    {
      onStep: () => {
        throw new EngineError("not-prunable", "expected another step");
      },
      onEnd: () => Promise.reject(new Error("expected no end")),
    },
  ]);
  const run = runTiny(tinyDocument([span]), { platform: await tinyPlatform() });
  await expect(run).rejects.toThrow("expected another step");
});

it("nothing of a teacher stays where its clip cannot be prepared", async () => {
  vi.mocked(registry.implementationOf).mockImplementation(() => ({ services }) => {
    services.variable("own", new Float32Array(2), [2]);
    throw new EngineError("not-prunable", "expected another network");
  });
  const clip = { block: "distill.kd-logits", steps: 40, teacher: "original" };
  // runTiny counts tensors.
  await expect(runTiny(tinyDocument([clip]), { platform: await tinyPlatform() })).rejects.toThrow("another network");
});
