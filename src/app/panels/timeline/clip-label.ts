/** A clip in words: its method, the parameters that tell most, and where it lies. */
import type { TFunction } from "i18next";
import type { ParamValue } from "../../../engine/blocks/params";
import { type Clip, clipEnd, type TimelineDocument } from "../../../engine/document/document";
import { metaOf, clipOf } from "../../edits/clip-edits";
import { blockName, paramWords } from "../../edits/clip-names";
import { formatNumber } from "../../i18n/format";
import type { Language } from "../../i18n/i18n";

type Words = TFunction<"timeline">;

interface Telling {
  readonly clip: Clip;
  readonly language: Language;
  readonly t: Words;
  /** Set on the clip, or the default; undefined where the block has no such parameter. */
  value(name: string): ParamValue | undefined;
}

type Part = (telling: Telling) => string | undefined;

const numberOf = (value: ParamValue | undefined): number | undefined => (typeof value === "number" ? value : undefined);

const sparsity: Part = ({ value, t }) => {
  const fraction = numberOf(value("sparsity"));
  if (fraction === undefined) return undefined;
  const percent = t("sparsity", { percent: formatNumber(100 * fraction, { maximumFractionDigits: 1 }) });
  const scope = value("scope");
  return scope === "global" || scope === "local" ? `${percent} ${t(`scope_${scope}`)}` : percent;
};

/** An instant has no schedule but one. */
const schedule: Part = ({ clip, value, t }) => {
  const name = value("schedule");
  if (clip.steps === 0) return undefined;
  return name === "one-shot" || name === "iterative" || name === "agp" ? t(`schedule_${name}`) : undefined;
};

const weightBits: Part = ({ value, t }) => {
  const bits = numberOf(value("wBits"));
  return bits === undefined ? undefined : t("weightBits", { bits });
};

/** 32 bits are none. */
const activationBits: Part = ({ value, t }) => {
  const bits = numberOf(value("aBits"));
  return bits === undefined || bits >= 32 ? undefined : t("activationBits", { bits });
};

const temperature: Part = ({ value, t }) => {
  const degrees = numberOf(value("temperature"));
  return degrees === undefined ? undefined : t("temperature", { value: formatNumber(degrees) });
};

/** By the word that the block has for the choice. */
const chosen =
  (name: string): Part =>
  ({ clip, value, language }) => {
    const choice = value(name);
    if (typeof choice !== "string") return undefined;
    return paramWords(clip.block, name)?.options?.[choice]?.[language] ?? choice;
  };

const learningRate: Part = ({ value, t }) => {
  const rate = numberOf(value("learningRate"));
  return rate === undefined
    ? undefined
    : t("learningRate", { value: formatNumber(rate, { maximumSignificantDigits: 3 }) });
};

const parts: readonly Part[] = [
  sparsity,
  schedule,
  weightBits,
  activationBits,
  temperature,
  chosen("network"),
  chosen("optimizer"),
  learningRate,
];

export function teacherText(
  teacher: string,
  document: Pick<TimelineDocument, "clips">,
  language: Language,
  t: Words,
): string {
  if (teacher === "original" || teacher === "peer" || teacher === "self") return t(`teacher_${teacher}`);
  const [kind, ...rest] = teacher.split(":");
  const id = rest.join(":");
  if (kind !== "after") return id;
  const source = document.clips.find((clip) => clip.id === id);
  return t("teacher_after", { clip: source ? blockName(source.block)[language] : id });
}

export interface ClipLabel {
  readonly name: string;
  /** The parameters that tell most, in order. */
  readonly details: readonly string[];
}

export function clipLabel(
  clip: Clip,
  document: Pick<TimelineDocument, "clips">,
  language: Language,
  t: Words,
): ClipLabel {
  const meta = metaOf(clip);
  const telling: Telling = {
    clip,
    language,
    t,
    value: (name) => (meta?.params[name] ? (clip.params[name] ?? meta.params[name].default) : undefined),
  };
  const details = parts.flatMap((part) => part(telling) ?? []);
  if (clip.teacher !== undefined) {
    details.push(t("taught", { teacher: teacherText(clip.teacher, document, language, t) }));
  }
  return { name: blockName(clip.block)[language], details };
}

/** `from step 0 to 500, 500 steps long` */
export function placeLabel(clip: Pick<Clip, "start" | "steps">, t: Words): string {
  if (clip.steps === 0) return t("placeInstant", { from: clip.start });
  return `${t("placeSpan", { from: clip.start, to: clipEnd(clip) })}, ${t("lengthSteps", { steps: clip.steps })}`;
}

/** The name of the clip of that id; the id itself where there is none. */
export function nameOfClip(id: string, document: TimelineDocument, language: Language): string {
  const clip = clipOf(document, id);
  return clip ? blockName(clip.block)[language] : id;
}
