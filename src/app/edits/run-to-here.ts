/** The part of a document up to the end of one clip, for a run that stops there. */
import { clipEnd, type TimelineDocument } from "../../engine/document/document";
import type { Edit } from "./clip-edits";

/**
 * What has begun when a clip ends, cut there; what begins later goes. Of instants at one step those that the document
 * names later go, as a run does them later. A clip that is cut keeps its settings: its schedule is spread over what is
 * left of it.
 * @param name of the document that comes out
 */
export const cutAtEndOf =
  (id: string, name: string): Edit =>
  (document) => {
    const place = document.clips.findIndex((clip) => clip.id === id);
    const last = document.clips[place];
    if (!last) return document;
    const end = clipEnd(last);
    const clips = document.clips.filter(
      ({ start, steps }, i) => start < end || (start === end && last.steps === 0 && steps === 0 && i <= place),
    );
    return {
      ...document,
      name: name.slice(0, 200),
      clips: clips.map((clip) => (clipEnd(clip) > end ? { ...clip, steps: end - clip.start } : clip)),
    } satisfies TimelineDocument;
  };
