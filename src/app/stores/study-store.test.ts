/** Studies on their whole way to the engine and back, over the loopback, on tiny real data. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTiny } from "#engine/run/tiny.testing";
import { memoryKeyValues } from "../../worker/key-values";
import { loopbackEngine } from "../../worker/loopback";
import type { EngineClient } from "../../worker/protocol";
import { stateCache } from "../../worker/state-cache";
import { type TinyStudio, tinyStudio } from "../../worker/tiny-studio.testing";
import { createStudyStore, type StudyStore } from "./study-store";

let tiny: TinyStudio;
let engine: EngineClient;
let store: StudyStore;

beforeAll(async () => {
  await startTiny();
  tiny = await tinyStudio();
});
beforeEach(() => {
  const cache = stateCache(memoryKeyValues(), (error) => {
    throw error;
  });
  let ids = 0;
  engine = loopbackEngine({ ...tiny.deps, platform: { ...tiny.deps.platform, cache } });
  store = createStudyStore({ engine, newId: () => `study-${++ids}` });
});
afterEach(() => engine.close());

const document = () =>
  tiny.document([
    { block: "train.fine-tune", steps: 4 },
    { block: "prune.filter-l1", start: 4, params: { sparsity: 0.5 } },
  ]);

describe("a preview", () => {
  it("says that training is needed, then trains, and is of the document that it was asked of", async () => {
    const asked = document();
    await store.getState().preview("c1", asked, false);
    expect(store.getState().previews["c1"]).toMatchObject({
      phase: "done",
      answer: { state: "needs-run", steps: 4 },
      document: asked,
    });
    await store.getState().preview("c1", asked, true);
    expect(store.getState().previews["c1"]?.answer?.state).toBe("decided");
  });

  it("keeps the last answer while the next one is asked for", async () => {
    await store.getState().preview("c1", document(), true);
    const again = store.getState().preview("c1", document(), true);
    expect(store.getState().previews["c1"]).toMatchObject({ phase: "running", answer: { state: "decided" } });
    await again;
  });

  it("of a clip that does not prune says what is wrong", async () => {
    await store.getState().preview("c0", document(), true);
    expect(store.getState().previews["c0"]).toMatchObject({ phase: "failed", error: { code: "usage" } });
  });
});

describe("a scan", () => {
  it("fills, and ends with every cell once", async () => {
    await store.getState().scan("c1", document());
    const scan = store.getState().scans["c1"]!;
    expect(scan).toMatchObject({ phase: "done", error: null, base: { kind: "structured" } });
    expect(scan.cells).toHaveLength(18);
  });

  it("stopped, keeps what it has", async () => {
    const scanning = store.getState().scan("c1", document());
    const unsubscribe = store.subscribe(({ scans }) => {
      if (scans["c1"]?.base) store.getState().stop("scans", "c1");
    });
    await scanning;
    unsubscribe();
    expect(store.getState().scans["c1"]).toMatchObject({ phase: "stopped", error: null });
    expect(store.getState().scans["c1"]?.base).not.toBeNull();
  });
});
