/** The points of a run as a table for other programs: the columns and names that the command line writes. */
import { pointTable } from "../../engine/document/point-columns";
import type { Point } from "../stores/run-store";
import { toCsv } from "./csv";

export function pointsCsv(points: readonly Point[]): string {
  const { columns, rows } = pointTable(points);
  return toCsv(columns, rows);
}
