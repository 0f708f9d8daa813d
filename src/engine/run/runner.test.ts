import { beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact } from "../codecs/artefact";
import { EngineError } from "../core/errors";
import { evaluate } from "../tasks/classification";
import { inferenceModel } from "../training/evaluate";
import { networkBuilder } from "../zoo/builder";
import { initializeValues } from "../zoo/initialize";
import { plainSnapshot } from "../core/snapshot";
import { RunControl } from "./control";
import type { Measurement, Point } from "./measure";
import {
  type RawClip,
  runTiny,
  startTiny,
  tinyDocument,
  tinyImages,
  tinyPlatform,
  tinyTestCount,
  type TinyPlatform,
  type TinyRun,
} from "./tiny.testing";

beforeAll(startTiny);

/** Points without what a clock measured. */
const timeless = (points: readonly Point[]) => points.map(({ latencyMs: _, ...point }) => point);

/** Overlapping pruning, quantization and distillation, a second distillation taught by the first's result, an instant. */
const joint = () =>
  tinyDocument(
    [
      { block: "prune.magnitude", steps: 12, params: { sparsity: 0.7, schedule: "agp", rounds: 4 } },
      { block: "quant.qat-fake-quant", start: 6, steps: 16, params: { wBits: 4, aBits: 8, images: 40 } },
      { block: "distill.kd-logits", steps: 12, teacher: "original" },
      { block: "distill.kd-logits", start: 14, steps: 8, teacher: "after:c2" },
      { block: "quant.uniform-kbit", start: 22 },
    ],
    { evaluateEvery: 5 },
  );

let undisturbed: Promise<TinyRun> | undefined;
/** The joint document from beginning to end, nothing kept; run once. */
const undisturbedRun = () =>
  (undisturbed ??= tinyPlatform().then((platform) => runTiny(joint(), { platform, useCache: false })));

async function failure(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

describe("points", () => {
  it("before the first clip, after every clip, and every evaluateEvery steps between boundaries", async () => {
    const { points, result } = await undisturbedRun();
    // Ends at 12 (c0 and c2), 22 (c1, c3, then the instant c4); 5, 10, 15, 20 lie between.
    expect(points.map((p) => [p.step, p.clip, p.testImages])).toEqual([
      [0, null, 100],
      [5, null, 40],
      [10, null, 40],
      [12, "c0", 100],
      [12, "c2", 100],
      [15, null, 40],
      [20, null, 40],
      [22, "c1", 100],
      [22, "c3", 100],
      [22, "c4", 100],
    ]);
    expect(result.original.compressionRatio).toBe(1);
    expect(result.combos).toEqual(["pk-c1", "pk-a2", "qk-b", "qk-a2", "pq-b-1-1", "pq-a-1-1"]);
  });

  it("the file's own score is what the final point says, and its length what it says too", async () => {
    const { result } = await undisturbedRun();
    const decoded = decodeArtefact(result.artefact.bytes);
    const model = inferenceModel(decoded.snapshot);
    const { accuracy, loss } = await evaluate(model, tinyImages(tinyTestCount, "test"));
    model.dispose();
    expect([accuracy, loss]).toEqual([result.final.accuracy, result.final.loss]);
    expect(result.final.fileBytes).toBe(result.artefact.bytes.length);
    expect(result.final.sizeBytes).toBe(decoded.sizeBytes);
    expect(decoded.document).toEqual(result.document);
  });

  it("instants at one step come in array order, after ends and before starts", async () => {
    const document = tinyDocument([
      { block: "train.fine-tune", start: 4, steps: 3 },
      { block: "quant.uniform-kbit", start: 4 },
      { block: "train.fine-tune", steps: 4 },
      { block: "prune.magnitude", start: 4, params: { sparsity: 0.5 } },
    ]);
    const { points } = await runTiny(document, { platform: await tinyPlatform() });
    expect(points.map((p) => p.clip)).toEqual([null, "c2", "c1", "c3", "c0"]);
  });

  it("a clip that begins where a point is due does not swallow it", async () => {
    const clips = [
      { block: "train.fine-tune", steps: 4 },
      { block: "prune.magnitude", start: 2, steps: 2 },
    ];
    const { points } = await runTiny(tinyDocument(clips, { evaluateEvery: 2 }), { platform: await tinyPlatform() });
    expect(points.map((p) => [p.step, p.clip])).toEqual([
      [0, null],
      [2, null],
      [4, "c0"],
      [4, "c1"],
    ]);
  });

  it("no steps are taken where no clip with length lies, and no points there", async () => {
    const clips = [
      { block: "train.fine-tune", steps: 2 },
      { block: "train.fine-tune", start: 9, steps: 2 },
    ];
    const seen: number[] = [];
    const observer = { onProgress: (p: { step: number; trained: number }) => void seen.push(p.step, p.trained) };
    const run = await runTiny(tinyDocument(clips, { evaluateEvery: 3 }), { platform: await tinyPlatform(), observer });
    expect(run.points.map((p) => p.step)).toEqual([0, 2, 11]);
    expect(seen).toEqual([1, 1, 2, 2, 10, 3, 11, 4]);
  });

  it("clips that overlap train in one loop: one update a step under the sum of their losses", async () => {
    const { losses } = await undisturbedRun();
    expect(losses.reduce((steps, chunk) => steps + chunk.total.length, 0)).toBe(22);
    // Both distillations do not overlap; between 12 and 14 the quantizer trains on hard labels alone.
    const named = losses.flatMap(({ firstStep, names, total }) =>
      [...total].map((_, i) => [firstStep + i, names.length]),
    );
    expect(named.filter(([, n]) => n === 1).map(([step]) => step)).toEqual([12, 13]);
    for (const { total, parts } of losses) {
      total.forEach((loss, i) => expect(parts.reduce((sum, p) => sum + p[i]!, 0)).toBeCloseTo(loss, 5));
    }
  });

  it("a network that takes images flat runs on images: trained, calibrated, scored", async () => {
    const b = networkBuilder("flat", [144]);
    const network = b.build(b.dense(b.input, { units: 4 }, "logits"));
    const platform = await tinyPlatform({ flat: plainSnapshot(network, initializeValues(network, 1)) });
    const clips = [
      { block: "distill.kd-logits", steps: 2, teacher: "original" },
      { block: "quant.affine-int8", start: 2, params: { images: 8 } },
    ];
    const { points } = await runTiny(tinyDocument(clips, { model: { source: "file:flat" } }), { platform });
    expect(points.map((p) => p.clip)).toEqual([null, "c0", "c1"]);
  });

  it("a document without clips measures the original alone", async () => {
    const { points } = await runTiny(tinyDocument([]), { platform: await tinyPlatform() });
    expect(points).toHaveLength(1);
  });
});

describe("determinism", () => {
  it("same document, same points and bytes; another seed, others", async () => {
    const platform = await tinyPlatform();
    const run = (seed: number) => runTiny({ ...joint(), seed }, { platform, useCache: false });
    const [a, b, other] = [await undisturbedRun(), await run(7), await run(8)];
    expect(timeless(b.points)).toEqual(timeless(a.points));
    expect(b.result.artefact.sha256).toBe(a.result.artefact.sha256);
    expect(other.result.artefact.sha256).not.toBe(a.result.artefact.sha256);
  });

  it("neither the name nor the clips' ids change the hash", async () => {
    const platform = await tinyPlatform();
    const clips = [{ block: "prune.magnitude" }];
    const a = await runTiny(tinyDocument(clips), { platform });
    const b = await runTiny(
      tinyDocument(
        clips.map((c) => ({ ...c, id: "other" })),
        { name: "other" },
      ),
      { platform },
    );
    expect(b.result.documentHash).toBe(a.result.documentHash);
  });
});

/** Cancels before step `step` is taken. */
function cancelledAt(step: number, platform: TinyPlatform, onBoundary?: (m: Measurement) => void) {
  const control = new RunControl();
  const observer = { onBoundary, onProgress: (p: { step: number }) => p.step === step && control.cancel() };
  return runTiny(joint(), { platform, control, observer });
}

describe("stopping and going on", () => {
  it.each([3, 13, 21])("cancelled at step %i and run again: the undisturbed points and bytes", async (step) => {
    const platform = await tinyPlatform();
    expect((await failure(cancelledAt(step, platform))).code).toBe("cancelled");
    const resumed = await runTiny(joint(), { platform });
    // Boundaries are kept at 12 and 22: inside the running QAT clip, with a teacher of a later one.
    expect(resumed.restoredAt).toBe(step > 12 ? 12 : undefined);
    const { points, result } = await undisturbedRun();
    expect(timeless(resumed.points)).toEqual(timeless(points));
    expect(resumed.result.artefact.sha256).toBe(result.artefact.sha256);
  });

  it("the last boundary's file is handed over before the stop", async () => {
    const kept: Measurement[] = [];
    await failure(cancelledAt(14, await tinyPlatform(), (m) => kept.push(m)));
    expect(kept.at(-1)!.point.clip).toBe("c2");
    expect(decodeArtefact(kept.at(-1)!.bytes).fileBytes).toBe(kept.at(-1)!.point.fileBytes);
  });

  it("editing the end does not run the beginning again", async () => {
    const platform = await tinyPlatform();
    await runTiny(joint(), { platform });
    const edited = joint();
    const clips = edited.clips.map((c) => (c.id === "c3" ? { ...c, params: { temperature: 2 } } : c));
    expect((await runTiny({ ...edited, clips }, { platform })).restoredAt).toBe(12);
  });

  it("editing the beginning does", async () => {
    const platform = await tinyPlatform();
    await runTiny(joint(), { platform });
    expect((await runTiny({ ...joint(), seed: 1 }, { platform })).restoredAt).toBeUndefined();
  });

  const filters: RawClip = {
    block: "prune.filter-l1",
    steps: 9,
    params: { schedule: "iterative", rounds: 3, endFraction: 1 },
  };
  // Pixels of both signs: a zero point that is not 0 moves the range, so that the file's is not the one that follows.
  const ranges: RawClip = {
    block: "quant.qat-fake-quant",
    steps: 9,
    params: { aBits: 3, edgeBits: 3, images: 20, rangeDecay: 0.7, freezeRangesAt: 0.9 },
  };
  const normalize = { dataset: { id: "file:data", normalize: "standardize" } };

  it.each<[string, RawClip, object]>([
    ["a structural pruning: its counts, rounds and cut moments", filters, {}],
    ["a quantizer whose ranges still follow the data", ranges, normalize],
  ])("goes on inside %s", async (_, clip, more) => {
    const document = tinyDocument([clip, { block: "train.fine-tune", steps: 5 }], { ...more });
    const free = await runTiny(document, { platform: await tinyPlatform(), useCache: false });
    const platform = await tinyPlatform();
    const control = new RunControl();
    const observer = { onProgress: (p: { step: number }) => p.step === 7 && control.cancel() };
    await failure(runTiny(document, { platform, control, observer }));
    const resumed = await runTiny(document, { platform });
    expect(resumed.restoredAt).toBe(5);
    expect(timeless(resumed.points)).toEqual(timeless(free.points));
    expect(resumed.result.artefact.sha256).toBe(free.result.artefact.sha256);
  });

  const trained = { block: "train.fine-tune", steps: 3 };

  it("a state kept before a clip became a teacher does not serve: the run comes by the teacher again", async () => {
    const platform = await tinyPlatform();
    const clips = [{ block: "prune.magnitude", params: { sparsity: 0.3 } }, trained];
    await runTiny(tinyDocument(clips), { platform });
    const taught = tinyDocument([...clips, { block: "distill.kd-logits", start: 3, steps: 2, teacher: "after:c0" }]);
    const run = await runTiny(taught, { platform });
    expect(run.restoredAt).toBeUndefined();
    expect(run.points.at(-1)!.clip).toBe("c2");
  });

  it("the file holds the document that ran, not the one that kept its state", async () => {
    const platform = await tinyPlatform();
    const clips = [{ block: "prune.magnitude" }];
    await runTiny(tinyDocument([...clips, trained], { name: "with recovery" }), { platform });
    const shorter = tinyDocument(clips, { name: "without" });
    const restored = await runTiny(shorter, { platform });
    expect(restored.restoredAt).toBe(0);
    expect(decodeArtefact(restored.result.artefact.bytes).document).toEqual(shorter);
    const fresh = await runTiny(shorter, { platform, useCache: false });
    expect(restored.result.artefact.sha256).toBe(fresh.result.artefact.sha256);
    expect(restored.result.final.fileBytes).toBe(fresh.result.final.fileBytes);
  });

  it("a kept state that cannot be read is as good as none", async () => {
    const platform = await tinyPlatform();
    const cache = { get: () => Promise.resolve(Uint8Array.of(9, 9, 9)), set: () => Promise.resolve() };
    const run = await runTiny(tinyDocument([trained]), { platform: { ...platform, cache } });
    expect(run.restoredAt).toBeUndefined();
  });

  it("paused, it can be cancelled", async () => {
    const control = new RunControl();
    control.pause();
    const platform = await tinyPlatform();
    const run = failure(runTiny(tinyDocument([trained]), { platform, control }));
    for (let i = 0; i < 20; i++) await platform.yieldToHost();
    control.cancel();
    expect((await run).code).toBe("cancelled");
  });

  it("paused, it takes single steps, and goes on to the same end", async () => {
    const document = tinyDocument([{ block: "train.fine-tune", steps: 6 }]);
    const platform = await tinyPlatform();
    const free = await runTiny(document, { platform, useCache: false });
    const control = new RunControl();
    control.pause();
    let steps = 0;
    const run = runTiny(document, { platform, control, useCache: false, observer: { onProgress: () => void steps++ } });
    const settle = async () => {
      for (let i = 0; i < 50; i++) await platform.yieldToHost();
    };
    for (const expected of [1, 2]) {
      control.step();
      while (steps < expected) await platform.yieldToHost();
      await settle();
      expect(steps).toBe(expected);
    }
    control.resume();
    expect((await run).result.artefact.sha256).toBe(free.result.artefact.sha256);
  });
});

describe("failing", () => {
  it("a loss that is not finite ends the run with its step, the boundary before it reported", async () => {
    const kept: Measurement[] = [];
    // Linear layers have no relu that could die: each one's gradient grows with the others' weights.
    const b = networkBuilder("linear", [12, 12, 1]);
    const hidden = [24, 24, 24].reduce((x, units) => b.dense(x, { units }), b.flatten(b.input));
    const network = b.build(b.dense(hidden, { units: 4 }, "logits"));
    const platform = await tinyPlatform({ linear: plainSnapshot(network, initializeValues(network, 1)) });
    const hot = tinyDocument(
      [{ block: "prune.magnitude" }, { block: "distill.kd-logits", steps: 60, teacher: "original" }],
      {
        model: { source: "file:linear" },
        training: { optimizer: "sgd", learningRate: 10, momentum: 0.9, batchSize: 32 },
      },
    );
    const error = await failure(runTiny(hot, { platform, observer: { onBoundary: (m) => kept.push(m) } }));
    expect(error.code).toBe("diverged");
    expect(error.message).toMatch(/at step \d+; lower the learning rate/);
    expect(error.details!["step"]).toBeGreaterThan(0);
    expect(kept.map((m) => m.point.clip)).toEqual([null, "c0"]);
  });

  it("weights that the last update of all has spoiled are diverged too: no loss comes after it", async () => {
    const b = networkBuilder("edge", [12, 12, 1]);
    const narrow = b.dense(b.flatten(b.input), { units: 1, useBias: false }, "narrow");
    const network = b.build(b.dense(narrow, { units: 4, useBias: false }, "logits"));
    // The loss is ln 4: hidden units are 0. Their gradient is some 1e38 times a pixel, and 10 times that is infinite.
    const values = new Map([
      ["narrow/kernel", new Float32Array(144)],
      ["logits/kernel", Float32Array.of(3e38, -3e38, -3e38, -3e38)],
    ]);
    const platform = await tinyPlatform({ edge: plainSnapshot(network, values) });
    const training = { optimizer: "sgd", learningRate: 10, learningRateSchedule: "constant", batchSize: 32 };
    const document = tinyDocument(
      [{ block: "distill.kd-logits", steps: 1, samples: 1, teacher: "original", params: { alpha: 0 } }],
      {
        model: { source: "file:edge" },
        training,
      },
    );
    const error = await failure(runTiny(document, { platform }));
    expect([error.code, error.clipId, error.details]).toEqual(["diverged", "c0", { step: 1 }]);
    expect(error.message).toContain("'narrow/kernel' at step 1; lower the learning rate");
  });

  it("errors of a block name its clip", async () => {
    const document = tinyDocument([{ id: "units", block: "prune.filter-l1", params: { targets: "units" } }]);
    const error = await failure(runTiny(document, { platform: await tinyPlatform() }));
    expect([error.code, error.clipId]).toEqual(["not-prunable", "units"]);
  });

  it.each([
    [{ dataset: { id: "nowhere" } }, "unknown-dataset"],
    [{ model: { source: "build:nothing" } }, "unknown-model"],
    [{ model: { source: "zoo:nothing" } }, "unknown-model"],
    [{ dataset: { id: "file:data", train: 100000 } }, "invalid-params"],
  ])("%o is refused as %s", async (more, code) => {
    const document = tinyDocument([{ block: "prune.magnitude" }], more);
    expect((await failure(runTiny(document, { platform: await tinyPlatform() }))).code).toBe(code);
  });
});
