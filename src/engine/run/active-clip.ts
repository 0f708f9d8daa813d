/** A clip at work in a run: what its block made of it, its own tensors, its guard. */
import type { ClipContext, ClipRun, ClipServices, ModelAccess } from "../blocks/block";
import { type BlockId, blockMeta } from "../blocks/catalog";
import { type ParamValue, parseParams } from "../blocks/params";
import { implementationOf } from "../blocks/registry/registry";
import { EngineError } from "../core/errors";
import { createRng } from "../core/rng";
import { LearnedTensors } from "../training/learned-tensors";
import type { DisposableTeacher } from "../training/teacher";
import { AccuracyGuard, type GuardedModel, guardOff } from "./accuracy-guard";
import type { RunningClip } from "./checkpoints";
import { type DecisionTrace, decidesAnything, traceLayers, watchModel } from "./decisions";
import type { Clip, TimelineDocument } from "../document/document";
import { numberInBlock, roundStep } from "../document/schedule";
import { traceActivations } from "./widths";
import { clipServices, type RunData } from "./services";

export interface ActiveClip {
  readonly clip: Clip;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly run: ClipRun;
  readonly teacher: DisposableTeacher | undefined;
  readonly learned: LearnedTensors;
  guard: AccuracyGuard | undefined;
  nextRound: number;
  /** Whether its first hook has run. */
  begun: boolean;
}

export interface ClipSetting {
  readonly document: TimelineDocument;
  readonly data: RunData;
  readonly teacher: DisposableTeacher | undefined;
  readonly between: () => Promise<void>;
  readonly tellScores?: ClipContext["tellScores"];
  /** Of a run; a study makes none. */
  readonly trial?: ClipServices["trial"];
}

/** The clip before its first hook; where that fails, its teacher is disposed. @param running where it goes on from, of a checkpoint inside it */
export function prepareClip(clip: Clip, running: RunningClip | undefined, setting: ClipSetting): ActiveClip {
  const { document, data, teacher, between, tellScores, trial } = setting;
  const learned = new LearnedTensors(running?.learned);
  try {
    const params = parseParams(blockMeta(clip.block, clip.id).params, clip.params, clip.id);
    const run = implementationOf(clip.block as BlockId)({
      params,
      steps: clip.steps,
      services: clipServices(document, data, between, clip, teacher, learned, trial),
      layers: new Map(Object.entries(clip.layers ?? {})),
      tellScores,
      rng: (stream) => createRng(document.seed, `clip/${clip.block}/${numberInBlock(document, clip)}/${stream}`),
    });
    return { clip, params, run, teacher, learned, guard: undefined, nextRound: running?.nextRound ?? 0, begun: false };
  } catch (error) {
    disposeClip({ teacher, learned });
    throw error;
  }
}

/** Its first hook: `onBegin`, or `resume`; and its guard, if it has one. */
export async function beginClip(
  active: ActiveClip,
  running: RunningClip | undefined,
  model: ModelAccess,
  guarded: GuardedModel,
  step: number,
  tell: TellDecision,
): Promise<void> {
  const { run } = active;
  const limit = active.params["accuracyGuard"];
  if (typeof limit === "number" && limit < guardOff) {
    active.guard = await AccuracyGuard.begin(limit, guarded, running?.guard);
  }
  if (running) run.resume?.(running.state, model, running.snapshots);
  else if (run.rounds || !run.onBegin) await run.onBegin?.(model);
  // A clip without rounds takes its one decision as it begins.
  else await traced(active, { round: 0, step }, model, tell, async (watched) => run.onBegin?.(watched));
  active.begun = true;
}

/** Where decisions are told, if anybody listens. */
export type TellDecision = ((trace: DecisionTrace) => void) | undefined;

/** Takes the decisions that are due at a step. */
export async function takeDecisions(
  active: ActiveClip,
  step: number,
  model: ModelAccess,
  tell: TellDecision,
): Promise<void> {
  const { clip, run, guard } = active;
  const { rounds } = run;
  while (rounds && active.nextRound < rounds.count && roundStep(clip, rounds, active.nextRound) <= step) {
    await judgeLast(active, step, tell);
    const round = active.nextRound++;
    const decision = () =>
      traced(active, { round, step }, model, tell, async (watched) => run.onRound?.(round, watched));
    if (guard) await guard.decide(decision);
    else await decision();
  }
}

/** Its last hook. With a guard, what is still to be judged is, and so is what the last hook decides. */
export async function finishClip(
  active: ActiveClip,
  step: number,
  model: ModelAccess,
  tell: TellDecision,
): Promise<void> {
  const { run, guard } = active;
  const end = () =>
    traced(active, { round: null, step }, model, tell, async (watched) => run.onEnd?.(watched, "finished"));
  if (!guard) return end();
  await judgeLast(active, step, tell);
  if (guard.state.stopped || !run.onEnd) return run.onEnd?.(model, "stopped");
  await guard.decide(end);
  await judgeLast(active, step, tell, null);
}

/** Judges the decision that waits for it. @param round its number; the last one that was taken by default */
async function judgeLast(
  { clip, guard, nextRound }: ActiveClip,
  step: number,
  tell: TellDecision,
  round: number | null = nextRound - 1,
): Promise<void> {
  const verdict = await guard?.judge();
  if (!verdict?.takenBack) return;
  const { metric, reference, score, allowed } = verdict;
  tell?.({ kind: "taken-back", clip: clip.id, round, step, metric, reference, score, allowed });
}

/** Decides, and tells what became of the network. A clip that begins another network has nothing to compare. */
async function traced(
  { clip }: ActiveClip,
  place: { readonly round: number | null; readonly step: number },
  model: ModelAccess,
  tell: TellDecision,
  decide: (model: ModelAccess) => Promise<void>,
): Promise<void> {
  if (!tell || blockMeta(clip.block, clip.id).roles.includes("model")) return decide(model);
  const before = await model.snapshot();
  const watched = watchModel(model);
  await decide(watched);
  const after = await model.snapshot();
  const layers = traceLayers(before, after, watched.kept());
  const activations = traceActivations(before, after);
  if (!decidesAnything(layers, activations)) return;
  tell({ kind: "taken", clip: clip.id, ...place, layers, ...(activations.length > 0 ? { activations } : {}) });
}

export async function runningState({ clip, run, learned, guard, nextRound }: ActiveClip): Promise<RunningClip> {
  return {
    id: clip.id,
    nextRound,
    state: run.state?.() ?? {},
    learned: await learned.state(),
    guard: guard?.state,
    snapshots: run.snapshots?.() ?? new Map(),
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

export function disposeClip({ teacher, learned }: Pick<ActiveClip, "teacher" | "learned">): void {
  teacher?.dispose();
  learned.dispose();
}
