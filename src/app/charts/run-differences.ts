/** What one run's document has that another's has not: the name of a run, and the table of two side by side. */
import type { BlockMeta } from "../../engine/blocks/block";
import type { ParamValue } from "../../engine/blocks/params";
import type { Clip, TimelineDocument } from "../../engine/document/document";
import { shownParam } from "../edits/param-text";
import { metaOf } from "../edits/clip-edits";

export type Value = string | number | null;

/** Fields of a document outside its clips. */
export const fieldNames = [
  "model",
  "dataset",
  "train",
  "test",
  "normalize",
  "optimizer",
  "learningRate",
  "learningRateSchedule",
  "momentum",
  "batchSize",
  "seed",
  "evaluateEvery",
  "liveTest",
  "bnRecalibrationBatches",
] as const;
export type FieldName = (typeof fieldNames)[number];

export type Difference =
  | { readonly what: "field"; readonly field: FieldName; readonly from: Value; readonly to: Value }
  | { readonly what: "added" | "removed"; readonly block: string }
  | {
      readonly what: "parameter";
      readonly block: string;
      readonly parameter: string;
      readonly from: Value;
      readonly to: Value;
    }
  | {
      readonly what: "start" | "steps" | "teacher" | "samples";
      readonly block: string;
      readonly from: Value;
      readonly to: Value;
    }
  /** The same clips, one before the other where it was behind it. */
  | { readonly what: "order" };

/** What matters most comes first: the network and the data, then clips, then how it is trained. */
export function differences(from: TimelineDocument, to: TimelineDocument): readonly Difference[] {
  const fields = fieldNames.flatMap((field): Difference[] => {
    const [before, after] = [fieldOf(from, field), fieldOf(to, field)];
    return before === after ? [] : [{ what: "field", field, from: before, to: after }];
  });
  const pairs = pairClips(from.clips, to.clips);
  const found = [
    ...fields.filter(isSource),
    ...pairs.flatMap(([before, after]): Difference[] => {
      if (!before) return after ? [{ what: "added", block: after.block }] : [];
      return after ? [] : [{ what: "removed", block: before.block }];
    }),
    ...pairs.flatMap(([before, after]) => (before && after ? clipDifferences(before, after) : [])),
    ...fields.filter((difference) => !isSource(difference)),
  ];
  return found.length === 0 && isReordered(from.clips, pairs) ? [{ what: "order" }] : found;
}

const isSource = (difference: Difference): boolean =>
  difference.what === "field" && (difference.field === "model" || difference.field === "dataset");

export function fieldOf({ model, dataset, training, ...own }: TimelineDocument, field: FieldName): Value {
  switch (field) {
    case "model":
      return model.source;
    case "dataset":
      return dataset.id;
    case "train":
    case "test":
      return dataset[field] ?? null;
    case "normalize":
      return dataset.normalize;
    case "optimizer":
    case "learningRate":
    case "learningRateSchedule":
    case "momentum":
    case "batchSize":
      return training[field];
    case "seed":
    case "evaluateEvery":
    case "liveTest":
    case "bnRecalibrationBatches":
      return own[field];
  }
}

type Pair = readonly [before: Clip | null, after: Clip | null];

function isReordered(from: readonly Clip[], pairs: readonly Pair[]): boolean {
  const places = pairs.flatMap(([before]) => (before ? [from.indexOf(before)] : []));
  return places.some((place, i) => i > 0 && place < places[i - 1]!);
}

/** The same clip in both: by id, else the first of the same block that has no partner. */
function pairClips(from: readonly Clip[], to: readonly Clip[]): readonly Pair[] {
  const left = new Set(from);
  const partner = new Map<Clip, Clip>();
  const take = (fits: (before: Clip, after: Clip) => boolean): void => {
    for (const after of to) {
      if (partner.has(after)) continue;
      const before = [...left].find((clip) => clip.block === after.block && fits(clip, after));
      if (!before) continue;
      partner.set(after, before);
      left.delete(before);
    }
  };
  take((before, after) => before.id === after.id);
  take(() => true);
  return [
    ...to.map((clip) => [partner.get(clip) ?? null, clip] as const),
    ...[...left].map((clip) => [clip, null] as const),
  ];
}

function clipDifferences(before: Clip, after: Clip): Difference[] {
  const { block } = after;
  const meta = metaOf(after);
  const names = new Set([
    ...Object.keys(meta?.params ?? {}),
    ...Object.keys(before.params),
    ...Object.keys(after.params),
  ]);
  const parameters = [...names].flatMap((parameter): Difference[] => {
    const [from, to] = [valueOf(meta, before, parameter), valueOf(meta, after, parameter)];
    return from === to ? [] : [{ what: "parameter", block, parameter, from, to }];
  });
  const times = (["start", "steps", "samples"] as const).flatMap((what): Difference[] => {
    const [from, to] = [before[what] ?? null, after[what] ?? null];
    return from === to ? [] : [{ what, block, from, to }];
  });
  const [from, to] = [before.teacher ?? null, after.teacher ?? null];
  return [...parameters, ...(from === to ? [] : [{ what: "teacher", block, from, to } as const]), ...times];
}

/** A parameter that a document leaves out has its default. */
const valueOf = (meta: BlockMeta | null, clip: Clip, parameter: string): Value =>
  plainValue(clip.params[parameter] ?? meta?.params[parameter]?.default ?? null);

const plainValue = (value: ParamValue | null): Value =>
  value === null || typeof value === "number" ? value : shownParam(value);

/** More than these make no name. */
const mostInName = 3;

export interface NameParts {
  readonly shown: readonly Difference[];
  /** How many are left out. */
  readonly more: number;
}

/**
 * What a run is called: what differs from the run before it. By its document's name where it is the first, or has
 * another name, network or data than the one before: then it is another undertaking.
 */
export function nameParts(
  document: TimelineDocument,
  before: TimelineDocument | undefined,
): NameParts | "name" | "again" {
  if (!before || document.name !== before.name) return "name";
  const found = differences(before, document);
  if (found.some(isSource)) return "name";
  if (found.length === 0) return "again";
  return { shown: found.slice(0, mostInName), more: Math.max(0, found.length - mostInName) };
}
