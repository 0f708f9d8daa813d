/**
 * Executes a timeline document: one loop in which all clips that overlap train jointly. Yields points; same document,
 * seed, backend and machine, same points (timings aside). What a clip does is in its block; what a point is, in
 * `measure.ts`.
 */
import type { CombinationId } from "#survey/combinations";
import type { TensorBreakdown } from "../codecs/snapshot-plan";
import type { TrialRequest, TrialResult } from "../blocks/block";
import { blockMeta } from "../blocks/catalog";
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { originalBytes } from "../metrics/accounting";
import { createBatchOrder } from "../training/batches";
import { LiveModel } from "../training/live-model";
import { trainStep } from "../training/step";
import type { DisposableTeacher } from "../training/teacher";
import type { GuardedModel } from "./accuracy-guard";
import { guardedModel } from "./guarded-model";
import {
  type ActiveClip,
  beginClip,
  disposeClip,
  finishClip,
  inClip,
  prepareClip,
  runningState,
  takeDecisions,
  type TellDecision,
} from "./active-clip";
import {
  type Checkpoint,
  checkpointKey,
  latestCheckpoint,
  packCheckpoint,
  type RunningClip,
  type Upstream,
} from "./checkpoints";
import { classify } from "../document/classify";
import type { RunControl } from "./control";
import type { DecisionTrace } from "./decisions";
import { type Clip, clipEnd, documentEnd, hashableJson, type TimelineDocument } from "../document/document";
import { LossLog } from "./losses";
import { encodeMeasured, measure, type Measurement, type Point } from "./measure";
import type { RunObserver } from "./observer";
import { loadRun, type RunInputs } from "./run-data";
import { modelAccess } from "./model-access";
import { boundariesOf, pointInterval, trainedSteps } from "../document/schedule";
import { stepFigures, stepHooks, stepOptimizer, stepTerms } from "./step-parts";
import { withTrainingBatch } from "./training-batch";
import { type TrialProgress, Trials } from "./trial";
import { assertValid } from "../document/validate";
import { teacherOf } from "./teachers";
import { viewOf } from "./view";

export interface RunDeps {
  readonly platform: Platform;
  /** Name of the tfjs backend in use; part of the cache key. */
  readonly backend: string;
  readonly control: RunControl;
  readonly observer?: RunObserver;
  /** Default true. */
  readonly useCache?: boolean;
  /** Of the same document, where they are loaded already. */
  readonly inputs?: RunInputs;
  /** It goes on from no kept state later than this step; any by default. */
  readonly restoreUpTo?: number;
  /** Default true. Without, nothing is measured: no points, no result, and kept states of their own. */
  readonly scores?: boolean;
}

export interface RunResult {
  readonly document: TimelineDocument;
  readonly documentHash: string;
  readonly combos: readonly CombinationId[];
  readonly backend: string;
  readonly seed: number;
  readonly points: readonly Point[];
  readonly final: Point;
  readonly original: Point;
  readonly artefact: { readonly bytes: Uint8Array; readonly sha256: string };
  readonly tensors: readonly TensorBreakdown[];
  readonly confusion: Uint32Array;
  /** Optimizer steps of trials, which the axis does not count; absent where there was none. */
  readonly trialSteps?: number;
}

/** Losses are read after so many steps. */
const lossChunk = 20;

/** @throws EngineError `cancelled` when stopped, `diverged`, or what the document, its files or its clips have wrong */
export async function* runDocument(document: TimelineDocument, deps: RunDeps): AsyncGenerator<Point, RunResult> {
  assertValid(document);
  const inputs = deps.inputs ?? (await loadRun(document, deps.platform, deps.observer?.onLoad));
  const run = new Run(document, inputs, deps);
  let failed = false;
  try {
    return yield* run.execute();
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    const atEnd = await run.dispose();
    // What went wrong first is what ended the run.
    if (!failed && atEnd !== undefined) throw atEnd;
  }
}

class Run {
  readonly #document: TimelineDocument;
  readonly #inputs: RunInputs;
  readonly #deps: RunDeps;
  readonly #upstream: Upstream;
  readonly #originalBytes: number;
  readonly #taughtBy: ReadonlySet<string>;
  readonly #losses = new LossLog();
  readonly #trials: Trials;
  #model: LiveModel;
  #active: ActiveClip[] = [];
  #teachers = new Map<string, Snapshot>();
  #points: Point[] = [];
  #decisions: DecisionTrace[] = [];
  #last: Measurement | undefined;
  /** Whether the model may differ from what `#last` measured. */
  #changed = true;
  #step = 0;
  #trained = 0;
  readonly #scores: boolean;

  constructor(document: TimelineDocument, inputs: RunInputs, deps: RunDeps) {
    this.#document = document;
    this.#inputs = inputs;
    this.#deps = deps;
    this.#scores = deps.scores ?? true;
    this.#upstream = {
      document,
      modelIdentity: inputs.modelIdentity,
      dataIdentity: inputs.dataIdentity,
      backend: deps.backend,
    };
    this.#originalBytes = originalBytes(inputs.original.network);
    this.#taughtBy = new Set(
      document.clips.flatMap((c) => (c.teacher?.startsWith("after:") ? [c.teacher.slice(6)] : [])),
    );
    this.#trials = new Trials({
      document,
      data: inputs.data,
      gate: this.#gate,
      tell: (trial) => this.#reportProgress(trial),
      ...(deps.useCache === false ? {} : { kept: { platform: deps.platform, upstream: this.#upstream } }),
    });
    this.#model = new LiveModel(inputs.original);
  }

  async *execute(): AsyncGenerator<Point, RunResult> {
    const boundaries = boundariesOf(this.#document);
    const latest = this.#deps.restoreUpTo ?? documentEnd(this.#document);
    const restored = await this.#restore(boundaries.map((b) => b.step).filter((step) => step <= latest));
    if (restored) yield* this.#points;
    else yield* await this.#measure(null, true);
    for (const boundary of boundaries) {
      if (restored && boundary.step < restored.step) continue;
      const measured = boundary.ends.length + boundary.instants.length > 0;
      yield* this.#trainUntil(boundary.step, measured);
      if (boundary.step !== restored?.step) {
        for (const clip of boundary.ends) yield* await this.#end(clip);
        for (const clip of boundary.instants) yield* await this.#instant(clip);
        if (measured) await this.#keep(boundary.step);
      }
      for (const clip of boundary.starts) await this.#start(clip);
    }
    return this.#result();
  }

  /** Ends what is at work and frees everything. @returns the first error of a clip's end */
  async dispose(): Promise<Error | undefined> {
    let first: Error | undefined;
    for (const { clip, run } of this.#active) {
      try {
        await inClip(clip, async () => run.onEnd?.(this.#access, "stopped"));
      } catch (error) {
        first ??= error instanceof Error ? error : new Error(String(error));
      }
    }
    for (const active of this.#active) disposeClip(active);
    this.#active = [];
    this.#losses.dispose();
    this.#model.dispose();
    return first;
  }

  /** The model as blocks see it. */
  readonly #access = modelAccess(
    () => this.#model,
    (replaced) => {
      this.#changed = true;
      if (replaced) for (const { learned } of this.#active) learned.follow(replaced.network, replaced.kept);
    },
  );

  /** The model as the accuracy guard of a clip sees it. */
  #guarded(clip: Clip): GuardedModel {
    const guards = () => this.#active.flatMap(({ guard }) => guard ?? []);
    const { data } = this.#inputs;
    return guardedModel(clip, this.#model, this.#access, guards, this.#document, data, this.#between, this.#view);
  }

  /** Between batches of whatever takes long: lets messages in, and ends the run when it was cancelled. */
  readonly #between = async (): Promise<void> => {
    await this.#deps.platform.yieldToHost();
    this.#deps.control.check();
  };

  /** Before an optimizer step. */
  readonly #gate = async (): Promise<void> => {
    await this.#deps.platform.yieldToHost();
    await this.#deps.control.gate();
  };

  /** What would remain of a network that trains if every clip at work ended now. */
  readonly #view = (snapshot: Snapshot): Promise<Snapshot> => viewOf(snapshot, this.#active);

  /** Undefined where nobody listens: traces take time. */
  get #tell(): TellDecision {
    if (!this.#deps.observer?.onDecision) return undefined;
    return (trace) => {
      this.#decisions.push(trace);
      this.#deps.observer?.onDecision?.(trace);
    };
  }

  async #start(clip: Clip, running?: RunningClip): Promise<ActiveClip> {
    if (!running) await this.#deps.observer?.onStart?.(clip, async () => this.#view(await this.#model.snapshot()));
    const active = prepareClip(clip, running, {
      document: this.#document,
      data: this.#inputs.data,
      teacher: blockMeta(clip.block, clip.id).needs.teacher ? await this.#teacher(clip) : undefined,
      between: this.#between,
      trial: (request) => this.#trial(clip, request),
    });
    this.#active.push(active);
    await inClip(clip, () => beginClip(active, running, this.#access, this.#guarded(clip), this.#step, this.#tell));
    return active;
  }

  #trial(clip: Clip, request: TrialRequest): Promise<TrialResult> {
    const beside = this.#active.filter((active) => active.clip !== clip);
    return this.#trials.make(request, {
      step: this.#step,
      pool: this.#pool,
      optimizer: stepOptimizer(this.#active, this.#document, this.#step),
      beside: beside.map((active) => active.clip),
      terms: stepTerms(beside, this.#step),
    });
  }

  #teacher(clip: Clip): Promise<DisposableTeacher> {
    const { data, original } = this.#inputs;
    return teacherOf(clip, {
      document: this.#document,
      data,
      original,
      ended: this.#teachers,
      platform: this.#deps.platform,
      between: this.#between,
    });
  }

  #decide(active: ActiveClip): Promise<void> {
    return inClip(active.clip, () => takeDecisions(active, this.#step, this.#access, this.#tell));
  }

  async #instant(clip: Clip): Promise<Point[]> {
    const active = await this.#start(clip);
    await this.#decide(active);
    return this.#end(clip);
  }

  async #end(clip: Clip): Promise<Point[]> {
    const active = this.#active.find((a) => a.clip === clip)!;
    await inClip(clip, () => finishClip(active, this.#step, this.#access, this.#tell));
    disposeClip(active);
    this.#active = this.#active.filter((a) => a !== active);
    if (this.#taughtBy.has(clip.id)) this.#teachers.set(clip.id, await this.#view(await this.#model.snapshot()));
    return inClip(clip, () => this.#measure(clip.id, true));
  }

  /** @returns the point, or none in a run without scores */
  async #measure(clip: string | null, boundary: boolean): Promise<Point[]> {
    const { data } = this.#inputs;
    const images = boundary ? data.test.count : Math.min(this.#document.liveTest, data.test.count);
    await this.#flushLosses();
    if (!this.#scores) return [];
    const last = this.#last;
    if (boundary && last && !this.#changed && last.point.testImages === images && last.point.latencyMs !== null) {
      this.#last = { ...last, point: { ...last.point, clip, step: this.#step } };
    } else {
      this.#last = await this.#measureNow(clip, images, boundary);
      this.#changed = false;
    }
    this.#points.push(this.#last.point);
    if (boundary) this.#deps.observer?.onBoundary?.(this.#last);
    return [this.#last.point];
  }

  async #measureNow(clip: string | null, images: number, withLatency: boolean): Promise<Measurement> {
    const { task, test, normalization } = this.#inputs.data;
    const snapshot = await this.#view(await this.#model.snapshot());
    for (const [name, values] of snapshot.values) {
      const bad = values.find((value) => !Number.isFinite(value));
      // After the last update of all no loss would tell.
      if (bad !== undefined) throw this.#diverged(`expected finite weights, got ${bad} in '${name}'`);
    }
    try {
      return await measure(snapshot, {
        task,
        clip,
        step: this.#step,
        test,
        images,
        normalization,
        originalBytes: this.#originalBytes,
        document: this.#document,
        clock: this.#deps.platform.clock,
        withLatency,
        between: this.#between,
      });
    } catch (error) {
      throw error instanceof EngineError && error.code === "diverged" ? this.#diverged(error.message) : error;
    }
  }

  #diverged(what: string): EngineError {
    const cure = this.#trained > 0 ? "; lower the learning rate" : "";
    return new EngineError("diverged", `${what} at step ${this.#step}${cure}`, { details: { step: this.#step } });
  }

  /** @param measured whether a boundary's own points come at `end` */
  async *#trainUntil(end: number, measured: boolean): AsyncGenerator<Point> {
    const { seed, training } = this.#document;
    const interval = pointInterval(this.#document);
    const order = createBatchOrder(seed, training.batchSize);
    while (this.#step < end) {
      if (this.#active.length === 0) {
        this.#step = end;
        break;
      }
      await this.#gate();
      for (const active of this.#active) await this.#decide(active);
      await this.#trainOneStep(order.at(this.#step, this.#pool));
      this.#step++;
      this.#trained++;
      this.#changed = true;
      if (this.#losses.length >= lossChunk) await this.#flushLosses();
      this.#reportProgress();
      const due = this.#step % interval === 0 && !(measured && this.#step === end);
      if (due) yield* await this.#measure(null, false);
    }
  }

  /** Training images that every clip at work may use, from the first. */
  get #pool(): number {
    const { count } = this.#inputs.data.train;
    return Math.min(count, ...this.#active.map((a) => a.clip.samples ?? count));
  }

  async #trainOneStep(keys: Uint32Array): Promise<void> {
    const { data } = this.#inputs;
    const step = this.#step;
    for (const { clip, run } of this.#active) run.onStep?.(step - clip.start, this.#access);
    const terms = stepTerms(this.#active, step);
    const figures = stepFigures(this.#active);
    const names = [data.task.lossName, ...[...terms, ...figures].map(({ name }) => name)];
    if (!this.#losses.accepts(names)) await this.#flushLosses();
    const optimizer = stepOptimizer(this.#active, this.#document, step);
    const losses = withTrainingBatch(data, step, keys, (batch) =>
      trainStep(this.#model, {
        task: data.task,
        batch,
        terms,
        optimizer,
        noiseSeed: this.#document.seed + step,
        hooks: stepHooks(this.#active, step),
        beforeUpdate: (updates) => {
          for (const { clip, run } of this.#active) run.beforeUpdate?.(updates, step - clip.start);
        },
      }),
    );
    const parts = [...losses.parts, ...figures.map((figure) => figure.read())];
    this.#losses.add(step, names, { total: losses.total, parts });
    for (const { clip, run } of this.#active) run.afterUpdate?.(step - clip.start, this.#access, optimizer);
  }

  async #flushLosses(): Promise<void> {
    const chunk = await this.#losses.flush();
    if (chunk) this.#deps.observer?.onLosses?.(chunk);
  }

  #reportProgress(trial?: TrialProgress): void {
    this.#deps.observer?.onProgress?.({
      step: this.#step,
      steps: documentEnd(this.#document),
      trained: this.#trained,
      toTrain: trainedSteps(this.#document),
      ...(this.#trials.steps > 0 ? { trialSteps: this.#trials.steps } : {}),
      ...(trial ? { trial } : {}),
    });
  }

  async #keep(step: number): Promise<void> {
    const { platform, useCache = true } = this.#deps;
    if (!useCache) return;
    const running = [];
    for (const active of this.#active) running.push(await runningState(active));
    const checkpoint: Checkpoint = {
      step,
      snapshot: await this.#model.snapshot(),
      optimizer: await this.#model.optimizerState(),
      ranges: await this.#model.ranges(),
      running,
      trialSteps: this.#trials.steps,
      points: this.#points,
      decisions: this.#decisions,
      confusion: this.#last?.confusion ?? new Uint32Array(0),
      teachers: this.#teachers,
    };
    const key = await checkpointKey(this.#upstream, step, platform, this.#scores);
    await platform.cache.set(key, packCheckpoint(checkpoint));
  }

  /** A clip may have become a teacher after the state was kept: then the run has to come by it again. */
  #hasTeachers({ step, teachers }: Checkpoint): boolean {
    const over = this.#document.clips.filter((clip) => clipEnd(clip) <= step);
    return over.every(({ id }) => !this.#taughtBy.has(id) || teachers.has(id));
  }

  /** Goes on from the latest boundary that is kept, if any. */
  async #restore(steps: readonly number[]): Promise<Checkpoint | undefined> {
    const { platform, useCache = true, observer } = this.#deps;
    if (!useCache) return undefined;
    const checkpoint = await latestCheckpoint(this.#upstream, steps, platform, {
      scored: this.#scores,
      accepts: (found) => this.#hasTeachers(found),
    });
    if (!checkpoint) return undefined;
    const { step } = checkpoint;
    this.#model.replace(checkpoint.snapshot);
    this.#model.restoreOptimizer(checkpoint.optimizer);
    this.#model.restoreRanges(checkpoint.ranges);
    for (const trace of checkpoint.decisions) this.#tell?.(trace);
    this.#teachers = new Map(checkpoint.teachers);
    this.#step = step;
    this.#trials.steps = checkpoint.trialSteps;
    this.#trained = trainedSteps({
      ...this.#document,
      clips: this.#document.clips.map((c) => ({ ...c, steps: Math.max(0, Math.min(c.steps, step - c.start)) })),
    });
    for (const running of checkpoint.running) {
      await this.#start(
        this.#document.clips.find((c) => c.id === running.id)!,
        running,
      );
    }
    if (this.#scores) {
      // The document may have changed since in what does not matter here; the file holds the one that runs.
      const { bytes, fileBytes, tensors } = encodeMeasured(await this.#view(checkpoint.snapshot), this.#document);
      const point = { ...checkpoint.points.at(-1)!, fileBytes };
      this.#points = [...checkpoint.points.slice(0, -1), point];
      this.#last = { point, bytes, tensors, confusion: checkpoint.confusion };
      this.#changed = false;
    }
    observer?.onRestored?.(step);
    if (this.#last) observer?.onBoundary?.(this.#last);
    return checkpoint;
  }

  async #result(): Promise<RunResult> {
    const { platform, backend } = this.#deps;
    const last = this.#last;
    if (!last) throw new EngineError("internal", "expected a run with scores to end, got one without");
    return {
      document: this.#document,
      documentHash: await platform.sha256(new TextEncoder().encode(hashableJson(this.#document))),
      combos: classify(this.#document),
      backend,
      seed: this.#document.seed,
      points: this.#points,
      final: last.point,
      original: this.#points[0]!,
      artefact: { bytes: last.bytes, sha256: await platform.sha256(last.bytes) },
      tensors: last.tensors,
      confusion: last.confusion,
      ...(this.#trials.steps > 0 ? { trialSteps: this.#trials.steps } : {}),
    };
  }
}
