/** The survey's combinations of methods, as short as a chip on the timeline needs them. */
import type { Combination } from "../../survey/combinations";
import type { Words } from "../../survey/words";

/**
 * A combination's name without its code and without what the code's digits say already: `A-1-1 prune, then quantize:
 * unstructured pruning, ...` -> `prune, then quantize`.
 */
export function shortName({ code, name }: Pick<Combination, "code" | "name">, language: keyof Words): string {
  const text = name[language];
  const bare = text.startsWith(code) ? text.slice(code.length).trim() : text;
  return bare.split(/[:：]| from /, 1)[0] ?? bare;
}

/** The kinds of clips that a combination joins, by the table that it stands in. */
export const combinedKinds = {
  1: ["prune", "distill"],
  2: ["quantize", "distill"],
  3: ["prune", "quantize"],
} as const satisfies Partial<Record<Combination["table"], readonly string[]>>;
