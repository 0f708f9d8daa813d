/** What clips and their parameters are called. */
import type { TimelineDocument } from "../../engine/document/document";
import type { Words } from "../../survey/words";
import { clipOf } from "../edits/clip-edits";
import { blockName, paramWords } from "../edits/clip-names";

type Say = (words: Words) => string;

/** `Magnitude pruning (prune-1)`; the id alone where there is no such clip. */
export function clipName({ clips }: Pick<TimelineDocument, "clips">, id: string, say: Say): string {
  const clip = clips.find((other) => other.id === id);
  return clip ? `${say(blockName(clip.block))} (${id})` : id;
}

/** Its label; of a parameter that the block does not have, the name in the document. */
export function paramLabel(document: TimelineDocument, clipId: string | undefined, name: string, say: Say): string {
  const clip = clipOf(document, clipId ?? null);
  const words = clip && paramWords(clip.block, name);
  return words ? say(words.label) : name;
}
