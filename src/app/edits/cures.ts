/** What mends a finding at one press: edits that leave a document without it. Where a choice is the person's there is none. */
import type { LayerWidth } from "../../engine/blocks/block";
import { blockMeta, isBlockId } from "../../engine/blocks/catalog";
import type { Finding } from "../../engine/document/finding";
import { type Clip, clipEnd, documentEnd, type TimelineDocument } from "../../engine/document/document";
import {
  addClip,
  clipOf,
  type Edit,
  hasRole,
  moveClip,
  removeClip,
  resetParam,
  setParam,
  setSamples,
  setTeacher,
  usualSteps,
} from "./clip-edits";
import { setLayerWidth } from "./layer-edits";
import { setFields } from "./document-edits";

/** Under `do-<key>` in the catalogue's area `findings`. */
export type CureKey =
  | "remove"
  | "rename"
  | "reset"
  | "lengthen"
  | "instant"
  | "one-shot"
  | "original"
  | "no-teacher"
  | "start-at"
  | "quantize-after"
  | "fold-in-file"
  | "fine-tune"
  | "temperature"
  | "close-gap"
  | "fewer-points"
  | "fewer-samples"
  | "teach-compressed";

export interface Cure {
  readonly key: CureKey;
  readonly values?: Readonly<Record<string, number>>;
  readonly edit: Edit;
}

const change =
  (id: string, fields: Partial<Clip>): Edit =>
  (document) => ({
    ...document,
    clips: document.clips.map((clip) => (clip.id === id ? { ...clip, ...fields } : clip)),
  });

const remove = (id: string): Cure => ({ key: "remove", edit: removeClip(id) });
const original = (id: string): Cure => ({ key: "original", edit: setTeacher(id, "original") });

/** To the timeline's end where that is ahead, else as long as a new clip. */
function lengthen({ id, start }: Clip, document: TimelineDocument): Cure {
  const steps = Math.max(0, documentEnd(document) - start) || usualSteps;
  return { key: "lengthen", values: { steps }, edit: change(id, { steps }) };
}

/** A fine-tuning clip from a step on; without a length it is as long as any new clip. */
const fineTune = (start: number, steps?: number): Cure => ({
  key: "fine-tune",
  edit: (document) => {
    const added = addClip(document, "train.fine-tune", start);
    return steps === undefined ? added.document : change(added.id, { steps })(added.document);
  },
});

/** Later clips of a name that is taken get one of their own. */
const renameLater =
  (id: string): Edit =>
  (document) => {
    const taken = new Set(document.clips.map((clip) => clip.id));
    const fresh = (n: number): string => (taken.has(`${id}-${n}`) ? fresh(n + 1) : `${id}-${n}`);
    let seen = false;
    const clips = document.clips.map((clip) => {
      if (clip.id !== id) return clip;
      if (!seen) {
        seen = true;
        return clip;
      }
      const name = fresh(2);
      taken.add(name);
      return { ...clip, id: name };
    });
    return { ...document, clips };
  };

/** The quantizer begins where the pruner ends; where both are instants it also stands behind it. */
const quantizeAfter =
  (prune: Clip, quantizer: string): Edit =>
  (document) => {
    const moved = moveClip(quantizer, clipEnd(prune))(document);
    const clip = clipOf(moved, quantizer);
    if (!clip) return document;
    const others = moved.clips.filter((other) => other !== clip);
    const place = others.findIndex(({ id }) => id === prune.id) + 1;
    return { ...moved, clips: others.toSpliced(place, 0, clip) };
  };

/** What begins behind a gap begins at its start; instants inside it come with it. */
const closeGap =
  (from: number, to: number): Edit =>
  (document) => ({
    ...document,
    clips: document.clips.map((clip) =>
      clip.start <= from ? clip : { ...clip, start: Math.max(from, clip.start - (to - from)) },
    ),
  });

/** The network that was compressed before a clip teaches the first distiller after it. */
function teachCompressed(replace: Clip, { clips }: TimelineDocument): Cure[] {
  const compressed = clips.findLast((clip) => hasRole(clip, "prune", "quantize") && clipEnd(clip) <= replace.start);
  const distiller = clips.find((clip) => hasRole(clip, "distill") && clip.start >= replace.start);
  return compressed && distiller
    ? [{ key: "teach-compressed", edit: setTeacher(distiller.id, `after:${compressed.id}`) }]
    : [];
}

/** The quantizer keeps normalization where it can, else comes later. */
function foldingCures(prune: Clip, quantizer: string, document: TimelineDocument): Cure[] {
  const block = clipOf(document, quantizer)?.block;
  const keeps = block !== undefined && isBlockId(block) && "foldBn" in blockMeta(block).params;
  return [
    ...(keeps ? [{ key: "fold-in-file" as const, edit: setParam(quantizer, "foldBn", "file") }] : []),
    { key: "quantize-after", edit: quantizeAfter(prune, quantizer) },
  ];
}

/** Parameters that name a network of that id have their defaults again. */
const resetReferences = ({ id, params }: Clip, network: string): Cure[] =>
  Object.entries(params)
    .filter(([, value]) => value === `zoo:${network}` || value === `build:${network}`)
    .map(([name]) => ({ key: "reset", edit: resetParam(id, name) }));

const numberIn = ({ details }: Finding, name: string): number => Number(details?.[name]);
const textIn = ({ details }: Finding, name: string): string => String(details?.[name]);

/** Best first. */
export function curesOf(finding: Finding, document: TimelineDocument): readonly Cure[] {
  if (finding.code === "gap") {
    const [from, to] = [numberIn(finding, "from"), numberIn(finding, "to")];
    return [{ key: "close-gap", edit: closeGap(from, to) }, fineTune(from, to - from)];
  }
  if (finding.code === "many-points") {
    const interval = numberIn(finding, "interval");
    return [{ key: "fewer-points", values: { interval }, edit: setFields({ evaluateEvery: interval }) }];
  }
  if (finding.code === "untrained-source") return [fineTune(0)];
  const clip = clipOf(document, finding.clipId ?? null);
  return clip ? clipCures(finding, clip, document) : [];
}

function clipCures(finding: Finding, clip: Clip, document: TimelineDocument): readonly Cure[] {
  const { id } = clip;
  switch (finding.code) {
    case "unknown-block":
      return [remove(id)];
    case "duplicate-id":
      return [{ key: "rename", edit: renameLater(id) }];
    case "invalid-params":
      return [{ key: "reset", edit: resetParam(id, textIn(finding, "parameter")) }];
    case "needs-length":
      return [lengthen(clip, document)];
    case "needs-instant":
      return [{ key: "instant", edit: change(id, { steps: 0 }) }];
    case "schedule-needs-length":
      return [
        { key: "one-shot", edit: setParam(id, textIn(finding, "parameter"), textIn(finding, "instead")) },
        lengthen(clip, document),
      ];
    case "unknown-reference":
      return clip.teacher === `zoo:${textIn(finding, "id")}`
        ? [original(id)]
        : resetReferences(clip, textIn(finding, "id"));
    case "layer-width":
      return [
        {
          key: "reset",
          edit: setLayerWidth(id, textIn(finding, "layer"), textIn(finding, "width") as LayerWidth, undefined),
        },
      ];
    case "same-values": {
      const step = numberIn(finding, "step");
      return [{ key: "start-at", values: { step }, edit: moveClip(id, step) }, remove(id)];
    }
    case "missing-teacher":
    case "teacher-unknown-clip":
    case "teacher-unsupported":
      return [original(id)];
    case "unused-teacher":
      return [{ key: "no-teacher", edit: setTeacher(id, undefined) }];
    case "teacher-not-ready": {
      const teacher = clipOf(document, textIn(finding, "teacher"));
      if (!teacher || teacher === clip) return [original(id)];
      const step = clipEnd(teacher);
      return [original(id), { key: "start-at", values: { step }, edit: moveClip(id, step) }];
    }
    case "prune-after-quantize":
      return [{ key: "quantize-after", edit: quantizeAfter(clip, textIn(finding, "other")) }];
    case "normalization-folded":
      return foldingCures(clip, textIn(finding, "other"), document);
    case "quantize-without-recovery":
    case "prune-without-recovery":
      return [fineTune(clip.start)];
    case "hot-labels-few-bits": {
      const temperature = numberIn(finding, "mild");
      return [
        { key: "temperature", values: { temperature }, edit: setParam(id, textIn(finding, "parameter"), temperature) },
      ];
    }
    case "too-many-samples": {
      const samples = document.dataset.train;
      return samples === undefined
        ? []
        : [{ key: "fewer-samples", values: { samples }, edit: setSamples(id, samples) }];
    }
    case "model-discards":
      return [...teachCompressed(clip, document), remove(id)];
    case "unknown-network":
    case "untrained-source":
    case "gap":
    case "many-points":
      return [];
  }
}
