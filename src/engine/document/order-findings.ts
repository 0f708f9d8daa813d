/** Findings that come of the order of clips: pruning after quantizing, nothing that recovers, normalization that is gone. */
import { blockMeta, isBlockId } from "../blocks/catalog";
import { type Clip, clipEnd, type TimelineDocument } from "./document";
import { type ClipCheck, type Finding, finding, has, ruled, setting } from "./finding";
import { isBefore, type Placed } from "./schedule";

const trainsAfter = (clip: Clip, document: TimelineDocument) =>
  document.clips.some((c) => c !== clip && c.steps > 0 && clipEnd(c) > clip.start);

/** Who comes before whom, and what that costs. */
export const order: ClipCheck = (clip, meta, document) => {
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
    const few = ruled(clip, "few").find(({ value, rule }) => value <= rule.needsTraining);
    if (few && !trainsAfter(clip, document)) {
      const bits = few.value;
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
  for (const flat of ruled(clip, "flat").filter(({ value, rule }) => value >= rule.from)) {
    const low = document.clips.find(
      (c) => c.start < clipEnd(clip) && ruled(c, "few").some(({ value, rule }) => value <= rule.coarse),
    );
    if (low) {
      found.push(
        finding(
          "hint",
          "hot-labels-few-bits",
          clip,
          `a ${flat.name} of ${flat.rule.from} or more and so few bits: soft labels are flatter than such a network can follow`,
          `lower the ${flat.name} to ${flat.rule.mild} at most`,
          { other: low.id, parameter: flat.name, mild: flat.rule.mild },
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
export const normalization: ClipCheck = (clip, meta, document) => {
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
