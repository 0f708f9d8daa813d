/**
 * What a person does to the clips of a document, as pure functions from document to document. Whatever they are given,
 * starts and lengths come out whole and inside the timeline; what makes no sense is for `validate` to say.
 */
import { type BlockFamily, type BlockMeta, familyOf, type Role } from "../../engine/blocks/block";
import { blockMeta, isBlockId } from "../../engine/blocks/catalog";
import type { ParamValue } from "../../engine/blocks/params";
import { type Clip, clipEnd, documentEnd, maxSteps, type TimelineDocument } from "../../engine/document/document";

export type Edit = (document: TimelineDocument) => TimelineDocument;

/** Length of a span that is added to an empty timeline. */
export const usualSteps = 500;

const within = (low: number, high: number, value: number) => Math.min(high, Math.max(low, Math.round(value)));

/** Null for a block that this studio does not know: its clip is shown, and can be removed. */
export const metaOf = ({ block }: Pick<Clip, "block">): BlockMeta | null =>
  isBlockId(block) ? blockMeta(block) : null;

export const clipOf = (document: TimelineDocument, id: string | null): Clip | undefined =>
  document.clips.find((clip) => clip.id === id);

export const hasRole = (clip: Pick<Clip, "block">, ...roles: readonly Role[]): boolean =>
  roles.some((role) => metaOf(clip)?.roles.includes(role));

function freshId(document: TimelineDocument, family: BlockFamily): string {
  const taken = new Set(document.clips.map(({ id }) => id));
  for (let n = 1; ; n++) if (!taken.has(`${family}-${n}`)) return `${family}-${n}`;
}

export interface Added {
  readonly document: TimelineDocument;
  readonly id: string;
}

/**
 * Puts a block on the timeline. It begins at `start`, or where the last clip of its lane ends. A span is as long as what
 * it is laid beside: to the timeline's end where that is ahead, else 500 steps.
 */
export function addClip(document: TimelineDocument, blockId: string, start?: number): Added {
  const meta = blockMeta(blockId);
  const family = familyOf(blockId);
  const laneEnd = document.clips
    .filter(({ block }) => familyOf(block) === family)
    .reduce((end, clip) => Math.max(end, clipEnd(clip)), 0);
  const from = within(0, maxSteps, start ?? laneEnd);
  const end = documentEnd(document);
  const ahead = end - from;
  const instant = meta.length === "instant";
  const length = ahead > 0 ? ahead : Math.min(usualSteps, maxSteps - from);
  const clip: Clip = {
    id: freshId(document, family),
    block: meta.id,
    start: from,
    steps: instant ? 0 : Math.max(1, length),
    params: {},
    ...(meta.needs.teacher ? { teacher: "original" } : {}),
  };
  return { document: { ...document, clips: [...document.clips, clip] }, id: clip.id };
}

/** The same document where nothing changes: there is nothing to undo then. */
function changeClip(document: TimelineDocument, id: string, change: (clip: Clip) => Clip): TimelineDocument {
  const before = clipOf(document, id);
  if (!before) return document;
  const after = change(before);
  if (after.start === before.start && after.steps === before.steps && after.params === before.params) {
    if (after.teacher === before.teacher && after.samples === before.samples) return document;
  }
  return { ...document, clips: document.clips.map((clip) => (clip === before ? after : clip)) };
}

export const moveClip =
  (id: string, start: number): Edit =>
  (document) =>
    changeClip(document, id, (clip) => ({ ...clip, start: within(0, maxSteps - clip.steps, start) }));

/** The shortest a block may be. */
const leastSteps = (clip: Clip): number => (metaOf(clip)?.length === "span" ? 1 : 0);

/** Moves a clip's beginning and keeps its end. */
export const stretchStart =
  (id: string, start: number): Edit =>
  (document) =>
    changeClip(document, id, (clip) => {
      if (metaOf(clip)?.length === "instant") return clip;
      const end = clipEnd(clip);
      const from = within(0, end - leastSteps(clip), start);
      return { ...clip, start: from, steps: end - from };
    });

/** Moves a clip's end and keeps its beginning. */
export const stretchEnd =
  (id: string, end: number): Edit =>
  (document) =>
    changeClip(document, id, (clip) => {
      if (metaOf(clip)?.length === "instant") return clip;
      return { ...clip, steps: within(leastSteps(clip), maxSteps - clip.start, end - clip.start) };
    });

/** A copy that begins where the clip ends; of an instant, at the same step and behind it. */
export function duplicateClip(document: TimelineDocument, id: string): Added {
  const place = document.clips.findIndex((clip) => clip.id === id);
  const clip = document.clips[place];
  if (!clip) return { document, id };
  const copy: Clip = {
    ...clip,
    id: freshId(document, familyOf(clip.block)),
    start: within(0, maxSteps - clip.steps, clipEnd(clip)),
  };
  return { document: { ...document, clips: document.clips.toSpliced(place + 1, 0, copy) }, id: copy.id };
}

/** Distillers that were taught by it keep naming it; `validate` says so and how to mend it. */
export const removeClip =
  (id: string): Edit =>
  (document) => ({ ...document, clips: document.clips.filter((clip) => clip.id !== id) });

export const setParam =
  (id: string, name: string, value: ParamValue): Edit =>
  (document) =>
    changeClip(document, id, (clip) => ({ ...clip, params: { ...clip.params, [name]: value } }));

/** Back to the default, whatever it will be. */
export const resetParam =
  (id: string, name: string): Edit =>
  (document) =>
    changeClip(document, id, ({ params, ...clip }) => ({
      ...clip,
      params: Object.fromEntries(Object.entries(params).filter(([key]) => key !== name)),
    }));

export const setTeacher =
  (id: string, teacher: string | undefined): Edit =>
  (document) =>
    changeClip(document, id, ({ teacher: _, ...clip }) => ({
      ...clip,
      ...(teacher === undefined ? {} : { teacher }),
    }));

/** @param samples undefined for all of the document's training images */
export const setSamples =
  (id: string, samples: number | undefined): Edit =>
  (document) =>
    changeClip(document, id, ({ samples: _, ...clip }) => ({
      ...clip,
      ...(samples === undefined ? {} : { samples: Math.max(1, Math.round(samples)) }),
    }));
