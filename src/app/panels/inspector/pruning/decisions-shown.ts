/** What a run's decisions say of one clip, put together for its pictures. */
import type { Decision } from "../../../stores/run-store";

export type Taken = Extract<Decision, { kind: "taken" }>;
export type TakenBack = Extract<Decision, { kind: "taken-back" }>;

export interface ClipDecisions {
  readonly taken: readonly Taken[];
  /** There is one at most: the clip decides nothing after it. */
  readonly takenBack: TakenBack | undefined;
}

export function decisionsOfClip(decisions: readonly Decision[], clipId: string): ClipDecisions {
  const own = decisions.filter(({ clip }) => clip === clipId);
  return {
    taken: own.filter((decision) => decision.kind === "taken"),
    takenBack: own.find((decision) => decision.kind === "taken-back"),
  };
}

/** How much of a layer was left at each decision, as fractions of its weights before the clip's first one. */
export interface LayerStory {
  readonly layer: string;
  /** Weights before the first decision. */
  readonly first: number;
  /** Of the decision that is looked at. */
  readonly kept: number;
  readonly removed: number;
  /** Fraction that each decision took, in order. */
  readonly rounds: readonly number[];
}

/** @param at place of a decision among those taken */
export function layerStories(taken: readonly Taken[], at: number): LayerStory[] {
  const layers = taken[0]?.layers ?? [];
  return layers.map(({ layer, weights: { before: first } }) => {
    const own = taken.map((decision) => decision.layers.find((other) => other.layer === layer)?.weights);
    const { before = 0, removed = 0 } = own[at] ?? {};
    return {
      layer,
      first,
      kept: before - removed,
      removed,
      rounds: own.map((weights) => (weights && first > 0 ? weights.removed / first : 0)),
    };
  });
}

/**
 * A bar of what a decision found and left, as a CSS gradient: what is left, what went with it, what went before. One
 * element, however many rounds there are; a thin gap parts the rounds that came before.
 */
export function barOf({ kept, removed, first, rounds }: LayerStory, at: number): string {
  if (first === 0) return "none";
  const stops: string[] = [];
  let from = 0;
  const add = (share: number, colour: string) => {
    const to = Math.min(100, from + 100 * share);
    if (to > from) stops.push(`${colour} ${from.toFixed(2)}% ${to.toFixed(2)}%`);
    from = to;
  };
  add(kept / first, "var(--bar-kept)");
  add(removed / first, "var(--bar-went)");
  rounds.slice(0, at).forEach((share, round) => add(share, round % 2 ? "var(--bar-odd)" : "var(--bar-even)"));
  add(1, "transparent");
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/** Steps of a histogram as one closed path over 0..1 in both directions, y downwards. @param most count at the top */
export function histogramPath(counts: ArrayLike<number>, most: number): string {
  const n = counts.length;
  let path = "M0 1";
  for (let bin = 0; bin < n; bin++) {
    const y = (1 - counts[bin]! / most).toFixed(4);
    path += `L${(bin / n).toFixed(4)} ${y}L${((bin + 1) / n).toFixed(4)} ${y}`;
  }
  return `${path}L1 1Z`;
}
