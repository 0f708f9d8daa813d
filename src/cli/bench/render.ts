/**
 * Figures as text for a terminal and as Markdown for docs/benchmarks.md: those with a cell as tables, the rest, and
 * all that have a goal, as a list. Nothing is measured here.
 */
import { EngineError } from "#engine/core/errors";
import { table } from "../output";
import { type Figure, meetsGoal } from "./benchmark";

type Rows = readonly (readonly string[])[];

interface Titled {
  readonly title: string;
  readonly rows: Rows;
}

/** Three digits or more, without exponent: 0.00123, 1.23, 123, 12345. */
export function written(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

const spreadText = ({ spread }: Figure): string => (spread ? `${written(spread[0])} to ${written(spread[1])}` : "");

function valueText(figure: Figure): string {
  if (figure.value === null) return figure.note ?? "not measured";
  return figure.spread ? `${written(figure.value)} (${spreadText(figure)})` : written(figure.value);
}

const goalText = ({ goal }: Figure): string =>
  goal === undefined ? "" : goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;

const verdict = (figure: Figure): string => (figure.goal === undefined ? "" : meetsGoal(figure) ? "met" : "MISSED");

/** One table for each that the figures name, rows and columns in the order in which they first come. */
export function tablesOf(figures: readonly Figure[]): Titled[] {
  const cells = figures.flatMap((figure) => (figure.cell ? [{ ...figure.cell, text: valueText(figure) }] : []));
  return [...new Set(cells.map(({ table: title }) => title))].map((title) => {
    const own = cells.filter((cell) => cell.table === title);
    const columns = [...new Set(own.map(({ column }) => column))];
    const rows = [...new Set(own.map(({ row }) => row))];
    const textAt = (row: string, column: string) =>
      own.find((cell) => cell.row === row && cell.column === column)?.text ?? "";
    return {
      title,
      rows: [["", ...columns], ...rows.map((row) => [row, ...columns.map((column) => textAt(row, column))])],
    };
  });
}

/** Figures without a cell, and those with a goal wherever they stand. Null where there are none. */
function listOf(figures: readonly Figure[]): Rows | null {
  const listed = figures.filter(({ cell, goal }) => cell === undefined || goal !== undefined);
  if (listed.length === 0) return null;
  return [
    ["figure", "value", "unit", "goal", ""],
    ...listed.map((f) => [f.name, valueText(f), f.unit, goalText(f), verdict(f)]),
  ];
}

export function asText(figures: readonly Figure[]): string {
  const list = listOf(figures);
  const parts = tablesOf(figures).map(({ title, rows }) => `${title}\n\n${table(rows)}`);
  return [...parts, ...(list ? [table(list)] : [])].join("\n\n");
}

/** As prettier writes it. */
function markdownTable(rows: Rows): string {
  const widths = rows[0]!.map((_, c) => Math.max(3, ...rows.map((row) => row[c]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, c) => cell.padEnd(widths[c]!)).join(" | ")} |`;
  const [head, ...body] = rows.map(line);
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

export function asMarkdown(figures: readonly Figure[], heading: string): string {
  const list = listOf(figures);
  const parts = tablesOf(figures).map(({ title, rows }) => `${title}:\n\n${markdownTable(rows)}`);
  return [heading, ...parts, ...(list ? [markdownTable(list)] : [])].join("\n\n");
}

/**
 * Puts a benchmark's Markdown between `<!-- bench NAME -->` and `<!-- end NAME -->`; the rest stays as it is.
 *
 * @throws EngineError `usage` where a text lacks these two lines
 */
export function withSection(text: string, name: string, markdown: string): string {
  const [open, close] = [`<!-- bench ${name} -->`, `<!-- end ${name} -->`];
  const from = text.indexOf(open);
  const to = text.indexOf(close, from);
  if (from < 0 || to < 0) {
    throw new EngineError("usage", `--markdown expected a file with the lines '${open}' and '${close}', got neither`);
  }
  return `${text.slice(0, from + open.length)}\n\n${markdown}\n\n${text.slice(to)}`;
}
