import { describe, expect, it } from "vitest";
import { parseDocument } from "../../../engine/document/document";
import { newRun } from "../../stores/run-store";
import { choose } from "./chosen";
import { runJson } from "./run-export";

describe("choose", () => {
  it("keeps two, the latest ones, and lets go of one that is chosen again", () => {
    expect(choose([], "a")).toEqual(["a"]);
    expect(choose(["a", "b"], "c")).toEqual(["b", "c"]);
    expect(choose(["a", "b"], "a")).toEqual(["b"]);
  });
});

describe("runJson", () => {
  const document = parseDocument({
    version: 1,
    dataset: { id: "mnist" },
    model: { source: "zoo:lenet5c-mnist" },
    clips: [
      { id: "p", block: "prune.magnitude", start: 0, steps: 10 },
      { id: "d", block: "distill.kd-logits", start: 0, steps: 10, teacher: "original" },
    ],
  });
  const run = newRun({ id: "r", document, startedAt: Date.UTC(2026, 0, 2), phase: "cancelled", backend: "wasm" });

  it("holds the document, what it is called in the survey, and where it ended", () => {
    const json: unknown = JSON.parse(runJson(run));
    expect(json).toMatchObject({
      document: JSON.parse(JSON.stringify(document)) as unknown,
      // Pruning under the network as it was before: C-1 of Table 1.
      combos: ["pk-c1"],
      startedAt: "2026-01-02T00:00:00.000Z",
      state: "cancelled",
      backend: "wasm",
      points: [],
      original: null,
      final: null,
    });
  });
});
