/** The columns of a table of points, as the command line and the page write it. Light: the page loads it. */
import type { Point } from "../run/measure";

export const pointColumns = [
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
