/**
 * Which of the survey's combinations a document carries out, told from how its clips lie to each other in time and who
 * teaches whom (Ning et al. 2024, section 2). Light: the page names the combination while the user drags.
 */
import type { CombinationId } from "#survey/combinations";
import type { BlockMeta, Role } from "../blocks/block";
import { blockMeta, isBlockId } from "../blocks/catalog";
import type { TimelineDocument } from "./document";
import { isBefore, type Placed as PlacedClip } from "./schedule";

export interface Placed extends PlacedClip {
  readonly meta: BlockMeta;
}

const overlap = (a: Placed, b: Placed): boolean => !isBefore(a, b) && !isBefore(b, a);

/** Where a distiller's teacher comes from, seen from a compression step: made before it, by it, or separately. */
function teacherOf(
  distiller: Placed,
  compressor: Placed,
  all: readonly Placed[],
): "before" | "compressed" | "separate" {
  const teacher = distiller.clip.teacher ?? "original";
  if (teacher === "peer" || teacher.startsWith("zoo:")) return "separate";
  if (!teacher.startsWith("after:")) return "before";
  const source = all.find(({ clip }) => `after:${clip.id}` === teacher);
  if (!source) return "before";
  return source === compressor || isBefore(compressor, source) ? "compressed" : "before";
}

/** A model clip between a compression step and a distiller: the student is not the compressed network. */
const studentIsNew = (distiller: Placed, compressor: Placed, models: readonly Placed[]): boolean =>
  models.some((m) => isBefore(compressor, m) && isBefore(m, distiller));

/** Sequential code of "compress, then distil": who teaches and who learns. */
function afterwards(
  distiller: Placed,
  compressor: Placed,
  models: readonly Placed[],
  all: readonly Placed[],
): "a1" | "a2" | "a3" | undefined {
  const teacher = teacherOf(distiller, compressor, all);
  if (studentIsNew(distiller, compressor, models)) return teacher === "compressed" ? "a1" : undefined;
  return teacher === "separate" ? "a3" : "a2";
}

function pruneDistill(
  p: readonly Placed[],
  k: readonly Placed[],
  models: readonly Placed[],
  all: readonly Placed[],
): CombinationId[] {
  const found: CombinationId[] = [];
  for (const prune of p) {
    const before = k.filter((d) => isBefore(d, prune));
    const after = k.filter((d) => isBefore(prune, d));
    for (const d of k.filter((other) => overlap(prune, other))) {
      found.push(teacherOf(d, prune, all) === "separate" ? "pk-c2" : "pk-c1");
    }
    if (before.length > 0 && after.length > 0) {
      found.push("pk-d");
      continue;
    }
    if (before.length > 0) found.push("pk-b");
    for (const d of after) {
      const code = afterwards(d, prune, models, all);
      if (code) found.push(`pk-${code}`);
    }
  }
  return found;
}

function quantizeDistill(
  q: readonly Placed[],
  k: readonly Placed[],
  models: readonly Placed[],
  all: readonly Placed[],
): CombinationId[] {
  const found: CombinationId[] = [];
  for (const quantize of q) {
    for (const d of k) {
      if (isBefore(d, quantize)) continue;
      // A: a quantized network exists before the distillation begins; B: the quantizer is learned under its loss.
      if (!isBefore(quantize, d) && quantize.clip.start >= d.clip.start) {
        found.push("qk-b");
        continue;
      }
      const code = afterwards(d, quantize, models, all);
      if (code) found.push(`qk-${code}`);
    }
  }
  return found;
}

function pruneQuantize(p: readonly Placed[], q: readonly Placed[]): CombinationId[] {
  const found: CombinationId[] = [];
  const precisions = { fixed: 1, dynamic: 2, discrete: 3 } as const;
  for (const prune of p) {
    for (const quantize of q) {
      // The survey has no "quantize, then prune"; `validate` warns of it.
      if (prune !== quantize && isBefore(quantize, prune)) continue;
      const g = prune.meta.traits.granularity === "structured" ? 2 : 1;
      const n = precisions[quantize.meta.traits.precision ?? "fixed"];
      found.push(`pq-${prune === quantize || overlap(prune, quantize) ? "b" : "a"}-${g}-${n}`);
    }
  }
  return found;
}

/**
 * The combinations of a document: prune + distil, quantize + distil, prune + quantize, each once, in that order.
 * Clips of unknown blocks do not count.
 */
export function classify(document: Pick<TimelineDocument, "clips">): CombinationId[] {
  const all: Placed[] = document.clips.flatMap((clip, place) =>
    isBlockId(clip.block) ? [{ clip, meta: blockMeta(clip.block), place }] : [],
  );
  return combinationsOf(all);
}

/** The same of clips whose metadata is at hand. */
export function combinationsOf(all: readonly Placed[]): CombinationId[] {
  const withRole = (role: Role) => all.filter(({ meta }) => meta.roles.includes(role));
  const p = withRole("prune");
  const q = withRole("quantize");
  const k = withRole("distill");
  const models = withRole("model");
  const features = all.filter(({ meta }) => meta.quantizesInTraining === "features");
  return [
    ...new Set([
      ...pruneDistill(p, k, models, all),
      ...quantizeDistill([...q, ...features], k, models, all),
      ...pruneQuantize(p, q),
    ]),
  ];
}
