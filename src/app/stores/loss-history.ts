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

/** One line of a chart of losses. */
export interface LossLine {
  /** Null of the total. */
  readonly name: string | null;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** No more rows than a chart has pixels for; the last is among them. */
export function drawnLosses({ rows, names }: LossHistory): LossHistory {
  if (rows.length <= mostRows) return { rows, names };
  const every = Math.ceil(rows.length / mostRows);
  return { rows: rows.filter((_, i) => (rows.length - 1 - i) % every === 0), names };
}

/** The total, and each part where it is part of the loss. One part alone is the total, and drawn once. */
export function lossLines({ rows, names }: LossHistory): readonly LossLine[] {
  if (rows.length === 0) return [];
  const total = { name: null, steps: rows.map(({ step }) => step), values: rows.map((row) => row.total) };
  if (names.length < 2) return [total];
  const parts = names.map((name) => {
    const own = rows.filter(({ parts }) => parts[name] !== undefined);
    return { name, steps: own.map(({ step }) => step), values: own.map(({ parts }) => parts[name]!) };
  });
  return [total, ...parts.filter(({ steps }) => steps.length > 0)];
}
