/** The figures as the studio's own methods computed them (`scripts/make-figures.ts`). */
import figures from "./figures.json";

export const granularityKinds = ["weights", "groups", "blocks", "channels", "filters"] as const;
export type GranularityKind = (typeof granularityKinds)[number];

export const scheduleKinds = ["oneShot", "linear", "geometric", "agp"] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

const { shape, kinds } = figures.granularity;
const [height = 0, width = 0, slices = 0, filters = 0] = shape;

/** Edge of a weight's square, and the room between slices and filters, in edges. */
const square = 0.86;
const gap = 0.7;

export const granularitySize = {
  width: filters * (width + gap) - gap,
  height: slices * (height + gap) - gap,
};

/**
 * Squares of the weights of a kernel `[height, width, slices, filters]` that stay, or that are gone, as one path: filters
 * side by side, their slices below each other.
 */
export function granularityPath(kind: GranularityKind, stays: boolean): string {
  const wanted = stays ? "1" : "0";
  let path = "";
  let i = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let slice = 0; slice < slices; slice++) {
        for (let filter = 0; filter < filters; filter++) {
          if (kinds[kind].kept[i++] !== wanted) continue;
          const left = (filter * (width + gap) + x).toFixed(2);
          const top = (slice * (height + gap) + y).toFixed(2);
          path += `M${left} ${top}h${square}v${square}h-${square}z`;
        }
      }
    }
  }
  return path;
}

export const granularityCounts = (kind: GranularityKind) => {
  const { kept } = kinds[kind];
  return { all: kept.length, removed: kept.replaceAll("1", "").length };
};

/** Steps of the clip, and after each decision its step and the sparsity that is reached. */
export const scheduleSteps = figures.schedule.steps;
export const scheduleStair = (kind: ScheduleKind): readonly (readonly number[])[] => figures.schedule.kinds[kind];
