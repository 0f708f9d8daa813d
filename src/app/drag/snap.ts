/** Steps and pixels, and the steps that a drag is drawn to: other clips' ends, the document's beginning, and a grid. */
import { clipEnd, type TimelineDocument } from "../../engine/document/document";

/** @param scale pixels for each step */
export const toPixels = (step: number, scale: number): number => step * scale;

/** The nearest step, never before the first. */
export const toStep = (pixels: number, scale: number): number => Math.max(0, Math.round(pixels / scale));

/** The smallest of 1, 2, 5, 10, 20, 50, ... that is at least as large. */
export function niceStep(least: number): number {
  if (!(least > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  // Rounding keeps 10 ** 3 from being 999.9999.
  const candidates = [1, 2, 5, 10].map((digit) => Math.round(digit * power));
  return candidates.find((candidate) => candidate >= least) ?? Math.round(10 * power);
}

/** Closer lines than this are hard to aim at, in pixels. */
const leastGridPixels = 8;
/** How far a clip's end draws, in pixels. */
const magnetPixels = 8;

/** Steps of the grid that is used at a scale. */
export const gridOf = (scale: number): number => niceStep(leastGridPixels / scale);

export interface Snapping {
  /** Steps that draw. */
  readonly magnets: readonly number[];
  readonly grid: number;
  /** How far a magnet draws, in steps. */
  readonly reach: number;
}

/** All ends of clips, also the dragged one's as it was before, so that it can go back there; and the beginning. */
export function snapping(document: TimelineDocument, scale: number): Snapping {
  const ends = document.clips.flatMap((clip) => [clip.start, clipEnd(clip)]);
  const magnets = [...new Set([0, ...ends])].sort((a, b) => a - b);
  return { magnets, grid: gridOf(scale), reach: magnetPixels / scale };
}

const nearest = (step: number, magnets: readonly number[]): number | undefined =>
  magnets.reduce<number | undefined>(
    (best, magnet) => (best === undefined || Math.abs(magnet - step) < Math.abs(best - step) ? magnet : best),
    undefined,
  );

/**
 * The step that a dragged edge takes: a magnet's where one is in reach, else the grid's.
 * @param length of the clip that moves with it: its other end is drawn by magnets too
 */
export function snap(step: number, { magnets, grid, reach }: Snapping, length = 0): number {
  const candidates = [0, length].flatMap((offset) => {
    const magnet = nearest(step + offset, magnets);
    return magnet === undefined || magnet - offset < 0 ? [] : [magnet - offset];
  });
  const drawn = nearest(step, candidates);
  if (drawn !== undefined && Math.abs(drawn - step) <= reach) return drawn;
  return Math.max(0, Math.round(step / grid) * grid);
}

/** The next magnet before or behind a step; the step itself where there is none. */
export const nextMagnet = (step: number, by: -1 | 1, { magnets }: Snapping): number =>
  (by > 0 ? magnets.find((magnet) => magnet > step) : magnets.findLast((magnet) => magnet < step)) ?? step;
