/** The points of a run as a table for other programs: the columns and names that the command line writes. */
import { pointColumns } from "../../engine/document/point-columns";
import type { Point } from "../stores/run-store";
import { toCsv } from "./csv";

export const pointsCsv = (points: readonly Point[]): string =>
  toCsv(
    pointColumns,
    points.map((point) => pointColumns.map((column) => point[column])),
  );
