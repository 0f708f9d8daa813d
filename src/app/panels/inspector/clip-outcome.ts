/** What a clip did, read from the boundaries of a run that has passed it. */
import { type Clip, clipEnd, type TimelineDocument } from "../../../engine/document/document";
import { cutAtEndOf } from "../../edits/run-to-here";
import { sameContent } from "../../edits/same-content";
import type { Point, Run } from "../../stores/run-store";

export interface ClipOutcome {
  readonly before: Point;
  readonly after: Point;
  /** Ids of clips with length that ran meanwhile: the difference is theirs too. */
  readonly beside: readonly string[];
}

type Passed = Pick<Run, "document" | "boundaries">;

const meanwhile = (a: Clip, b: Clip): boolean =>
  a !== b && a.steps > 0 && b.steps > 0 && a.start < clipEnd(b) && b.start < clipEnd(a);

/** Null where the run has not come to the clip's end, or never had it. */
export function clipOutcome({ document, boundaries }: Passed, id: string): ClipOutcome | null {
  const clip = document.clips.find((other) => other.id === id);
  const end = boundaries.findIndex(({ point }) => point.clip === id);
  if (!clip || end < 1) return null;
  // Of an instant what was measured last, of a span what was measured last when it began.
  const before = boundaries.slice(0, end).findLast(({ point }) => point.step <= clip.start);
  if (!before) return null;
  return {
    before: before.point,
    after: boundaries[end]!.point,
    beside: document.clips.filter((other) => meanwhile(clip, other)).map((other) => other.id),
  };
}

/** Whether what a run of `executed` says of a clip holds for the timeline: `cut` of one that stopped at the clip's end. */
export function outcomeState(executed: TimelineDocument, document: TimelineDocument, id: string) {
  if (sameContent(executed, document)) return "current";
  return sameContent(executed, cutAtEndOf(id, "")(document)) ? "cut" : "old";
}
