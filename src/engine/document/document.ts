/**
 * The timeline document: what is saved, shared and undone. Plain JSON, versioned; never holds results. Light: the page
 * loads it.
 */
import * as v from "valibot";
import { EngineError } from "../core/errors";

export const documentVersion = 1;

const count = (min: number, max: number) =>
  v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(min), v.maxValue(max));
const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));

/** Far beyond any sensible run; keeps a hostile document from asking for a schedule of billions. */
export const maxSteps = 1_000_000;

const paramList = <const T extends v.GenericSchema>(entry: T) =>
  v.pipe(v.array(entry), v.maxLength(1000), v.readonly());
const layerName = text(200);

/** What a setting may be at all; whether the block takes it is for `validate` to say. */
const paramValue = v.union([
  v.number(),
  v.string(),
  v.boolean(),
  paramList(v.number()),
  paramList(layerName),
  paramList(v.pipe(v.strictTuple([layerName, layerName]), v.readonly())),
]);

const clipSchema = v.strictObject({
  id: v.pipe(text(64), v.regex(/^[^\s:.]+$/, "must not contain spaces, ':' or '.'")),
  block: text(64),
  /** Optimizer steps from the document's start. */
  start: count(0, maxSteps),
  /** Length in optimizer steps; 0 is an instant. */
  steps: count(0, maxSteps),
  params: v.optional(v.record(v.string(), paramValue), {}),
  /** `original`, `after:<clip>`, `zoo:<id>`, `peer` or `self`; of distillers. */
  teacher: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(original|peer|self|after:.+|zoo:.+)$/, "must be original, after:<clip>, zoo:<id>, peer or self"),
    ),
  ),
  /** How many of the document's training images this clip may use; all by default. */
  samples: v.optional(count(1, 10_000_000)),
  /** What holds for single layers or channel groups, by id. */
  layers: v.optional(
    v.pipe(
      v.record(
        text(200),
        v.strictObject({
          /** Fraction removed here in place of the clip's `sparsity`. */
          sparsity: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999))),
          /** Units that stay, by their numbers at the clip's start. */
          keep: v.optional(v.pipe(v.array(count(0, 1_000_000)), v.maxLength(100_000))),
          /** Bits of the layer's kernel, and of what it reads, in place of a quantizer's own. */
          wBits: v.optional(count(2, 8)),
          aBits: v.optional(count(2, 8)),
        }),
      ),
      v.check((layers) => Object.keys(layers).length <= 2000, "must name at most 2,000 layers"),
    ),
  ),
});

export const optimizers = ["adam", "sgd"] as const;

const documentSchema = v.strictObject({
  version: v.literal(documentVersion),
  name: v.optional(v.pipe(v.string(), v.maxLength(200)), "Untitled"),
  seed: v.optional(count(0, 4_294_967_295), 0),
  dataset: v.strictObject({
    /** A name of the catalogue or `file:<path>`. */
    id: text(1000),
    /** Training images drawn by the seed; all by default. */
    train: v.optional(count(1, 10_000_000)),
    /** Test images at boundaries and at the end; all by default. */
    test: v.optional(count(1, 10_000_000)),
    /** What a network sees of a pixel in [0, 1]: itself, or `(pixel - mean) / std` of the train split. */
    normalize: v.optional(v.picklist(["none", "standardize"]), "none"),
  }),
  /** `zoo:<id>`, `build:<name>` or `file:<path>`. */
  model: v.strictObject({
    source: v.pipe(text(1000), v.regex(/^(zoo|build|file):.+/, "must be zoo:<id>, build:<name> or file:<path>")),
  }),
  training: v.optional(
    v.strictObject({
      optimizer: v.optional(v.picklist(optimizers), "adam"),
      learningRate: v.optional(v.pipe(v.number(), v.minValue(1e-7), v.maxValue(10)), 0.001),
      learningRateSchedule: v.optional(v.picklist(["constant", "cosine", "linear", "step"]), "cosine"),
      momentum: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), 0.9),
      batchSize: v.optional(count(1, 1024), 64),
    }),
    {},
  ),
  /** Steps between points while training. */
  evaluateEvery: v.optional(count(1, maxSteps), 100),
  /** Test images of the points between boundaries. */
  liveTest: v.optional(count(1, 10_000_000), 1000),
  /** Batches for new moving statistics after a one-shot pruning; 0 is off. */
  bnRecalibrationBatches: v.optional(count(0, 1000), 20),
  clips: v.pipe(v.array(clipSchema), v.maxLength(200)),
});

export type TimelineDocument = Readonly<v.InferOutput<typeof documentSchema>>;
export type Clip = Readonly<v.InferOutput<typeof clipSchema>>;
export type TrainingSettings = TimelineDocument["training"];

/** The step after the last one. */
export const clipEnd = (clip: Pick<Clip, "start" | "steps">): number => clip.start + clip.steps;
export const documentEnd = (document: TimelineDocument): number =>
  document.clips.reduce((end, clip) => Math.max(end, clipEnd(clip)), 0);

/**
 * A document from untrusted JSON, defaults filled in.
 * @throws EngineError `newer-version`, or `invalid-document` naming the field, what was expected and what came
 */
export function parseDocument(raw: unknown): TimelineDocument {
  const version: unknown = typeof raw === "object" && raw !== null && "version" in raw ? raw.version : undefined;
  if (typeof version === "number" && version > documentVersion) {
    throw new EngineError(
      "newer-version",
      `expected a document of version ${documentVersion}, got ${version}; open it with a newer studio`,
      { details: { expected: documentVersion, got: version } },
    );
  }
  const parsed = v.safeParse(documentSchema, raw);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = issue.path?.map(({ key }) => String(key)).join(".") ?? "document";
  throw new EngineError("invalid-document", `${path}: ${problemOf(issue)}`, {
    details: { path, expected: issue.expected ?? issue.message, got: issue.received },
  });
}

/** What was expected and what came, in words where the schema library has signs only. */
function problemOf({ type, expected, received, message }: v.BaseIssue<unknown>): string {
  if (type === "strict_object" && expected === "never") return `expected no such field, got ${received}`;
  if (type === "strict_object" && received === "undefined") return "expected a value, got none";
  if (type === "min_length" || type === "max_length") return `expected a length ${expected}, got ${received}`;
  return `${type === "regex" || expected === null ? message : `expected ${expected}`}, got ${received}`;
}

/** @throws EngineError `invalid-document` where the text is not JSON */
export function parseDocumentText(json: string): TimelineDocument {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (error) {
    throw new EngineError(
      "invalid-document",
      `expected JSON, got ${error instanceof Error ? error.message : "other text"}`,
    );
  }
  return parseDocument(raw);
}

/** The document inside a file; null where there is none, or one that this studio does not read: the network is still good. */
export function documentInside(raw: unknown): TimelineDocument | null {
  try {
    return raw === undefined ? null : parseDocument(raw);
  } catch {
    return null;
  }
}

/** JSON with the keys of every object sorted: the same document gives the same text. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What the document's hash is taken of: everything but its name and the clips' ids, which change nothing. */
export function hashableJson({ name: _name, ...document }: TimelineDocument): string {
  const place = new Map(document.clips.map((clip, i) => [`after:${clip.id}`, `after:#${i}`]));
  const clips = document.clips.map(({ id: _id, teacher, ...clip }) => ({
    ...clip,
    ...(teacher === undefined ? {} : { teacher: place.get(teacher) ?? teacher }),
  }));
  return sortedJson({ ...document, clips });
}
