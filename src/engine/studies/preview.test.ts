import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { RunControl } from "../run/control";
import type { TakenDecision } from "../run/decisions";
import type { TimelineDocument } from "../document/document";
import { type DecisionPreview, previewDecision, type PreviewOptions } from "./preview";
import { upToStart } from "./state-before";
import { runTiny, startTiny, tinyDocument, tinyPlatform, type TinyPlatform } from "../run/tiny.testing";

beforeAll(startTiny);

async function preview(
  document: TimelineDocument,
  clipId: string,
  options?: PreviewOptions & { platform?: TinyPlatform },
): Promise<DecisionPreview> {
  const platform = options?.platform ?? (await tinyPlatform());
  const before = tf.memory();
  const answer = await previewDecision(
    document,
    clipId,
    { platform, backend: "wasm", control: new RunControl() },
    options,
  );
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  return answer;
}

function decided(answer: DecisionPreview) {
  if (answer.state !== "decided") throw new Error(`expected a decision, got ${answer.state}`);
  return answer;
}

/** What the run itself decides first. */
async function firstDecision(document: TimelineDocument, clip: string): Promise<TakenDecision> {
  const taken: TakenDecision[] = [];
  await runTiny(document, {
    platform: await tinyPlatform(),
    observer: { onDecision: (trace) => void (trace.kind === "taken" && trace.clip === clip && taken.push(trace)) },
  });
  return taken[0]!;
}

const halved = (clip: object = {}) => tinyDocument([{ block: "prune.filter-l1", params: { sparsity: 0.5 }, ...clip }]);

describe("a preview", () => {
  it("tells the units that the run removes, with the criterion's scores", async () => {
    const { groups, layers } = decided(await preview(halved(), "c0"));
    expect(groups.map(({ id, scores, going }) => [id, scores.length, going.length])).toEqual([
      ["conv1", 6, 3],
      ["conv2", 8, 4],
    ]);
    for (const { scores, going, scoredBy } of groups) {
      expect(scoredBy).toBe("criterion");
      const staying = [...scores].filter((_, unit) => !going.includes(unit));
      for (const unit of going) expect(scores[unit]).toBeLessThan(Math.min(...staying));
    }
    expect(layers).toEqual((await firstDecision(halved(), "c0")).layers);
  });

  it("of a clip over steps tells its first round", async () => {
    const params = { sparsity: 0.5, schedule: "iterative", rounds: 3 } as const;
    const { groups } = decided(await preview(halved({ steps: 9, params }), "c0"));
    // 0.5 / 3 of 6 and of 8.
    expect(groups.map(({ going }) => going.length)).toEqual([1, 1]);
  });

  it("a kept unit stays and another goes in its place", async () => {
    const [before] = decided(await preview(halved(), "c0")).groups;
    const [kept] = before!.going;
    const [after] = decided(await preview(halved({ layers: { conv1: { keep: [kept!] } } }), "c0")).groups;
    expect(after!.going).not.toContain(kept);
    expect(after!.going).toHaveLength(3);
  });

  it("of single weights has no units, but counts", async () => {
    const { groups, layers } = decided(
      await preview(tinyDocument([{ block: "prune.magnitude", params: { sparsity: 0.5 } }]), "c0"),
    );
    expect(groups).toEqual([]);
    expect(layers.map(({ weights }) => [weights.before, weights.removed])).toEqual([
      [54, 27],
      [432, 216],
      [288, 144],
    ]);
  });

  it("leaves the document's run as it would have been", async () => {
    const document = tinyDocument([
      { block: "train.fine-tune", steps: 4 },
      { block: "prune.filter-l1", start: 4, params: { sparsity: 0.5 } },
    ]);
    const platform = await tinyPlatform();
    await preview(document, "c1", { platform, mayTrain: true });
    const after = await runTiny(document, { platform });
    const alone = await runTiny(document, { platform: await tinyPlatform() });
    expect(after.result.artefact.sha256).toBe(alone.result.artefact.sha256);
  });
});

describe("what comes before the clip", () => {
  const trained = (clip: object) =>
    tinyDocument([
      { block: "train.fine-tune", steps: 4 },
      { block: "prune.filter-l1", start: 4, params: { sparsity: 0.5 }, ...clip },
      { block: "train.fine-tune", start: 4, steps: 3 },
    ]);

  it("is trained only where that is asked for", async () => {
    expect(await preview(trained({}), "c1")).toEqual({ state: "needs-run", steps: 4 });
  });

  it.each([
    ["an instant", {}],
    ["a span", { steps: 3 }],
  ])("trained once it is kept: %s, and the same as in the run", async (_, clip) => {
    const platform = await tinyPlatform();
    const { layers } = decided(await preview(trained(clip), "c1", { platform, mayTrain: true }));
    expect(layers).toEqual((await firstDecision(trained(clip), "c1")).layers);
    expect(decided(await preview(trained(clip), "c1", { platform })).layers).toEqual(layers);
  });

  it("scores nothing on the way", async () => {
    const tiny = await tinyPlatform();
    let readings = 0;
    // Every point of a boundary times the network.
    const platform = { ...tiny, clock: { now: () => readings++ } };
    await runTiny(trained({}), { platform, useCache: false });
    expect(readings).toBeGreaterThan(0);
    readings = 0;
    await preview(trained({}), "c1", { platform, mayTrain: true });
    expect(readings).toBe(0);
  });

  it("what it keeps serves no run, which has points to tell", async () => {
    const platform = await tinyPlatform();
    await preview(trained({}), "c1", { platform, mayTrain: true });
    const { points, restoredAt } = await runTiny(trained({}), { platform });
    expect([points.length, restoredAt]).toEqual([4, undefined]);
  });

  it("a run that has passed it leaves what a span's preview needs", async () => {
    const platform = await tinyPlatform();
    await runTiny(trained({ steps: 3 }), { platform });
    expect((await preview(trained({ steps: 3 }), "c1", { platform })).state).toBe("decided");
  });

  it("an instant listed before at the same step has been, one listed behind it has not", async () => {
    const document = tinyDocument([
      { block: "prune.filter-l1", params: { sparsity: 0.5 } },
      { block: "prune.filter-l1", params: { sparsity: 0.5 } },
    ]);
    const units = async (id: string) => decided(await preview(document, id)).groups.map(({ scores }) => scores.length);
    expect(await units("c0")).toEqual([6, 8]);
    expect(await units("c1")).toEqual([3, 4]);
  });

  it("the clip's own place and its predecessors do not move", () => {
    const document = tinyDocument([
      { block: "prune.magnitude", start: 4 },
      { block: "train.fine-tune", steps: 4 },
      { block: "prune.filter-l1", start: 4 },
      { block: "quant.uniform-kbit", start: 4 },
      { block: "train.fine-tune", start: 4, steps: 2 },
    ]);
    expect(upToStart(document, "c2").clips.map(({ id, start, steps }) => [id, start, steps])).toEqual([
      ["c0", 4, 0],
      ["c1", 0, 4],
      ["c2", 4, 1],
      ["c3", 5, 0],
      ["c4", 5, 2],
    ]);
  });
});

describe("a preview of a quantizer", () => {
  it.each([
    ["quant.affine-int8", 0, {}],
    ["quant.qat-fake-quant", 6, { activationDelay: 0.5 }],
  ])("%s of %i steps tells the widths that the run gives", async (block, steps, params) => {
    const document = tinyDocument([{ block, steps, params: { wBits: 3, ...params } }]);
    const { groups, layers, activations } = decided(await preview(document, "c0"));
    const first = await firstDecision(document, "c0");
    expect(groups).toEqual([]);
    expect(layers).toEqual(first.layers);
    expect(layers.map(({ codes }) => codes?.after.bits)).toEqual([8, 3, 8]);
    expect(activations).toEqual(first.activations ?? []);
  });
});

describe("what is no preview", () => {
  it.each([
    ["ghost", /expected a clip among c0, got 'ghost'/],
    ["c0", /expected a clip that prunes or quantizes, got 'c0' of train.fine-tune/],
  ])("of %s", async (id, message) => {
    const document = tinyDocument([{ block: "train.fine-tune", steps: 2 }]);
    await expect(preview(document, id)).rejects.toMatchObject({ code: "usage", message });
  });

  it("ends when it is cancelled", async () => {
    const control = new RunControl();
    control.cancel();
    const document = tinyDocument([
      { block: "train.fine-tune", steps: 4 },
      { block: "prune.magnitude", start: 4 },
    ]);
    const deps = { platform: await tinyPlatform(), backend: "wasm", control };
    await expect(previewDecision(document, "c1", deps, { mayTrain: true })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});
