/**
 * Losses over steps, as many as a chart can show however long a run is: when there are twice as many, every second one
 * goes. Values lie on the curve, none is an average. Immutable; appending costs the same at step 100 and at step 100,000.
 */
import type { EngineEvents } from "../../worker/protocol";

export interface LossRow {
  readonly step: number;
  readonly total: number;
  /** By the name of the term; a term is absent where it is not part of the loss. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface LossHistory {
  readonly rows: readonly LossRow[];
  /** Every name that occurred, in the order of appearance. */
  readonly names: readonly string[];
}

type Series = EngineEvents["losses"]["series"][number];

export const noLosses: LossHistory = { rows: [], names: [] };

const mostRows = 400;

export function appendLosses(history: LossHistory, series: readonly Series[]): LossHistory {
  const rows = series.flatMap(rowsOf);
  const first = rows[0]?.step;
  if (first === undefined) return history;
  // A run that was sent again tells its losses again from where it goes on.
  const before = history.rows.length > 0 && history.rows.at(-1)!.step >= first;
  let all = [...(before ? history.rows.filter(({ step }) => step < first) : history.rows), ...rows];
  while (all.length > 2 * mostRows) all = all.filter((_, i) => (all.length - 1 - i) % 2 === 0);
  return { rows: all, names: [...new Set([...history.names, ...series.flatMap(({ names }) => names)])] };
}

const rowsOf = ({ names, steps, total, parts }: Series): LossRow[] =>
  Array.from(steps, (step, i) => ({
    step,
    total: total[i]!,
    parts: Object.fromEntries(names.map((name, k) => [name, parts[k]![i]!])),
  }));
