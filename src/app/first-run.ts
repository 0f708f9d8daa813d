/**
 * The run that a first visitor sees drawn: executed by the engine when the studio was built, shipped with its file, and
 * marked so. It is only shown for the document that it executed.
 */
import * as v from "valibot";
import { hashableJson, parseDocument, type TimelineDocument } from "../engine/timeline/document";
import type { Boundary, Point, Run } from "./stores/run-store";
import type { Studio } from "./stores/studio";

const rowSchema = v.object({ step: v.number(), total: v.number(), parts: v.record(v.string(), v.number()) });
const boundarySchema = v.object({
  // What the engine wrote; `first-run.test.ts` holds that it is whole.
  point: v.custom<Point>((value) => typeof value === "object" && value !== null),
  tensors: v.custom<Boundary["tensors"]>(Array.isArray),
  confusion: v.array(v.number()),
});
const shippedSchema = v.object({
  version: v.literal(1),
  document: v.unknown(),
  backend: v.string(),
  seconds: v.number(),
  points: v.array(v.custom<Point>((value) => typeof value === "object" && value !== null)),
  losses: v.array(rowSchema),
  boundaries: v.array(boundarySchema),
  artefact: v.object({ file: v.string(), sha256: v.string() }),
});

/** What the engine told of that run, as the page keeps runs. @throws when the file is another one */
export function shippedRun(json: unknown, bytes: Uint8Array): Run {
  const { document, backend, seconds, points, losses, boundaries, artefact } = v.parse(shippedSchema, json);
  return {
    id: "first-run",
    document: parseDocument(document),
    startedAt: 0,
    phase: "done",
    points,
    losses: { rows: losses, names: [...new Set(losses.flatMap(({ parts }) => Object.keys(parts)))] },
    boundaries: boundaries.map(({ confusion, ...rest }) => ({ ...rest, confusion: Uint32Array.from(confusion) })),
    progress: null,
    load: null,
    restoredAt: null,
    error: null,
    artefact: { bytes, sha256: artefact.sha256 },
    backend,
    seconds,
    shipped: true,
  };
}

/** Draws it, unless there is something to draw already, or the timeline is another one. */
export async function showFirstRun({ runs, document }: Pick<Studio, "runs" | "document">): Promise<void> {
  const [run, file] = await Promise.all([fetch("first-run/run.json"), fetch("first-run/compressed.csnet")]);
  if (!run.ok || !file.ok) return;
  const shipped = shippedRun(await run.json(), new Uint8Array(await file.arrayBuffer()));
  const { current, earlier, adopt } = runs.getState();
  if (current === null && earlier.length === 0 && isSame(shipped.document, document.getState().document)) {
    adopt([], shipped);
  }
}

const isSame = (a: TimelineDocument, b: TimelineDocument) => hashableJson(a) === hashableJson(b);
