import { describe, expect, it } from "vitest";
import { createMemoryPlatform } from "#platform/memory";
import fc from "fast-check";
import { snapshotArbitrary } from "../codecs/codecs.testing";
import { blockMeta } from "../blocks/catalog";
import { parseParams } from "../blocks/params";
import { EngineError } from "../core/errors";
import type { Snapshot } from "../core/snapshot";
import type { OptimizerState } from "../training/live-model";
import type { SlotState } from "../training/optimizer";
import { type Checkpoint, checkpointKey, packCheckpoint, unpackCheckpoint, type Upstream } from "./checkpoints";
import type { TimelineDocument } from "../document/document";
import type { Point } from "./measure";
import { tinyDocument } from "../document/tiny-document.testing";

const point: Point = {
  clip: "c0",
  step: 12,
  accuracy: 0.1 + 0.2,
  top5: 1,
  loss: 1 / 3,
  testImages: 100,
  sizeBytes: 7,
  fileBytes: 99,
  compressionRatio: 4.7,
  parameters: 3,
  nonZero: 2,
  macs: 5,
  bops: 5120,
  latencyMs: null,
};

const checkpointOf = (snapshot: Snapshot, optimizer: OptimizerState, teacher: Snapshot): Checkpoint => ({
  step: 12,
  snapshot,
  optimizer,
  ranges: { input: [-0.1, 0.30000001192092896] },
  running: [
    {
      id: "c1",
      nextRound: 1,
      state: { conv1: [6, 0, 2], conv2: 8 },
      learned: [
        { name: "queue", values: Float32Array.of(0.1, Number.NaN) },
        {
          name: "gate/conv1",
          values: Float32Array.of(1, -0),
          slot: { kind: "adam", moments: { m: Float32Array.of(3, 4), v: Float32Array.of(5, 6) }, steps: 7 },
        },
      ],
      guard: { reference: 0.9, stopped: false, pending: { before: teacher, after: teacher, order: 3 } },
      snapshots: new Map([["best", teacher]]),
    },
  ],
  trialSteps: 60,
  points: [point],
  decisions: [
    {
      kind: "taken-back",
      clip: "c1",
      round: 0,
      step: 12,
      metric: "accuracy",
      reference: 0.9,
      score: 0.1 + 0.2,
      allowed: 0.5,
    },
    {
      kind: "taken",
      clip: "c1",
      round: null,
      step: 12,
      layers: [
        {
          layer: "conv1",
          weights: { before: 6, removed: 1 },
          units: { before: 3, removed: Uint32Array.of(2) },
          picture: {
            histogram: { largest: 1, kept: Uint32Array.of(1, 4), removed: Uint32Array.of(1, 0), threshold: null },
            map: {
              rows: 1,
              columns: 2,
              largest: 0.5,
              before: Uint8Array.of(1, 255),
              after: Uint8Array.of(0, 255),
              removed: Uint8Array.of(255, 0),
            },
          },
        },
      ],
    },
  ],
  confusion: Uint32Array.of(1, 2, 3, 4),
  teachers: new Map([["c0", teacher]]),
});

const bytesOf = (view: ArrayBufferView) => [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];
/** Typed arrays as bytes, so that NaN and -0 are compared too; maps as lists, so that their order is. */
const exact = (value: unknown): unknown =>
  value instanceof Map
    ? [...(value as Map<string, unknown>)].map(([key, inner]) => [key, exact(inner)])
    : ArrayBuffer.isView(value)
      ? [value.constructor.name, bytesOf(value)]
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner)]))
        : value;

const optimizerArbitrary: fc.Arbitrary<OptimizerState> = fc
  .array(fc.record({ first: fc.float32Array({ maxLength: 5 }), adam: fc.boolean(), steps: fc.nat() }), { maxLength: 3 })
  .map(
    (slots) =>
      new Map(
        slots.map(({ first, adam, steps }, i) => [
          `p${i}/kernel`,
          adam
            ? ({ kind: "adam", moments: { m: first, v: first.slice().reverse() }, steps } as SlotState)
            : ({ kind: "sgd", moments: { velocity: first }, steps } as SlotState),
        ]),
      ),
  );

describe("pack and unpack", () => {
  it("bit for bit: masks, quantizers, codebooks, activations, moments, ranges, teachers", () => {
    fc.assert(
      fc.property(snapshotArbitrary, optimizerArbitrary, snapshotArbitrary, (snapshot, optimizer, teacher) => {
        const checkpoint = checkpointOf(snapshot, optimizer, teacher);
        expect(exact(unpackCheckpoint(packCheckpoint(checkpoint)))).toEqual(exact(checkpoint));
      }),
      { numRuns: 40 },
    );
  });

  it("a truncated one is refused", () => {
    const [snapshot] = fc.sample(snapshotArbitrary, { numRuns: 1, seed: 1 });
    const bytes = packCheckpoint(checkpointOf(snapshot!, new Map(), snapshot!));
    for (const share of [0, 0.2, 0.5, 0.9]) {
      expect(() => unpackCheckpoint(bytes.subarray(0, Math.floor(share * bytes.length)))).toThrow(EngineError);
    }
  });
});

describe("key", () => {
  const platform = createMemoryPlatform();
  const clips = [
    { id: "p", block: "prune.magnitude" },
    { id: "t", block: "train.fine-tune", steps: 10 },
    { id: "q", block: "quant.uniform-kbit", start: 10 },
  ];
  const base = tinyDocument(clips);
  const key = (document: TimelineDocument, step: number, more: Partial<Upstream> = {}) =>
    checkpointKey({ document, modelIdentity: "m", dataIdentity: "d", backend: "wasm", ...more }, step, platform);
  const withClip = (id: string, change: object) => ({
    ...base,
    clips: base.clips.map((c) => (c.id === id ? { ...c, ...change } : c)),
  });

  it("of step 0 holds for any later clips, lengths and names", async () => {
    const kept = await key(base, 0);
    expect(await key(tinyDocument([clips[0]!]), 0)).toBe(kept);
    expect(await key(withClip("t", { steps: 99, params: { learningRate: 0.5 } }), 0)).toBe(kept);
    expect(await key({ ...base, name: "other" }, 0)).toBe(kept);
  });

  it("is of what a clip does: a default that is written and one that is left out are the same", async () => {
    const usual = parseParams(blockMeta("prune.magnitude").params, {});
    expect(await key(withClip("p", { params: usual }), 10)).toBe(await key(base, 10));
  });

  it("of step 10 changes with what is upstream: clips, their places, settings, data, model, backend", async () => {
    const kept = await key(base, 10);
    const others = [
      key(base, 0),
      key(withClip("p", { params: { sparsity: 0.5 } }), 10),
      key(withClip("t", { params: { momentum: 0.5 } }), 10),
      key(withClip("t", { steps: 11 }), 10),
      key(withClip("q", { params: { wBits: 3 } }), 10),
      key({ ...base, clips: base.clips.toReversed() }, 10),
      key({ ...base, seed: 8 }, 10),
      key({ ...base, evaluateEvery: 7 }, 10),
      key({ ...base, training: { ...base.training, batchSize: 16 } }, 10),
      key(base, 10, { modelIdentity: "other" }),
      key(base, 10, { dataIdentity: "other" }),
      key(base, 10, { backend: "cpu" }),
    ];
    const keys = await Promise.all(others);
    expect(keys).not.toContain(kept);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("a clip that begins there is not upstream, an instant there is", async () => {
    const next = { id: "n", block: "train.fine-tune", start: 10, steps: 5 };
    expect(await key(tinyDocument([...clips, next]), 10)).toBe(await key(base, 10));
    const instant = { id: "n", block: "prune.magnitude", start: 10 };
    expect(await key(tinyDocument([...clips, instant]), 10)).not.toBe(await key(base, 10));
  });
});
