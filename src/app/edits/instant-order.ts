/** Instants of one step happen in the order of the document. Which come before and behind one, and how they change places. */
import type { Clip, TimelineDocument } from "../../engine/document/document";
import { clipOf, type Edit } from "./clip-edits";

const together = (a: Clip, b: Clip): boolean => a.steps === 0 && b.steps === 0 && a.start === b.start;

/** The instant that happens just before (-1) or just after (1) this one at the same step. */
export function neighbourInstant(document: TimelineDocument, id: string, by: -1 | 1): Clip | undefined {
  const clip = clipOf(document, id);
  if (!clip) return undefined;
  const group = document.clips.filter((other) => together(other, clip));
  return group[group.indexOf(clip) + by];
}

/** Lets an instant happen earlier or later among those of its step. Every other clip keeps its place. */
export const reorderInstant =
  (id: string, by: -1 | 1): Edit =>
  (document) => {
    const clip = clipOf(document, id);
    const other = neighbourInstant(document, id, by);
    if (!clip || !other) return document;
    const swapped = new Map([
      [clip, other],
      [other, clip],
    ]);
    return { ...document, clips: document.clips.map((each) => swapped.get(each) ?? each) };
  };
