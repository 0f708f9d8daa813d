/**
 * Acts on one clip: what keys do to the clip that has the focus, and buttons to the one that is selected. Each selects
 * the clip, is one step to undo (the same key again belongs to the same step), and says where the clip lies now.
 */
import { type Clip, clipEnd } from "../../engine/document/document";
import {
  addClip,
  clipOf,
  duplicateClip,
  type Edit,
  moveClip,
  removeClip,
  stretchEnd,
  stretchStart,
} from "../edits/clip-edits";
import { neighbourInstant, reorderInstant } from "../edits/instant-order";
import type { Catalogue } from "../i18n/catalogue";
import type { Studio } from "../stores/studio";
import { speakClip, type SpokenClip } from "./clip-speech";

/** What of the studio an act on a clip touches. */
export type ClipStudio = Pick<Studio, "document" | "notices">;

export interface ClipAction {
  readonly id: string;
  /** In the catalogue's area `timeline`. */
  readonly label: keyof Catalogue["timeline"];
  /** As `keyOf` gives them, on the clip that has the focus. */
  readonly keys: readonly string[];
  enabled(studio: ClipStudio, clipId: string): boolean;
  /** @param grid steps that a move by one key goes */
  perform(studio: ClipStudio, clipId: string, grid: number): void;
}

/** Adds a block behind its lane's last clip, or at `start`; selects it and says so. Gives the id of the new clip. */
export function addBlock(studio: ClipStudio, block: string, start?: number): string {
  const store = studio.document.getState();
  const before = store.document;
  const { document, id } = addClip(before, block, start);
  store.edit(() => document);
  store.select(id);
  const clip = clipOf(document, id);
  if (clip) speakClip(studio, "spokenAdded", clip, before, document);
  return id;
}

function change(studio: ClipStudio, clipId: string, spoken: SpokenClip, edit: Edit, merge?: string): void {
  const store = studio.document.getState();
  const before = store.document;
  store.edit(edit, merge);
  store.select(clipId);
  const after = studio.document.getState().document;
  const clip = clipOf(after, clipId);
  if (clip) speakClip(studio, spoken, clip, before, after);
}

const exists = ({ document }: ClipStudio, clipId: string): boolean =>
  clipOf(document.getState().document, clipId) !== undefined;

type Shift = (clip: Clip, grid: number) => Edit;

/** An act that moves a clip or one of its ends. Repeated, it stays one step to undo. */
const shift = (id: string, label: ClipAction["label"], keys: readonly string[], edit: Shift): ClipAction => ({
  id,
  label,
  keys,
  enabled: exists,
  perform: (studio, clipId, grid) => {
    const clip = clipOf(studio.document.getState().document, clipId);
    if (clip) change(studio, clipId, "spokenMoved", edit(clip, grid), `keys:${clipId}`);
  },
});

const moves: readonly ClipAction[] = [
  shift("move-left", "keyMove", ["ArrowLeft"], (clip, grid) => moveClip(clip.id, clip.start - grid)),
  shift("move-right", "keyMove", ["ArrowRight"], (clip, grid) => moveClip(clip.id, clip.start + grid)),
  shift("move-left-fine", "keyMoveFine", ["Alt+ArrowLeft"], (clip) => moveClip(clip.id, clip.start - 1)),
  shift("move-right-fine", "keyMoveFine", ["Alt+ArrowRight"], (clip) => moveClip(clip.id, clip.start + 1)),
  shift("end-left", "keyEnd", ["Shift+ArrowLeft"], (clip, grid) => stretchEnd(clip.id, clipEnd(clip) - grid)),
  shift("end-right", "keyEnd", ["Shift+ArrowRight"], (clip, grid) => stretchEnd(clip.id, clipEnd(clip) + grid)),
  shift("start-left", "keyStart", ["Alt+Shift+ArrowLeft"], (clip, grid) => stretchStart(clip.id, clip.start - grid)),
  shift("start-right", "keyStart", ["Alt+Shift+ArrowRight"], (clip, grid) => stretchStart(clip.id, clip.start + grid)),
  shift("move-home", "keyHome", ["Home"], (clip) => moveClip(clip.id, 0)),
];

export const duplicate: ClipAction = {
  id: "duplicate",
  label: "duplicate",
  keys: ["Mod+D"],
  enabled: exists,
  perform: (studio, clipId) => {
    const { document, id } = duplicateClip(studio.document.getState().document, clipId);
    change(studio, id, "spokenDuplicated", () => document);
  },
};

export const remove: ClipAction = {
  id: "remove",
  label: "remove",
  keys: ["Delete", "Backspace"],
  enabled: exists,
  perform: (studio, clipId) => {
    const store = studio.document.getState();
    const before = store.document;
    const clip = clipOf(before, clipId);
    if (!clip) return;
    store.edit(removeClip(clipId));
    speakClip(studio, "spokenRemoved", clip, before, studio.document.getState().document);
  },
};

const reorder = (id: "earlier" | "later", by: -1 | 1, key: string): ClipAction => ({
  id,
  label: id,
  keys: [key],
  enabled: ({ document }, clipId) => neighbourInstant(document.getState().document, clipId, by) !== undefined,
  perform: (studio, clipId) =>
    change(studio, clipId, by < 0 ? "spokenEarlier" : "spokenLater", reorderInstant(clipId, by)),
});

export const earlier = reorder("earlier", -1, "Alt+ArrowUp");
export const later = reorder("later", 1, "Alt+ArrowDown");

export const clipActions: readonly ClipAction[] = [...moves, duplicate, remove, earlier, later];
