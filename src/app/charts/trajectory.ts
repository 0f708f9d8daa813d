/** What was going on between the points of a run, told from its document: the colours of the drawn trajectory. */
import { type BlockFamily, familyOf } from "../../engine/blocks/block";
import { clipEnd, type TimelineDocument } from "../../engine/document/document";
import { clipOf } from "../edits/clip-edits";

/** What of a point matters here. */
export interface Step {
  readonly step: number;
  readonly clip: string | null;
}

/** All lines of one look, so that each look is one path. */
export interface Stretch<P extends Step> {
  /** What was going on, in the order of `kindOrder`; never empty. */
  readonly kinds: readonly BlockFamily[];
  /** Each of two points or more. */
  readonly lines: readonly (readonly P[])[];
}

/** What changes the bytes first: it gives a line its colour, and the others give it stripes. */
const kindOrder: readonly BlockFamily[] = ["model", "joint", "prune", "quantize", "distill", "train"];

/**
 * The kinds of the clips that cover steps between two neighbouring points, or end at the later one. All of them are
 * named, since clips that overlap train jointly; plain training only where nothing else goes on, for every clip trains.
 */
export function kindsBetween(from: Step, to: Step, document: TimelineDocument): readonly BlockFamily[] {
  const covering = document.clips.filter(
    (clip) => clip.steps > 0 && clip.start < to.step && clipEnd(clip) > from.step && from.step < to.step,
  );
  const ending = to.clip === null ? undefined : clipOf(document, to.clip);
  const found = new Set([...covering, ...(ending ? [ending] : [])].map(({ block }) => familyOf(block)));
  if (found.size > 1) found.delete("train");
  return found.size === 0 ? ["train"] : kindOrder.filter((kind) => found.has(kind));
}

/** @param points of one run, in order */
export function stretchesOf<P extends Step>(points: readonly P[], document: TimelineDocument): readonly Stretch<P>[] {
  const byLook = new Map<string, { kinds: readonly BlockFamily[]; lines: P[][] }>();
  let before = "";
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const kinds = kindsBetween(from, to, document);
    const look = kinds.join(" ");
    let stretch = byLook.get(look);
    if (!stretch) byLook.set(look, (stretch = { kinds, lines: [] }));
    if (look === before) stretch.lines.at(-1)!.push(to);
    else stretch.lines.push([from, to]);
    before = look;
  }
  return [...byLook.values()];
}
