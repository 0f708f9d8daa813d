/**
 * The run that a first visitor sees drawn: executed by the engine when the studio was built, shipped with its file, and
 * marked so. It is only shown for the document that it executed.
 */
import * as v from "valibot";
import { parseDocument } from "../engine/document/document";
import { sameContent } from "./edits/same-content";
import { boundarySchema, lossesSchema, pointSchema } from "./stores/run-schema";
import { newRun, type Run } from "./stores/run-store";
import type { Studio } from "./stores/studio";

const shippedSchema = v.object({
  version: v.literal(1),
  document: v.unknown(),
  backend: v.string(),
  seconds: v.number(),
  points: v.array(pointSchema),
  losses: lossesSchema.entries.rows,
  boundaries: v.array(v.object({ ...boundarySchema.entries, confusion: v.array(v.number()) })),
  artefact: v.object({ file: v.string(), sha256: v.string() }),
});

/** What the engine told of that run, as the page keeps runs. @throws when the file is another one */
export function shippedRun(json: unknown, bytes: Uint8Array): Run {
  const { document, backend, seconds, points, losses, boundaries, artefact } = v.parse(shippedSchema, json);
  return newRun({
    id: "first-run",
    document: parseDocument(document),
    startedAt: 0,
    phase: "done",
    points,
    losses: { rows: losses, names: [...new Set(losses.flatMap(({ parts }) => Object.keys(parts)))] },
    boundaries: boundaries.map(({ confusion, ...rest }) => ({ ...rest, confusion: Uint32Array.from(confusion) })),
    artefact: { bytes, sha256: artefact.sha256 },
    backend,
    seconds,
    shipped: true,
  });
}

/** Draws it, unless there is something to draw already, or the timeline is another one. */
export async function showFirstRun({ runs, document }: Pick<Studio, "runs" | "document">): Promise<void> {
  const [run, file] = await Promise.all([fetch("first-run/run.json"), fetch("first-run/compressed.csnet")]);
  if (!run.ok || !file.ok) return;
  const shipped = shippedRun(await run.json(), new Uint8Array(await file.arrayBuffer()));
  const { current, earlier, adopt } = runs.getState();
  if (current === null && earlier.length === 0 && sameContent(shipped.document, document.getState().document)) {
    adopt([], shipped);
  }
}
