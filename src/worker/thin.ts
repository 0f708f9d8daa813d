/** Thinning series to what a chart can show. What is left are measured values, never averages. */
import type { LossChunk } from "#engine/run/losses";
import type { Point } from "#engine/run/measure";
import type { LossSeries } from "./protocol";

/** As many as a chart has pixels to tell apart. */
export const mostInMessage = 400;

/** `count` places out of `length`, evenly, the last among them; all where there are no more. */
export function evenPlaces(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, k) => Math.ceil(((k + 1) * length) / count) - 1);
}

/** All points of boundaries, and of those between as many as there is room for, the last among them. */
export function thinPoints(points: readonly Point[], most = mostInMessage): Point[] {
  if (points.length <= most) return [...points];
  const between = points.flatMap(({ clip }, i) => (clip === null ? [i] : []));
  const room = Math.max(1, most - (points.length - between.length));
  const kept = new Set(evenPlaces(between.length, room).map((k) => between[k]));
  return points.filter(({ clip }, i) => clip !== null || kept.has(i));
}

/** Consecutive chunks of one set of terms as one series, each thinned. */
export function lossSeries(chunks: readonly LossChunk[], most = mostInMessage): LossSeries[] {
  const groups: LossChunk[][] = [];
  for (const chunk of chunks) {
    const group = groups.at(-1);
    if (group && group[0]!.names.join("\n") === chunk.names.join("\n")) group.push(chunk);
    else groups.push([chunk]);
  }
  return groups.map((group) => joined(group, most));
}

function joined(group: readonly LossChunk[], most: number): LossSeries {
  const { names } = group[0]!;
  const all = group.flatMap((chunk) => Array.from(chunk.total, (_, place) => ({ chunk, place })));
  const kept = evenPlaces(all.length, most).map((i) => all[i]!);
  return {
    names,
    steps: Uint32Array.from(kept, ({ chunk, place }) => chunk.firstStep + place),
    total: Float32Array.from(kept, ({ chunk, place }) => chunk.total[place]!),
    parts: names.map((_, k) => Float32Array.from(kept, ({ chunk, place }) => chunk.parts[k]![place]!)),
  };
}
