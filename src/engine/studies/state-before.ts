/**
 * The network as a clip finds it, for whoever studies the clip before it is applied. The document runs up to there, from
 * its last kept boundary, and what it computes on the way is kept for the next time.
 */
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { isKept } from "../run/checkpoints";
import type { RunControl } from "../run/control";
import { type Clip, clipEnd, type TimelineDocument } from "../document/document";
import { loadRun, type LoadProgress, type RunInputs } from "../run/run-data";
import type { RunProgress } from "../run/observer";
import { runDocument } from "../run/runner";
import { boundariesOf } from "../document/schedule";

export interface StudyDeps {
  readonly platform: Platform;
  /** Name of the tfjs backend in use. */
  readonly backend: string;
  readonly control: RunControl;
  readonly onLoad?: LoadProgress;
  /** Of the way to the clip's start. */
  readonly onProgress?: (progress: Pick<RunProgress, "trained" | "toTrain">) => void;
}

/** A document that is ready to be studied at a clip's start. */
export interface Study {
  /** The document up to the clip, which keeps its place among the clips. */
  readonly document: TimelineDocument;
  /** In that document; undefined where the source network itself is studied. */
  readonly clip: Clip | undefined;
  readonly inputs: RunInputs;
  /** Optimizer steps between the last kept state and the clip's start. */
  readonly stepsToTrain: number;
}

/** @throws EngineError `usage` for a clip that is not there */
export function clipOf(document: TimelineDocument, clipId: string): Clip {
  const clip = document.clips.find(({ id }) => id === clipId);
  if (clip) return clip;
  const ids = document.clips.map(({ id }) => id).join(", ");
  throw new EngineError("usage", `expected a clip among ${ids || "(none)"}, got '${clipId}'`, {
    details: { got: clipId },
  });
}

/**
 * The same document up to a clip. An instant becomes a span of one step, so that the state in front of it is a boundary
 * of its own, which a run keeps; what follows the instant moves a step on. Nothing moves in front of the clip, and no
 * clip changes its place, which names its random streams.
 */
export function upToStart(document: TimelineDocument, clipId: string): TimelineDocument {
  const place = document.clips.findIndex(({ id }) => id === clipId);
  const target = clipOf(document, clipId);
  if (target.steps > 0) return document;
  const follows = (clip: Clip, at: number) =>
    clip.start > target.start || (clip.start === target.start && (clip.steps > 0 || at > place));
  return {
    ...document,
    clips: document.clips.map((clip, at) =>
      clip === target ? { ...clip, steps: 1 } : follows(clip, at) ? { ...clip, start: clip.start + 1 } : clip,
    ),
  };
}

/** Loads what a document runs on and looks for kept states. @param clipId null for the source network itself */
export async function beginStudy(document: TimelineDocument, clipId: string | null, deps: StudyDeps): Promise<Study> {
  const { platform, backend } = deps;
  const studied = clipId === null ? document : upToStart(document, clipId);
  const inputs = await loadRun(studied, platform, deps.onLoad);
  if (clipId === null) return { document: studied, clip: undefined, inputs, stepsToTrain: 0 };
  const clip = clipOf(studied, clipId);
  const { modelIdentity, dataIdentity } = inputs;
  const upstream = { document: studied, modelIdentity, dataIdentity, backend };
  let from = 0;
  for (const { step } of boundariesOf(studied).toReversed()) {
    if (step > clip.start) continue;
    if (!(await isKept(upstream, step, platform, false))) continue;
    from = step;
    break;
  }
  return { document: studied, clip, inputs, stepsToTrain: stepsCovered(studied, from, clip.start) };
}

/** Steps of [from, to) that a clip with length covers. */
function stepsCovered({ clips }: TimelineDocument, from: number, to: number): number {
  let covered = 0;
  let reached = from;
  for (const clip of [...clips].sort((a, b) => a.start - b.start)) {
    const begin = Math.max(reached, clip.start);
    const end = Math.min(to, clipEnd(clip));
    if (end <= begin) continue;
    covered += end - begin;
    reached = end;
  }
  return covered;
}

/** Ends a run that has come where it was wanted. */
class Reached extends Error {
  constructor(readonly snapshot: Snapshot) {
    super("the clip's start is reached");
  }
}

/** The network at the clip's start. @throws EngineError as a run */
export async function stateBefore({ document, clip, inputs }: Study, deps: StudyDeps): Promise<Snapshot> {
  if (!clip || !document.clips.some((other, at) => comesBefore(other, at, document, clip))) return inputs.original;
  const { platform, backend, control, onProgress } = deps;
  const run = runDocument(document, {
    platform,
    backend,
    control,
    inputs,
    restoreUpTo: clip.start,
    // Nobody reads how good the networks on the way are.
    scores: false,
    observer: {
      onProgress: (progress) =>
        onProgress?.({ trained: progress.trained, toTrain: stepsCovered(document, 0, clip.start) }),
      onStart: async (started, snapshot) => {
        if (started.id === clip.id) throw new Reached(await snapshot());
      },
    },
  });
  try {
    while (!(await run.next()).done);
  } catch (error) {
    if (error instanceof Reached) return error.snapshot;
    throw error;
  }
  throw new EngineError("internal", `expected the run to reach clip '${clip.id}', got its end`);
}

/** Whether another clip has had a say when `clip` starts: instants come before spans, then what is listed before. */
const comesBefore = (other: Clip, at: number, { clips }: TimelineDocument, clip: Clip) =>
  other !== clip &&
  (other.start < clip.start || (other.start === clip.start && (other.steps === 0 || at < clips.indexOf(clip))));
