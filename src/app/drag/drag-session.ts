/**
 * One drag, of a method onto the timeline or of a clip on it: what the document would be is shown as its draft, and
 * becomes the document when the drag ends. Pointer and keyboard steer the same session. No DOM: the timeline lends it a
 * surface to measure on.
 */
import { clipEnd, type TimelineDocument } from "../../engine/document/document";
import { addBlock, type ClipStudio } from "../actions/clip-actions";
import { speakCancelled, speakClip, speakNotAdded } from "../actions/clip-speech";
import { addClip, clipOf, type Edit, moveClip, stretchEnd, stretchStart } from "../edits/clip-edits";
import { nextMagnet, snap, snapping } from "./snap";

/** What is dragged: a method of the palette, a clip, or one end of it. */
export type DragItem =
  { readonly act: "add"; readonly block: string } | { readonly act: "move" | "start" | "end"; readonly clip: string };

/** Where the timeline lies on the screen. Coordinates are those of pointer events. */
export interface DragSurface {
  /** Pixels for each step. */
  readonly scale: number;
  /** Steps, with fraction; negative before the first. */
  stepAt(x: number): number;
  contains(x: number, y: number): boolean;
  /** Scrolls a little where the pointer is near an edge; whether it did. */
  scrollNear(x: number): boolean;
}

export interface PointerAt {
  readonly x: number;
  readonly y: number;
  /** Without snapping. */
  readonly free: boolean;
}

export interface DragKey {
  readonly direction: "up" | "down" | "left" | "right";
  /** Five grid steps at once. */
  readonly far: boolean;
  /** One step. */
  readonly fine: boolean;
}

interface Active {
  readonly item: DragItem;
  /** The document as it was when the drag began. */
  readonly before: TimelineDocument;
  /** From the dragged edge to the pointer that has hold of it, in steps. */
  readonly grip: number;
  /** Where the dragged edge is; null while a method is not over the timeline. */
  readonly step: number | null;
}

export interface DragSession {
  /** Called by the timeline whenever it is drawn at another scale; null when it goes. */
  setSurface(surface: DragSurface | null): void;
  /** Lifts something. A keyboard has no place: a method is laid behind its lane's last clip then. */
  start(item: DragItem, at: PointerAt | null): void;
  move(at: PointerAt): void;
  key(key: DragKey): void;
  /** Whether what is dragged would be dropped on the timeline. */
  isOver(): boolean;
  /** Scrolls the timeline where the pointer waits near its edge; whether it did. */
  scrollNear(at: PointerAt): boolean;
  drop(): void;
  cancel(): void;
  /** A press that went nowhere does what a click does. */
  tap(item: DragItem): void;
}

export function createDragSession(studio: ClipStudio): DragSession {
  let surface: DragSurface | null = null;
  let active: Active | null = null;

  const store = () => studio.document.getState();
  const show = (step: number | null): void => {
    if (!active || active.step === step) return;
    active = { ...active, step };
    store().preview(step === null ? null : editOf(active.item, step));
  };
  const end = (): Active | null => {
    const ended = active;
    active = null;
    return ended;
  };

  return {
    setSurface: (next) => {
      surface = next;
    },
    start(item, at) {
      const before = store().document;
      const edge = edgeOf(before, item);
      if (item.act !== "add") store().select(item.clip);
      if (at) {
        const grip = item.act === "add" || !surface ? 0 : surface.stepAt(at.x) - edge;
        active = { item, before, grip, step: item.act === "add" ? null : edge };
        return;
      }
      active = { item, before, grip: 0, step: null };
      show(edge);
      const clip = draggedClip(store().draft ?? before, before, item);
      if (clip) speakClip(studio, "spokenLifted", clip, before, store().draft ?? before);
    },
    move({ x, y, free }) {
      if (!active || !surface) return;
      const { item, before, grip } = active;
      if (item.act === "add" && !surface.contains(x, y)) {
        show(null);
        return;
      }
      const wanted = Math.max(0, surface.stepAt(x) - grip);
      const length = item.act === "move" ? (clipOf(before, item.clip)?.steps ?? 0) : 0;
      show(free ? Math.round(wanted) : snap(wanted, snapping(before, surface.scale), length));
    },
    key({ direction, far, fine }) {
      if (!active || !surface) return;
      const { item, before } = active;
      const from = active.step ?? edgeOf(before, item);
      const places = snapping(before, surface.scale);
      const by = direction === "left" || direction === "up" ? -1 : 1;
      const vertical = direction === "up" || direction === "down";
      const distance = fine ? 1 : places.grid * (far ? 5 : 1);
      const shown = store().draft ?? before;
      show(vertical ? nextMagnet(from, by, places) : Math.max(0, from + by * distance));
      const now = store().draft ?? before;
      const clip = draggedClip(now, before, item);
      if (clip) speakClip(studio, "spokenMoved", clip, shown, now);
    },
    isOver: () => active !== null && active.step !== null,
    scrollNear: ({ x, y }) =>
      active !== null && surface !== null && (active.item.act !== "add" || surface.contains(x, y))
        ? surface.scrollNear(x)
        : false,
    drop() {
      const ended = end();
      if (!ended) return;
      const { item, before } = ended;
      if (ended.step === null) {
        store().preview(null);
        if (item.act === "add") speakNotAdded(studio, item.block);
        return;
      }
      store().commit();
      const after = store().document;
      const clip = draggedClip(after, before, item);
      if (!clip) return;
      store().select(clip.id);
      speakClip(studio, item.act === "add" ? "spokenAdded" : "spokenMoved", clip, before, after);
    },
    cancel() {
      if (!end()) return;
      store().preview(null);
      speakCancelled(studio);
    },
    tap(item) {
      end();
      store().preview(null);
      if (item.act === "add") addBlock(studio, item.block);
      else store().select(item.clip);
    },
  };
}

/** The step of the edge that a drag moves. Of a method that is not on the timeline yet, where it would be added. */
function edgeOf(document: TimelineDocument, item: DragItem): number {
  if (item.act === "add") {
    const { document: added, id } = addClip(document, item.block);
    return clipOf(added, id)?.start ?? 0;
  }
  const clip = clipOf(document, item.clip);
  if (!clip) return 0;
  return item.act === "end" ? clipEnd(clip) : clip.start;
}

function editOf(item: DragItem, step: number): Edit {
  switch (item.act) {
    case "add":
      return (document) => addClip(document, item.block, step).document;
    case "move":
      return moveClip(item.clip, step);
    case "start":
      return stretchStart(item.clip, step);
    case "end":
      return stretchEnd(item.clip, step);
  }
}

function draggedClip(document: TimelineDocument, before: TimelineDocument, item: DragItem) {
  if (item.act === "add") return document.clips.find(({ id }) => !clipOf(before, id));
  return clipOf(document, item.clip);
}
