/**
 * What is kept, and reading it: nothing that comes out of the database is trusted, as another version may have written it,
 * or a disk may have lost a part.
 */
import * as v from "valibot";
import { type EngineErrorData, toErrorData } from "../../engine/core/errors";
import { parseDocument, type TimelineDocument } from "../../engine/document/document";
import { languages } from "../i18n/i18n";
import type { SourceFacts } from "../stores/files-store";
import type { KeptDocument } from "../stores/keeping-store";
import type { LossHistory } from "../stores/loss-history";
import { newRun, type Run } from "../stores/run-store";
import { type Settings, themes } from "../stores/view-store";
import { boundarySchema, lossesSchema, pointSchema } from "../stores/run-schema";
import type { RunUse } from "./eviction";
import type { Row } from "./page-storage";
import type { Attempts } from "./resume";

export interface DocumentRecord {
  readonly id: string;
  readonly document: TimelineDocument;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** The run that was shown with it. */
  readonly runId: string | null;
}

/** A run that goes on, kept under the id of the document that its tab holds. */
export interface ActiveRecord extends Attempts {
  readonly runId: string;
  /** As executed. */
  readonly document: TimelineDocument;
  readonly startedAt: number;
  readonly paused: boolean;
  /** The engine tells points anew, and losses only from where it goes on. */
  readonly losses: LossHistory;
}

/** All of a run but its bytes, which are kept apart, and the pictures of its decisions. */
export interface RunRecord {
  readonly run: Omit<Run, "artefact" | "decisions">;
  readonly usedAt: number;
  readonly artefactBytes: number;
}

const outerDocument = v.object({ document: v.unknown(), savedAt: v.number(), runId: v.nullable(v.string()) });

/** @throws EngineError or ValiError for what is not a record of this version */
function documentRecord({ key, value }: Row): DocumentRecord {
  const { document, ...rest } = v.parse(outerDocument, value);
  return { id: key, document: parseDocument(document), ...rest };
}

export interface DocumentsRead {
  /** Latest first. */
  readonly records: readonly DocumentRecord[];
  /** The same and those that cannot be read, as they are shown in a list; latest first. */
  readonly listed: readonly KeptDocument[];
}

export function readDocuments(rows: readonly Row[]): DocumentsRead {
  const records: DocumentRecord[] = [];
  const listed: KeptDocument[] = [];
  for (const row of rows) {
    try {
      const record = documentRecord(row);
      records.push(record);
      const { id, savedAt, document } = record;
      listed.push({ id, savedAt, name: document.name, clips: document.clips.length, problem: null });
    } catch (error) {
      listed.push({ id: row.key, savedAt: savedAtOf(row.value), name: null, clips: 0, problem: problemOf(error) });
    }
  }
  const latestFirst = (a: { readonly savedAt: number }, b: { readonly savedAt: number }) => b.savedAt - a.savedAt;
  return { records: records.sort(latestFirst), listed: listed.sort(latestFirst) };
}

const savedAtOf = (value: unknown): number => {
  const parsed = v.safeParse(v.object({ savedAt: v.number() }), value);
  return parsed.success ? parsed.output.savedAt : 0;
};

function problemOf(error: unknown): EngineErrorData {
  return v.isValiError(error)
    ? { code: "invalid-document", message: `expected a record of a document, got ${error.message}` }
    : toErrorData(error);
}

const settingsSchema = v.partial(
  v.object({
    theme: v.fallback(v.optional(v.picklist(themes)), undefined),
    language: v.fallback(v.optional(v.picklist(languages)), undefined),
    backend: v.fallback(v.optional(v.picklist(["auto", "webgpu", "wasm", "webgl", "cpu"])), undefined),
  }),
);

/** What of the settings can be read; the rest stays as it is. */
export function readSettings(value: unknown): Partial<Settings> {
  const parsed = v.safeParse(settingsSchema, value);
  if (!parsed.success) return {};
  return Object.fromEntries(Object.entries(parsed.output).filter(([, setting]) => setting !== undefined));
}

const activeSchema = v.object({
  runId: v.string(),
  document: v.unknown(),
  startedAt: v.number(),
  paused: v.boolean(),
  attempts: v.number(),
  reached: v.number(),
  losses: v.fallback(lossesSchema, { rows: [], names: [] }),
});

/** Null where there is none, or none that can be read: then the run is lost, and the document is not. */
export function readActive(value: unknown): ActiveRecord | null {
  try {
    const { document, ...rest } = v.parse(activeSchema, value);
    return { ...rest, document: parseDocument(document) };
  } catch {
    return null;
  }
}

const runSchema = v.object({
  run: v.object({
    id: v.string(),
    document: v.unknown(),
    startedAt: v.number(),
    phase: v.picklist(["done", "cancelled", "failed"]),
    points: v.array(pointSchema),
    losses: lossesSchema,
    boundaries: v.array(v.object({ ...boundarySchema.entries, confusion: v.instance(Uint32Array) })),
    restoredAt: v.nullable(v.number()),
    error: v.fallback(v.nullable(v.looseObject({ code: v.string(), message: v.string() })), null),
    backend: v.nullable(v.string()),
    seconds: v.nullable(v.number()),
  }),
  usedAt: v.number(),
  artefactBytes: v.number(),
});

export interface RunsRead {
  /** Latest started first; without their bytes. */
  readonly runs: readonly Run[];
  readonly uses: ReadonlyMap<string, number>;
  readonly damaged: number;
}

export function readRuns(rows: readonly Row[]): RunsRead {
  const runs: Run[] = [];
  const uses = new Map<string, number>();
  for (const { value } of rows) {
    try {
      const { run, usedAt } = v.parse(runSchema, value);
      const known = {
        ...run,
        document: parseDocument(run.document),
        // A code of another version is a word that is shown, and no more.
        error: run.error as EngineErrorData | null,
      };
      runs.push(newRun(known));
      uses.set(run.id, usedAt);
    } catch {
      // Counted below, and kept.
    }
  }
  return {
    runs: runs.sort((a, b) => b.startedAt - a.startedAt),
    uses,
    damaged: rows.length - runs.length,
  };
}

const useSchema = v.object({ run: v.object({ id: v.string() }), usedAt: v.number(), artefactBytes: v.number() });

/** When runs were used last and what they weigh, without reading all that is in them. */
export function readUses(rows: readonly Row[]): readonly RunUse[] {
  return rows.flatMap(({ key, value }) => {
    const parsed = v.safeParse(useSchema, value);
    return parsed.success ? [{ id: key, usedAt: parsed.output.usedAt, bytes: parsed.output.artefactBytes }] : [];
  });
}

const artefactSchema = v.object({ bytes: v.instance(Uint8Array), sha256: v.string() });

export function readArtefact(value: unknown): Run["artefact"] {
  const parsed = v.safeParse(artefactSchema, value);
  return parsed.success ? parsed.output : null;
}

const shape = v.array(v.number());
const factsSchema = v.variant("kind", [
  v.object({
    kind: v.literal("network"),
    name: v.string(),
    parameters: v.number(),
    inputShape: shape,
    outputs: v.number(),
  }),
  v.object({
    kind: v.literal("dataset"),
    name: v.string(),
    shape,
    classes: v.number(),
    train: v.number(),
    test: v.number(),
  }),
]);

export function readFacts(rows: readonly Row[]): Readonly<Record<string, SourceFacts>> {
  const read = rows.flatMap(({ key, value }) => {
    const parsed = v.safeParse(factsSchema, value);
    return parsed.success ? [[key, parsed.output] as const] : [];
  });
  return Object.fromEntries(read);
}
