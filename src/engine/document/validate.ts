/**
 * What is wrong or doubtful about a document, clip by clip, each with its cure. Errors keep it from running. Light: the
 * page shows the findings live. Codes and details let it say them in its language; the texts here are English.
 */
import { blockMeta, isBlockId } from "../blocks/catalog";
import { paramProblem } from "../blocks/params";
import { EngineError, type EngineErrorCode } from "../core/errors";
import { type Clip, clipEnd, type TimelineDocument } from "./document";
import { type ClipCheck, type Finding, finding, type FindingCode, has, setting } from "./finding";
import { networkProblem } from "./networks";
import { normalization, order } from "./order-findings";
import { mostLivePoints, pointInterval } from "./schedule";

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
  return Object.entries(meta.params).flatMap(([name, param]) => {
    const instant = param.type === "choice" ? param.ofInstants : undefined;
    const value = String(setting(clip, meta, name));
    if (clip.steps > 0 || instant === undefined || value === instant) return [];
    return [
      finding(
        "error",
        "schedule-needs-length",
        clip,
        `${name} ${value} expected a clip with length, got an instant`,
        `give the clip steps, or choose ${name} ${instant}`,
        { parameter: name, instead: instant },
      ),
    ];
  });
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
  return reference(clip, clip.teacher, document);
};

/** Whether a network that a clip names will be there when it begins. */
function reference(clip: Clip, named: string, document: TimelineDocument): Finding[] {
  const problem = networkProblem(named);
  if (problem) {
    return [finding("error", "unknown-reference", clip, problem.message, problem.cure, { id: problem.id })];
  }
  if (!named.startsWith("after:")) return [];
  const id = named.slice("after:".length);
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
}

/** Networks that parameters name. */
const references: ClipCheck = (clip, meta, document) =>
  Object.entries(meta.params).flatMap(([name, param]) => {
    const named = setting(clip, meta, name);
    const isOne = param.type === "network" && typeof named === "string" && !paramProblem(name, param, named);
    return isOne ? reference(clip, named, document) : [];
  });

/** Bits of single layers: of blocks that have such a table, in the range of the parameter that they stand in for. */
const layerWidths: ClipCheck = (clip, meta) =>
  Object.entries(clip.layers ?? {}).flatMap(([layer, said]) =>
    (["wBits", "aBits"] as const).flatMap((name) => {
      const param = meta.byLayer?.[name];
      const bits = said[name];
      if (bits === undefined) return [];
      const problem = param
        ? paramProblem(`${name} of layer '${layer}'`, param, bits)
        : `${meta.id} has no ${name} by layer, got ${bits} for '${layer}'`;
      if (problem === undefined) return [];
      return [finding("error", "layer-width", clip, problem, "take it out", { layer, width: name, bits })];
    }),
  );

/** Two quantizers that train over the same steps would each move what the other one has put on its levels. */
const ownership: ClipCheck = (clip, _, document) => {
  if (clip.steps === 0 || !has(clip, "quantize")) return [];
  const place = document.clips.indexOf(clip);
  const other = document.clips.find(
    (c, at) =>
      at !== place &&
      c.steps > 0 &&
      has(c, "quantize") &&
      c.start < clipEnd(clip) &&
      clip.start < clipEnd(c) &&
      // It is said of the later one.
      (c.start < clip.start || (c.start === clip.start && at < place)),
  );
  if (!other) return [];
  return [
    finding(
      "error",
      "same-values",
      clip,
      `quantizes the same weights as '${other.id}' over the same steps`,
      `start at its end, step ${clipEnd(other)}, or remove one of them`,
      { other: other.id, step: clipEnd(other) },
    ),
  ];
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

const clipChecks: readonly ClipCheck[] = [
  lengths,
  params,
  teachers,
  references,
  layerWidths,
  ownership,
  samples,
  order,
  normalization,
];

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
  const problem = networkProblem(from);
  if (problem) {
    const { id, message, cure } = problem;
    return [finding("error", "unknown-network", undefined, `model.source ${message}`, cure, { id })];
  }
  if (!from.startsWith("build:")) return [];
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
  "unknown-reference": "unknown-model",
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
