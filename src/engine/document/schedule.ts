/** What happens at which step: clips that end, then instants, then clips that start; array order breaks ties. */
import { type Clip, clipEnd, type TimelineDocument } from "./document";

export interface Boundary {
  readonly step: number;
  readonly ends: readonly Clip[];
  readonly instants: readonly Clip[];
  readonly starts: readonly Clip[];
}

/** A clip and its place in the document's array. */
export interface Placed {
  readonly clip: Clip;
  readonly place: number;
}

/** `a` is over when `b` begins. */
export const isBefore = (a: Placed, b: Placed): boolean =>
  clipEnd(a.clip) < b.clip.start ||
  (clipEnd(a.clip) === b.clip.start && (b.clip.steps > 0 || a.clip.steps > 0 || a.place < b.place));

/** The steps at which a clip begins or ends, ascending. */
export function boundariesOf({ clips }: TimelineDocument): Boundary[] {
  const steps = new Set(clips.flatMap((clip) => [clip.start, clipEnd(clip)]));
  return [...steps]
    .sort((a, b) => a - b)
    .map((step) => ({
      step,
      ends: clips.filter((clip) => clip.steps > 0 && clipEnd(clip) === step),
      instants: clips.filter((clip) => clip.steps === 0 && clip.start === step),
      starts: clips.filter((clip) => clip.steps > 0 && clip.start === step),
    }));
}

/** The steps that train: those that a clip with length covers. */
export function trainedSteps(document: TimelineDocument): number {
  let trained = 0;
  let reached = 0;
  for (const clip of [...document.clips].sort((a, b) => a.start - b.start)) {
    const from = Math.max(reached, clip.start);
    if (clipEnd(clip) > from) {
      trained += clipEnd(clip) - from;
      reached = clipEnd(clip);
    }
  }
  return trained;
}

/**
 * Step of decision `round` of a clip: `start + round * steps * endFraction / rounds`, rounded down. The epsilon makes
 * 0.29 of 100 steps 29, although the product is 28.999999999999996.
 */
export const roundStep = (
  clip: Pick<Clip, "start" | "steps">,
  rounds: { count: number; endFraction: number },
  round: number,
): number => clip.start + Math.floor((round * clip.steps * rounds.endFraction) / rounds.count + 1e-9);

/**
 * The phase that a step belongs to, for the document's own learning-rate schedule: from where nothing that had begun
 * was still running, to the end of what has begun by `step`. It depends on no clip that starts later, so editing the
 * end of a document leaves its beginning as it was.
 */
export function phaseAt(document: TimelineDocument, step: number): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = 0;
  for (const clip of [...document.clips].sort((a, b) => a.start - b.start)) {
    if (clip.start > step) break;
    if (clip.steps === 0) continue;
    if (clip.start >= end) start = clip.start;
    end = Math.max(end, clipEnd(clip));
  }
  return { start, end };
}

/** Points between boundaries of a run, at most: about as many as a chart has pixels to tell apart. */
export const mostLivePoints = 1000;

/**
 * Steps between points while training: the document's `evaluateEvery`, or where that makes more than `mostLivePoints`
 * the smallest multiple of it that does not.
 */
export function pointInterval(document: TimelineDocument): number {
  const { evaluateEvery } = document;
  const wanted = Math.floor(trainedSteps(document) / evaluateEvery);
  return evaluateEvery * Math.max(1, Math.ceil(wanted / mostLivePoints));
}

/**
 * Number of a clip among the clips of its block, from 0, in the document's order. With the block's id it names the clip's
 * random streams, so that taking a clip of another block off the timeline changes none of them.
 */
export const numberInBlock = ({ clips }: TimelineDocument, { id, block }: Pick<Clip, "id" | "block">): number =>
  clips.filter((clip) => clip.block === block).findIndex((clip) => clip.id === id);
