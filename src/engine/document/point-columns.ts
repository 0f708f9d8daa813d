/** Points as a table, as the command line and the page write it. Light: the page loads it. */
import { isMetricId } from "../tasks/metrics/catalogue";
import { figureOf, figuresOf } from "../tasks/metrics/scores";
import type { Point } from "../run/measure";

const places = ["clip", "step"] as const;
const rest = [
  "testImages",
  "sizeBytes",
  "fileBytes",
  "compressionRatio",
  "parameters",
  "nonZero",
  "macs",
  "bops",
  "latencyMs",
] as const;

export interface PointTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null | undefined)[])[];
}

/** What the task scores stands behind the step, the main figure first, each under its id. */
export function pointTable(points: readonly Point[]): PointTable {
  const figures = [...new Set(points.flatMap((point) => figuresOf(point).map(([id]) => id)))];
  const columns = [...places, ...figures, ...rest];
  return {
    columns,
    rows: points.map((point) =>
      columns.map((column) => (isMetricId(column) ? figureOf(point, column) : point[column])),
    ),
  };
}
