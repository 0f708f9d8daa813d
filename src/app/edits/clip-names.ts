/** What a block is called, also one that this studio does not know. */
import type { BlockWords } from "../../engine/blocks/block";
import { isBlockId } from "../../engine/blocks/catalog";
import { blockWords } from "../../engine/blocks/words.generated";
import { type Words, words } from "../../survey/words";

/** Null for a block that this studio does not know. */
export const wordsOfBlock = (block: string): BlockWords | null => (isBlockId(block) ? blockWords[block] : null);

export interface ParamWords {
  readonly label: Words;
  readonly options?: Readonly<Record<string, Words>>;
}

/** Undefined for a block or a parameter that this studio does not know. */
export function paramWords(block: string, name: string): ParamWords | undefined {
  const all: Readonly<Record<string, ParamWords | undefined>> = wordsOfBlock(block)?.params ?? {};
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** What a term or figure of a block's clips is called; undefined where it has no words. */
export function partWords(block: string, term: string): Words | undefined {
  const all: Readonly<Record<string, Words | undefined>> = wordsOfBlock(block)?.parts ?? {};
  return Object.hasOwn(all, term) ? all[term] : undefined;
}

/** An unknown block is called by its id. */
export const blockName = (block: string): Words => wordsOfBlock(block)?.label ?? words(block, block);
