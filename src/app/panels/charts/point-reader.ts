/** Which point is read, by pointer or by key: apart from the picture, which is not drawn again for it. */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { TimelineDocument } from "../../../engine/document/document";
import type { Place } from "../../charts/path";
import type { Point } from "../../stores/run-store";

export interface Target {
  readonly point: Point;
  readonly document: TimelineDocument;
  /** What it is, in words. */
  readonly name: string;
}

export type PointReader = StoreApi<{ readonly at: number | null }>;

export const createPointReader = (): PointReader => createStore<{ readonly at: number | null }>()(() => ({ at: null }));

/** Pixels within which a pointer means a point. */
const reach = 36;

export function nearest(places: readonly Place[], pointer: Place): number | null {
  let best: number | null = null;
  let least = reach ** 2;
  places.forEach(({ x, y }, i) => {
    const distance = (x - pointer.x) ** 2 + (y - pointer.y) ** 2;
    // Of points on one spot the later one, which lies on top.
    if (distance > least) return;
    least = distance;
    best = i;
  });
  return best;
}

/** Where a key leads; undefined for a key that does not move. */
export function placeAfter(key: string, at: number | null, count: number): number | null | undefined {
  const last = count - 1;
  const from = at ?? last;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(last, from + 1);
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, from - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}
