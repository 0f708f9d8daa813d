/** What clips and their parameters are called. */
import type { TimelineDocument } from "../../engine/document/document";
import { clipOfPart } from "../../engine/document/loss-parts";
import type { Words } from "../../survey/words";
import { clipOf } from "../edits/clip-edits";
import { blockName, paramWords, partWords } from "../edits/clip-names";

type Say = (words: Words) => string;

/** `Magnitude pruning (prune-1)`; the id alone where there is no such clip. */
export function clipName({ clips }: Pick<TimelineDocument, "clips">, id: string, say: Say): string {
  const clip = clips.find((other) => other.id === id);
  return clip ? `${say(blockName(clip.block))} (${id})` : id;
}

/**
 * What the parts of a loss are called: a clip's terms by its block's words, with the clip's id where two clips have the
 * same. A part whose clip is not in the document, or that has no words, keeps its name.
 */
export function partLabels(
  document: Pick<TimelineDocument, "clips">,
  names: readonly string[],
  say: Say,
): ReadonlyMap<string, string> {
  const found = names.map((name) => {
    const part = clipOfPart(name);
    const block = part && document.clips.find(({ id }) => id === part.clip)?.block;
    const words = block === undefined ? undefined : partWords(block, part!.term);
    return { name, clip: part?.clip, label: words ? say(words) : name };
  });
  const twice = (label: string) => found.filter((other) => other.label === label).length > 1;
  return new Map(
    found.map(({ name, clip, label }) => [name, clip !== undefined && twice(label) ? `${label} (${clip})` : label]),
  );
}

/** Its label; of a parameter that the block does not have, the name in the document. */
export function paramLabel(document: TimelineDocument, clipId: string | undefined, name: string, say: Say): string {
  const clip = clipOf(document, clipId ?? null);
  const words = clip && paramWords(clip.block, name);
  return words ? say(words.label) : name;
}
