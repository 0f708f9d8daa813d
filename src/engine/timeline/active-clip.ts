/** A clip at work in a run: what its block made of it, its own tensors, its guard. */
import type { ClipRun, ModelAccess } from "../blocks/block";
import { type BlockId, blockMeta } from "../blocks/catalog";
import { parseParams } from "../blocks/params";
import { implementationOf } from "../blocks/registry";
import { EngineError } from "../core/errors";
import { createRng } from "../core/rng";
import { LearnedTensors } from "../training/learned-tensors";
import type { DisposableTeacher } from "../training/teacher";
import { AccuracyGuard, type GuardedModel, guardOff } from "./accuracy-guard";
import type { RunningClip } from "./checkpoints";
import type { Clip, TimelineDocument } from "./document";
import { roundStep } from "./schedule";
import { clipServices, type RunData } from "./services";

export interface ActiveClip {
  readonly clip: Clip;
  readonly run: ClipRun;
  readonly teacher: DisposableTeacher | undefined;
  readonly learned: LearnedTensors;
  guard: AccuracyGuard | undefined;
  nextRound: number;
}

export interface ClipSetting {
  readonly document: TimelineDocument;
  readonly data: RunData;
  readonly teacher: DisposableTeacher | undefined;
  readonly between: () => Promise<void>;
}

/** The clip before its first hook. @param running where it goes on from, of a checkpoint inside it */
export function prepareClip(clip: Clip, running: RunningClip | undefined, setting: ClipSetting): ActiveClip {
  const { document, data, teacher, between } = setting;
  const index = document.clips.indexOf(clip);
  const learned = new LearnedTensors(running?.learned);
  const run = implementationOf(clip.block as BlockId)({
    params: parseParams(blockMeta(clip.block, clip.id).params, clip.params, clip.id),
    steps: clip.steps,
    services: clipServices(document, data, between, clip, teacher, learned),
    layers: new Map(Object.entries(clip.layers ?? {})),
    rng: (stream) => createRng(document.seed, `clip/${index}/${stream}`),
  });
  return { clip, run, teacher, learned, guard: undefined, nextRound: running?.nextRound ?? 0 };
}

/** Its first hook: `onBegin`, or `resume`; and its guard, if it has one. */
export async function beginClip(
  active: ActiveClip,
  running: RunningClip | undefined,
  model: ModelAccess,
  guarded: GuardedModel,
): Promise<void> {
  const { clip, run } = active;
  const limit = parseParams(blockMeta(clip.block, clip.id).params, clip.params, clip.id)["accuracyGuard"];
  if (typeof limit === "number" && limit < guardOff) {
    active.guard = await AccuracyGuard.begin(limit, guarded, running?.guard);
  }
  if (running) run.resume?.(running.state, model);
  else await run.onBegin?.(model);
}

/** Takes the decisions that are due at a step. */
export async function takeDecisions(active: ActiveClip, step: number, model: ModelAccess): Promise<void> {
  const { clip, run, guard } = active;
  const { rounds } = run;
  while (rounds && active.nextRound < rounds.count && roundStep(clip, rounds, active.nextRound) <= step) {
    const round = active.nextRound++;
    const decision = async () => run.onRound?.(round, model);
    if (guard) await guard.decide(decision);
    else await decision();
  }
}

/** Its last hook. With a guard, what is still to be judged is, and so is what the last hook decides. */
export async function finishClip({ run, guard }: ActiveClip, model: ModelAccess): Promise<void> {
  if (!guard) return run.onEnd?.(model, "finished");
  await guard.judge();
  if (guard.state.stopped || !run.onEnd) return run.onEnd?.(model, "stopped");
  await guard.decide(async () => run.onEnd?.(model, "finished"));
  await guard.judge();
}

export async function runningState({ clip, run, learned, guard, nextRound }: ActiveClip): Promise<RunningClip> {
  return {
    id: clip.id,
    nextRound,
    state: run.state?.() ?? {},
    learned: await learned.state(),
    guard: guard?.state,
  };
}

/** Errors of a block carry its clip. */
export async function inClip<T>(clip: Clip, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError) || error.clipId !== undefined || error.code === "cancelled") throw error;
    throw new EngineError(error.code, `clip '${clip.id}': ${error.message}`, {
      clipId: clip.id,
      details: error.details,
      cause: error,
    });
  }
}

export function disposeClip({ teacher, learned }: ActiveClip): void {
  teacher?.dispose();
  learned.dispose();
}
