/** Lanes from top to bottom and the clips in them, as eyes and arrow keys go through them. */
import { type BlockFamily, familyOf } from "../../../engine/blocks/block";
import type { Clip } from "../../../engine/document/document";
import { extentOf, laneRows } from "./geometry";

/** The families that have a lane, from top to bottom. */
const laneFamilies = ["model", "prune", "quantize", "distill", "train"] as const satisfies readonly BlockFamily[];

/** Where a family lies. What prunes and quantizes at once lies across both lanes, which are neighbours. */
export const lanesOfFamily = (family: BlockFamily): readonly LaneFamily[] =>
  family === "joint" ? ["prune", "quantize"] : [family];

export type LaneFamily = (typeof laneFamilies)[number];

export interface PlacedClip {
  readonly clip: Clip;
  readonly row: number;
  /** In rows; 1 but for a clip that lies across two lanes: it begins in the upper one and ends in the lower one. */
  readonly height: number;
}

export interface Lane {
  readonly kind: LaneFamily;
  /** In the document's order; a clip across two lanes is in the upper one. */
  readonly clips: readonly PlacedClip[];
  /** At least 1. */
  readonly rows: number;
}

/**
 * Clips across two lanes take the last rows of the upper and the first of the lower lane. Where such clips overlap each
 * begins a row below the one before it and reaches as far down, so that a row of each stays in view.
 */
export function lanesOf(clips: readonly Clip[], scale: number): Lane[] {
  const rowsOf = (own: readonly Clip[]) => laneRows(own.map((clip) => extentOf(clip, scale)));
  const across = clips.filter(({ block }) => lanesOfFamily(familyOf(block)).length > 1);
  const acrossRows = rowsOf(across);
  const shared = rowCount(acrossRows);
  return laneFamilies.map((kind) => {
    const own = clips.filter(({ block }) => familyOf(block) === kind);
    const rows = rowsOf(own);
    const belongs = across.some(({ block }) => lanesOfFamily(familyOf(block)).includes(kind)) ? shared : 0;
    const upper = across.filter(({ block }) => lanesOfFamily(familyOf(block))[0] === kind);
    // In the lower lane what lies across comes first.
    const above = belongs > 0 && upper.length === 0 ? shared : 0;
    const placed = own.map((clip, i) => ({ clip, row: above + rows[i]!, height: 1 }));
    const spanning = upper.map((clip) => ({
      clip,
      row: rowCount(rows) + acrossRows[across.indexOf(clip)]!,
      height: shared + 1,
    }));
    return { kind, clips: [...placed, ...spanning], rows: Math.max(1, rowCount(rows) + belongs) };
  });
}

const rowCount = (rows: readonly number[]): number => Math.max(0, ...rows.map((row) => row + 1));

/** Ids in the order of the arrow keys: lane by lane, in a lane by step. */
export const readingOrder = (lanes: readonly Lane[]): string[] =>
  lanes.flatMap(({ clips }) =>
    [...clips].sort((a, b) => a.clip.start - b.clip.start || a.row - b.row).map(({ clip }) => clip.id),
  );

/** What gets the focus when a clip goes: the next one of its lane, else the one before it, else the nearest of another. */
export function neighbourOf(lanes: readonly Lane[], id: string): string | undefined {
  const lane = lanes.find(({ clips }) => clips.some(({ clip }) => clip.id === id));
  const beside = (order: readonly string[]): string | undefined => {
    const place = order.indexOf(id);
    return place < 0 ? undefined : (order[place + 1] ?? order[place - 1]);
  };
  return beside(readingOrder(lane ? [lane] : [])) ?? beside(readingOrder(lanes));
}
