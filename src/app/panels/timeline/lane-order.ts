/** Lanes from top to bottom and the clips in them, as eyes and arrow keys go through them. */
import type { BlockKind } from "../../../engine/blocks/block";
import type { Clip } from "../../../engine/document/document";
import { kindOfClip } from "../../edits/clip-edits";
import { extentOf, laneRows } from "./geometry";

const kinds: readonly BlockKind[] = ["model", "prune", "quantize", "distill", "joint", "train"];

export interface PlacedClip {
  readonly clip: Clip;
  readonly row: number;
}

export interface Lane {
  readonly kind: BlockKind;
  /** In the document's order. */
  readonly clips: readonly PlacedClip[];
  /** At least 1. */
  readonly rows: number;
}

/** Of methods that do two things at once there is a lane only when there is such a clip. */
export function lanesOf(clips: readonly Clip[], scale: number): Lane[] {
  return kinds.flatMap((kind) => {
    const own = clips.filter((clip) => kindOfClip(clip) === kind);
    if (kind === "joint" && own.length === 0) return [];
    const rows = laneRows(own.map((clip) => extentOf(clip, scale)));
    const placed = own.map((clip, i) => ({ clip, row: rows[i] ?? 0 }));
    return [{ kind, clips: placed, rows: Math.max(1, ...rows.map((row) => row + 1)) }];
  });
}

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
