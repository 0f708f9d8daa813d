/** A document from the command line: a file, standard input (`-`) or a recipe's arm, with `--set` and `--seed` applied. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { EngineError } from "#engine/core/errors";
import { parseDocument, type TimelineDocument } from "#engine/document/document";
import { recipeArm } from "#engine/recipes/recipes";

const recipePrefix = "recipe:";

async function rawDocument(reference: string): Promise<unknown> {
  if (reference.startsWith(recipePrefix)) return recipeArm(reference.slice(recipePrefix.length)).document;
  let json: string;
  try {
    json = reference === "-" ? await text(process.stdin) : await readFile(reference, "utf8");
  } catch (cause) {
    throw new EngineError("asset-missing", `expected a document at '${reference}', got ${(cause as Error).message}`, {
      cause,
    });
  }
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new EngineError("invalid-document", `expected JSON in '${reference}', got ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** `0.9` is a number, `"x"` a string, `local` the string it looks like. */
function parseValue(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return source;
  }
}

type Branch = Record<string, unknown>;
const isBranch = (value: unknown): value is Branch => typeof value === "object" && value !== null;

/**
 * Sets one place of raw JSON: `dataset.train=500`, `clips.p1.params.sparsity=0.9` (clips by id).
 * @throws EngineError `usage` for a path that leads nowhere
 */
export function setPath(document: unknown, assignment: string): void {
  const equals = assignment.indexOf("=");
  if (equals <= 0) throw new EngineError("usage", `--set expected path=value, got '${assignment}'`);
  const keys = assignment.slice(0, equals).split(".");
  const last = keys.pop()!;
  let at: unknown = document;
  keys.forEach((key, depth) => {
    let next: unknown;
    if (Array.isArray(at)) next = at.find((item: unknown) => isBranch(item) && item["id"] === key);
    else if (isBranch(at)) {
      if (at[key] === undefined && Object.hasOwn(at, key) === false && (key === "params" || key === "training"))
        at[key] = {};
      next = Object.hasOwn(at, key) ? at[key] : undefined;
    }
    if (!isBranch(next)) {
      throw new EngineError(
        "usage",
        `--set expected a path of the document, got '${assignment}': no '${keys.slice(0, depth + 1).join(".")}'`,
      );
    }
    at = next;
  });
  if (!isBranch(at) || Array.isArray(at) || last === "__proto__") {
    throw new EngineError("usage", `--set expected a path to a value, got '${assignment}'`);
  }
  at[last] = parseValue(assignment.slice(equals + 1));
}

export async function readDocument(
  reference: string,
  changes: { readonly set?: readonly string[]; readonly seed?: number } = {},
): Promise<TimelineDocument> {
  const raw = structuredClone(await rawDocument(reference));
  for (const assignment of changes.set ?? []) setPath(raw, assignment);
  if (changes.seed !== undefined) setPath(raw, `seed=${changes.seed}`);
  return parseDocument(raw);
}
