/** The points of a run as a table for other programs: the columns and names that the command line writes. */
import type { Point } from "../stores/run-store";
import { toCsv } from "./csv";

const columns = [
  "clip",
  "step",
  "accuracy",
  "top5",
  "loss",
  "testImages",
  "sizeBytes",
  "fileBytes",
  "compressionRatio",
  "parameters",
  "nonZero",
  "macs",
  "bops",
  "latencyMs",
] as const satisfies readonly (keyof Point)[];

export const pointsCsv = (points: readonly Point[]): string =>
  toCsv(
    columns,
    points.map((point) => columns.map((column) => point[column])),
  );
