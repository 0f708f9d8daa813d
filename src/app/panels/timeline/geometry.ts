/** Where things lie on the timeline, in pixels: the scale that fits, rows of a lane, lines of the ruler. */
import { clipEnd, type Clip, type TimelineDocument } from "../../../engine/document/document";
import { niceStep, toPixels } from "../../drag/snap";

/** Of the lanes' names on the left. */
export const namesPixels = 76;
/** From there to step 0: room for an instant's diamond and a ring. */
export const originPixels = 14;
/** What an instant takes in its row: the diamond and the words beside it. */
export const instantPixels = 150;
/** The narrowest bar, however few steps it has. */
export const leastClipPixels = 24;
/** Behind the last clip: room to drop something there. */
const roomPixels = 36;
/** An empty timeline shows so many steps. */
const emptySteps = 1000;

/** Pixels for each step, so that all clips fit into `width` pixels beside the lanes' names. */
export function fitScale(clips: readonly Pick<Clip, "start" | "steps">[], width: number): number {
  const usable = Math.max(100, width - namesPixels - originPixels - roomPixels);
  const words = Math.min(instantPixels, usable / 3);
  const scales = clips.flatMap((clip) => {
    if (clipEnd(clip) === 0) return [];
    return [clip.steps > 0 ? usable / clipEnd(clip) : (usable - words + roomPixels) / clip.start];
  });
  return scales.length > 0 ? Math.min(...scales) : usable / emptySteps;
}

/** The widest and the narrowest that zooming goes to, in pixels for each step. */
export const scaleLimits = (fit: number): readonly [number, number] => [fit / 2, Math.max(40, fit)];

export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** What a clip covers of its row, in pixels from step 0. */
export function extentOf(clip: Pick<Clip, "start" | "steps">, scale: number): Extent {
  const from = toPixels(clip.start, scale);
  return { from, to: from + (clip.steps > 0 ? Math.max(leastClipPixels, clip.steps * scale) : instantPixels) };
}

/**
 * The row of each: the first in which nothing lies in its way. Earlier ones stay where they are whatever comes later, so
 * that a clip that is dragged makes way for the others.
 */
export function laneRows(extents: readonly Extent[]): number[] {
  const rows: Extent[][] = [];
  return extents.map((extent) => {
    const free = rows.findIndex((row) => row.every(({ from, to }) => to <= extent.from || from >= extent.to));
    const row = free < 0 ? rows.length : free;
    (rows[row] ??= []).push(extent);
    return row;
  });
}

/** Closer labels than this run into each other, in pixels. */
const leastTickPixels = 72;

/** Round numbers from 0 to `last`, far enough apart to be read at so many pixels for each. */
export function ticks(last: number, scale: number): number[] {
  const step = niceStep(leastTickPixels / scale);
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

/** Null where the number of training images is not known. */
export function stepsPerEpoch({ dataset, training }: Pick<TimelineDocument, "dataset" | "training">): number | null {
  return dataset.train === undefined ? null : Math.ceil(dataset.train / training.batchSize);
}
