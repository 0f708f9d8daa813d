/**
 * What is wrong or doubtful about a document, clip by clip, each with its cure. Errors keep it from running. Light: the
 * page shows the findings live. Codes and details let it say them in its language; the texts here are English.
 */
import type { BlockMeta, Role } from "../blocks/block";
import { blockMeta, isBlockId } from "../blocks/catalog";
import { paramProblem } from "../blocks/params";
import { EngineError, type EngineErrorCode, type ErrorDetails } from "../core/errors";
import { isBuildId } from "../zoo/build-ids";
import { type Clip, clipEnd, type TimelineDocument } from "./document";
import { isBefore, mostLivePoints, type Placed, pointInterval } from "./schedule";

export type Severity = "error" | "warning" | "hint";
export type FindingCode =
  | "unknown-block"
  | "unknown-network"
  | "duplicate-id"
  | "invalid-params"
  | "needs-length"
  | "needs-instant"
  | "schedule-needs-length"
  | "missing-teacher"
  | "unused-teacher"
  | "teacher-unknown-clip"
  | "teacher-not-ready"
  | "teacher-unsupported"
  | "prune-after-quantize"
  | "normalization-folded"
  | "quantize-without-recovery"
  | "prune-without-recovery"
  | "hot-labels-few-bits"
  | "gap"
  | "many-points"
  | "too-many-samples"
  | "model-discards"
  | "untrained-source";

export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  /** Absent where the finding is of the whole document. */
  readonly clipId?: string;
  readonly message: string;
  readonly cure: string;
  readonly details?: ErrorDetails;
}

type ClipCheck = (clip: Clip, meta: BlockMeta, document: TimelineDocument) => Finding[];

const finding = (
  severity: Severity,
  code: FindingCode,
  clip: Clip | undefined,
  message: string,
  cure: string,
  details?: ErrorDetails,
): Finding => ({
  severity,
  code,
  ...(clip ? { clipId: clip.id } : {}),
  message,
  cure,
  ...(details ? { details } : {}),
});

const has = (clip: Clip, ...roles: readonly Role[]): boolean =>
  isBlockId(clip.block) && roles.some((role) => blockMeta(clip.block).roles.includes(role));
const setting = (clip: Clip, meta: BlockMeta, name: string) => clip.params[name] ?? meta.params[name]?.default;

const lengths: ClipCheck = (clip, meta) => {
  if (meta.length === "span" && clip.steps === 0) {
    return [
      finding(
        "error",
        "needs-length",
        clip,
        `${meta.id} expected a length, got 0 steps`,
        "stretch the clip, or set steps",
      ),
    ];
  }
  if (meta.length === "instant" && clip.steps > 0) {
    return [
      finding(
        "error",
        "needs-instant",
        clip,
        `${meta.id} expected an instant, got ${clip.steps} steps`,
        "set steps to 0",
      ),
    ];
  }
  if (clip.steps === 0 && "schedule" in meta.params && setting(clip, meta, "schedule") !== "one-shot") {
    const schedule = String(setting(clip, meta, "schedule"));
    return [
      finding(
        "error",
        "schedule-needs-length",
        clip,
        `schedule ${schedule} expected a clip with length, got an instant`,
        "give the clip steps, or choose schedule one-shot",
      ),
    ];
  }
  return [];
};

const params: ClipCheck = (clip, meta) => {
  const known = Object.keys(meta.params);
  return Object.entries(clip.params).flatMap(([name, value]) => {
    const param = meta.params[name];
    const problem =
      Object.hasOwn(meta.params, name) && param
        ? paramProblem(name, param, value)
        : `expected parameters among ${known.join(", ")}, got '${name}'`;
    return problem
      ? [finding("error", "invalid-params", clip, problem, "correct the parameter", { parameter: name })]
      : [];
  });
};

const teachers: ClipCheck = (clip, meta, document) => {
  if (!meta.needs.teacher) {
    return clip.teacher === undefined
      ? []
      : [
          finding(
            "warning",
            "unused-teacher",
            clip,
            `${meta.id} has no teacher, got '${clip.teacher}'`,
            "remove the teacher",
          ),
        ];
  }
  if (clip.teacher === undefined) {
    return [
      finding(
        "error",
        "missing-teacher",
        clip,
        `${meta.id} expected a teacher, got none`,
        "choose original, after:<clip> or zoo:<id>",
      ),
    ];
  }
  if (clip.teacher === "peer" || clip.teacher === "self") {
    return [
      finding(
        "error",
        "teacher-unsupported",
        clip,
        `${meta.id} expected a frozen teacher, got '${clip.teacher}'`,
        "choose original, after:<clip> or zoo:<id>",
      ),
    ];
  }
  if (!clip.teacher.startsWith("after:")) return [];
  const id = clip.teacher.slice("after:".length);
  const source = document.clips.find((c) => c.id === id);
  if (!source) {
    return [
      finding(
        "error",
        "teacher-unknown-clip",
        clip,
        `expected a clip '${id}' to be taught by, got none of that id`,
        "choose a clip that exists",
        { teacher: id },
      ),
    ];
  }
  if (source === clip || clipEnd(source) > clip.start) {
    return [
      finding(
        "error",
        "teacher-not-ready",
        clip,
        `expected clip '${id}' to be over by step ${clip.start}, got its end at ${clipEnd(source)}`,
        "start later, or choose another teacher",
        { teacher: id },
      ),
    ];
  }
  return [];
};

const samples: ClipCheck = (clip, _, document) =>
  clip.samples !== undefined && document.dataset.train !== undefined && clip.samples > document.dataset.train
    ? [
        finding(
          "error",
          "too-many-samples",
          clip,
          `samples expected at most the document's ${document.dataset.train} training images, got ${clip.samples}`,
          "use fewer samples, or raise dataset.train",
        ),
      ]
    : [];

const trainsAfter = (clip: Clip, document: TimelineDocument) =>
  document.clips.some((c) => c !== clip && c.steps > 0 && clipEnd(c) > clip.start);

const order: ClipCheck = (clip, meta, document) => {
  const found: Finding[] = [];
  const placed = (c: Clip): Placed => ({ clip: c, place: document.clips.indexOf(c) });
  const over = document.clips.filter((c) => c !== clip && isBefore(placed(c), placed(clip)));
  if (has(clip, "prune")) {
    const quantizer = over.find((c) => has(c, "quantize"));
    if (quantizer) {
      found.push(
        finding(
          "warning",
          "prune-after-quantize",
          clip,
          `prunes after '${quantizer.id}' has quantized: scores are read from rounded weights`,
          "prune first, then quantize",
          { other: quantizer.id },
        ),
      );
    }
    if (clip.steps === 0 && !trainsAfter(clip, document)) {
      found.push(
        finding(
          "hint",
          "prune-without-recovery",
          clip,
          "nothing trains after this pruning",
          "add a fine-tune or a distillation clip behind it",
        ),
      );
    }
  }
  if (has(clip, "quantize") && clip.steps === 0) {
    const bits = Number(setting(clip, meta, "wBits"));
    if (bits <= 3 && !trainsAfter(clip, document)) {
      found.push(
        finding(
          "hint",
          "quantize-without-recovery",
          clip,
          `${bits}-bit weights lose much without training`,
          "train with fake quantization instead, or let a clip train behind it",
          { bits },
        ),
      );
    }
  }
  if (has(clip, "distill") && Number(setting(clip, meta, "temperature")) >= 5) {
    const low = document.clips.find(
      (c) => has(c, "quantize") && Number(c.params["wBits"] ?? 8) <= 2 && c.start < clipEnd(clip),
    );
    if (low) {
      found.push(
        finding(
          "hint",
          "hot-labels-few-bits",
          clip,
          "a temperature of 5 or more and 2-bit weights: soft labels are flatter than such a network can follow",
          "lower the temperature to 1 to 4",
          { other: low.id },
        ),
      );
    }
  }
  if (
    has(clip, "model") &&
    document.clips.some((c) => has(c, "prune", "quantize") && (c.start < clip.start || over.includes(c)))
  ) {
    const used = document.clips.some((c) => c.teacher?.startsWith("after:") && c.start >= clip.start);
    if (!used) {
      found.push(
        finding(
          "warning",
          "model-discards",
          clip,
          "replaces the network that was compressed before, and nothing learns from it",
          "distil from the compressed network (teacher after:<clip>), or remove the earlier clips",
        ),
      );
    }
  }
  return found;
};

/** At one step instants come first, then the order in the document counts. */
function beginsBefore(a: Clip, b: Clip, { clips }: TimelineDocument): boolean {
  if (a.start !== b.start) return a.start < b.start;
  if ((a.steps === 0) !== (b.steps === 0)) return a.steps === 0;
  return clips.indexOf(a) < clips.indexOf(b);
}

/** A method that reads batch normalization has to be done with it before a quantizer folds it. */
const normalization: ClipCheck = (clip, meta, document) => {
  if (!meta.needs.batchNorm) return [];
  const placed = (c: Clip): Placed => ({ clip: c, place: document.clips.indexOf(c) });
  const decidesOnce = "schedule" in meta.params && setting(clip, meta, "schedule") === "one-shot";
  const folding = document.clips.find((c) => {
    if (c === clip || !isBlockId(c.block) || isBefore(placed(clip), placed(c))) return false;
    // One that decides once, at its start, is done with it then.
    if (decidesOnce && !beginsBefore(c, clip, document)) return false;
    const { traits, params: schema } = blockMeta(c.block);
    return (
      traits.foldsBatchNorm === true && (!("foldBn" in schema) || setting(c, blockMeta(c.block), "foldBn") === "start")
    );
  });
  return folding
    ? [
        finding(
          "error",
          "normalization-folded",
          clip,
          `${meta.id} expected batch normalization for its decisions, got '${folding.id}', which folds it at its start`,
          "quantize after it, or let the quantizer fold in the file only",
          { other: folding.id },
        ),
      ]
    : [];
};

const clipChecks: readonly ClipCheck[] = [lengths, params, teachers, samples, order, normalization];

/** Stretches that no clip with length covers, between two that do. */
function gaps(document: TimelineDocument): Finding[] {
  const spans = document.clips.filter((c) => c.steps > 0).sort((a, b) => a.start - b.start);
  const found: Finding[] = [];
  let reached = 0;
  for (const span of spans) {
    if (span.start > reached) {
      found.push(
        finding(
          "hint",
          "gap",
          undefined,
          `nothing trains from step ${reached} to ${span.start}`,
          "move the clips together, or cover the steps with a fine-tune clip",
          { from: reached, to: span.start },
        ),
      );
    }
    reached = Math.max(reached, clipEnd(span));
  }
  return found;
}

/** More points than a run measures and a chart can show. */
function points(document: TimelineDocument): Finding[] {
  const { evaluateEvery } = document;
  const interval = pointInterval(document);
  return interval === evaluateEvery
    ? []
    : [
        finding(
          "hint",
          "many-points",
          undefined,
          `evaluateEvery expected at most ${mostLivePoints} points, got one every ${evaluateEvery} steps; ` +
            `the run takes one every ${interval}`,
          `set evaluateEvery to ${interval}`,
          { every: evaluateEvery, interval, most: mostLivePoints },
        ),
      ];
}

function source(document: TimelineDocument): Finding[] {
  const { source: from } = document.model;
  if (!from.startsWith("build:")) return [];
  const id = from.slice("build:".length);
  if (!isBuildId(id)) {
    return [
      finding(
        "error",
        "unknown-network",
        undefined,
        `model.source expected a network that can be built, got '${id}'`,
        "see the list of networks",
        { id },
      ),
    ];
  }
  return document.clips.some((c) => c.steps > 0)
    ? []
    : [
        finding(
          "warning",
          "untrained-source",
          undefined,
          `'${from}' is untrained and no clip trains it`,
          "start from zoo:<id>, or add a fine-tune clip",
        ),
      ];
}

/** Errors first, then warnings and hints, each in clip order. */
export function validate(document: TimelineDocument): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  for (const clip of document.clips) {
    if (seen.has(clip.id)) {
      found.push(
        finding(
          "error",
          "duplicate-id",
          clip,
          `expected clip ids to differ, got '${clip.id}' twice`,
          "rename one of the clips",
        ),
      );
    }
    seen.add(clip.id);
    if (!isBlockId(clip.block)) {
      found.push(
        finding(
          "error",
          "unknown-block",
          clip,
          `expected a known block, got '${clip.block}'`,
          "see the list of blocks",
          { block: clip.block },
        ),
      );
      continue;
    }
    const meta = blockMeta(clip.block);
    found.push(...clipChecks.flatMap((check) => check(clip, meta, document)));
  }
  found.push(...source(document), ...gaps(document), ...points(document));
  const rank = { error: 0, warning: 1, hint: 2 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Findings that are errors under a code of their own; the others are `invalid-document`. */
const errorCodes: Partial<Record<FindingCode, EngineErrorCode>> = {
  "unknown-block": "unknown-block",
  "unknown-network": "unknown-model",
  "invalid-params": "invalid-params",
  "missing-teacher": "missing-teacher",
};

/** @throws EngineError for the first error that `validate` finds */
export function assertValid(document: TimelineDocument): void {
  const error = validate(document).find((f) => f.severity === "error");
  if (!error) return;
  const where = error.clipId === undefined ? "" : `clip '${error.clipId}': `;
  throw new EngineError(errorCodes[error.code] ?? "invalid-document", `${where}${error.message}; ${error.cure}`, {
    clipId: error.clipId,
    details: { ...error.details, finding: error.code },
  });
}
