/**
 * A bounded training of a copy of the network: what a search learns from. It trains with the document's settings, on the
 * batches that the lane would see next, with the loss terms of the clips beside the one that asks; the lane itself is
 * not touched, so that it goes on bit for bit as if there had been no trial. Its steps are no steps of the axis and are
 * counted beside it. Results are kept under a hash of everything that they depend on.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { TrialRequest, TrialResult } from "../blocks/block";
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { pack, unpack } from "../core/tensor-pack";
import { type Clip, sortedJson, type TimelineDocument } from "../document/document";
import { createBatchOrder } from "../training/batches";
import { LiveModel } from "../training/live-model";
import { packState, unpackState } from "../training/live-state";
import type { OptimizerSettings } from "../training/optimizer";
import { type StepTerm, trainStep } from "../training/step";
import { trialUpstream, type Upstream } from "./checkpoints";
import type { RunData } from "./services";
import { withTrainingBatch } from "./training-batch";

/** How far a search is: its trials are counted from 1. */
export interface TrialProgress {
  readonly number: number;
  /** How many the search will make; null where it does not say. */
  readonly of: number | null;
  readonly step: number;
  readonly steps: number;
}

/** What a run lends its trials. */
export interface TrialRoom {
  readonly document: TimelineDocument;
  readonly data: RunData;
  /** Before each step: lets messages in, waits while paused, ends on cancel. */
  readonly gate: () => Promise<void>;
  readonly tell: (progress: TrialProgress) => void;
  /** Where results are kept; absent where nothing is. */
  readonly kept?: { readonly platform: Pick<Platform, "cache" | "sha256">; readonly upstream: Upstream };
}

/** Where on the timeline a trial is asked for. */
export interface TrialPlace {
  /** Of the axis; the batches are those of the steps from here. */
  readonly step: number;
  /** Training images that every clip at work may use, from the first. */
  readonly pool: number;
  readonly optimizer: OptimizerSettings;
  /** The clips beside the one that asks, and the terms that they add at that step. */
  readonly beside: readonly Clip[];
  readonly terms: readonly StepTerm[];
}

/** The trials of one run, and how many steps they took. */
export class Trials {
  /** Optimizer steps so far; those of an answer from memory count as well. */
  steps = 0;
  readonly #room: TrialRoom;

  constructor(room: TrialRoom) {
    this.#room = room;
  }

  /**
   * A trial that diverges scores -Infinity and ends no run.
   * @throws EngineError `invalid-params` for a number of steps that is none, `cancelled`
   */
  async make(request: TrialRequest, place: TrialPlace): Promise<TrialResult> {
    const { from, change, steps, scoredBy, number = 1, of = null } = request;
    if (!Number.isInteger(steps) || steps < 0) {
      throw new EngineError("invalid-params", `a trial expected a whole number of steps from 0, got ${steps}`);
    }
    const { kept, gate, tell } = this.#room;
    const before = this.steps;
    const told = (step: number) => {
      this.steps = before + step;
      tell({ number, of, step, steps });
    };
    await gate();
    const changed = await change(from);
    const key = kept && (await keyOf(changed, request, place, kept));
    const known = key && readResult(await kept.platform.cache.get(key));
    if (known) {
      told(steps);
      return known;
    }
    told(0);
    const snapshot = await train(changed, request, place, this.#room, told);
    const result = { snapshot, score: await scoreOf(snapshot, request) };
    if (key) await kept.platform.cache.set(key, packResult(result, scoredBy));
    return result;
  }
}

async function train(
  changed: Snapshot,
  { steps, observer }: TrialRequest,
  { step: first, pool, optimizer, terms }: TrialPlace,
  { document, data, gate }: TrialRoom,
  tell: (step: number) => void,
): Promise<Snapshot> {
  const order = createBatchOrder(document.seed, document.training.batchSize);
  const model = new LiveModel(changed);
  try {
    if (observer) model.observeActivations(observer);
    for (let k = 0; k < steps; k++) {
      await gate();
      const step = first + k;
      const losses = withTrainingBatch(data, step, order.at(step, pool), (batch) =>
        trainStep(model, { task: data.task, batch, terms, optimizer, noiseSeed: document.seed + step }),
      );
      tf.dispose([losses.total, ...losses.parts]);
      tell(k + 1);
    }
    return await model.snapshot();
  } finally {
    model.dispose();
  }
}

async function scoreOf(snapshot: Snapshot, { score }: TrialRequest): Promise<number> {
  for (const values of snapshot.values.values()) if (!values.every(Number.isFinite)) return -Infinity;
  try {
    return await score(snapshot);
  } catch (error) {
    if (error instanceof EngineError && error.code === "diverged") return -Infinity;
    throw error;
  }
}

async function keyOf(
  changed: Snapshot,
  { steps, scoredBy, observer }: TrialRequest,
  { step, beside }: TrialPlace,
  { platform, upstream }: NonNullable<TrialRoom["kept"]>,
): Promise<string> {
  const network = await platform.sha256(pack(packState(changed)));
  const request = { network, steps, scoredBy, observer: observer ?? null };
  const text = sortedJson({
    request,
    upstream: trialUpstream(upstream, step, beside),
  });
  return platform.sha256(new TextEncoder().encode(text));
}

/** JSON has no -Infinity: null stands for it. */
function packResult({ snapshot, score }: TrialResult, scoredBy: string): Uint8Array {
  const { json, arrays } = packState(snapshot);
  return pack({ json: { scoredBy, score: Number.isFinite(score) ? score : null, state: json }, arrays });
}

/** A result that cannot be read is as good as none. */
function readResult(bytes: Uint8Array | undefined): TrialResult | undefined {
  if (!bytes) return undefined;
  try {
    const { json, arrays } = unpack(bytes);
    const { score, state } = json as { readonly score: number | null; readonly state: unknown };
    return { snapshot: unpackState({ json: state, arrays }).snapshot, score: score ?? -Infinity };
  } catch {
    return undefined;
  }
}
