/**
 * What the command line says: results on stdout (with `--json` one JSON value and nothing else), everything else on
 * stderr. Exit codes: 0 done, 1 failed, 2 bad input.
 */
import { EngineError, type EngineErrorCode, toErrorData } from "#engine/core/errors";

export interface OutputOptions {
  readonly json?: boolean;
}

/** Codes for which the person has to change something; the rest are failures of the run or the machine. */
const badInput: ReadonlySet<EngineErrorCode> = new Set([
  "invalid-params",
  "invalid-document",
  "newer-version",
  "unknown-block",
  "unknown-model",
  "unknown-dataset",
  "unknown-recipe",
  "unknown-format",
  "invalid-file",
  "truncated-file",
  "corrupt-file",
  "unsupported-layer",
  "shape-mismatch",
  "not-prunable",
  "missing-teacher",
  "asset-missing",
  "usage",
]);

export const exitCodeOf = (error: unknown): 1 | 2 => (badInput.has(toErrorData(error).code) ? 2 : 1);

export function printError(error: unknown): void {
  const { code, message } = toErrorData(error);
  process.stderr.write(`error[${code}]: ${message}\n`);
  // Without a code there is nothing the person can mend: keep what a developer needs.
  if (code === "internal" && error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
}

/** JSON on one channel, lines for people on the other. */
export function print(value: unknown, text: string, { json }: OutputOptions): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

/** Left-aligned columns; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => (row[c] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(2)}x`;
export const grouped = (n: number): string => n.toLocaleString("en-US");

/** @throws EngineError `usage` for a number that is none */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new EngineError("usage", `${name} expected a whole number, got '${text}'`);
  }
  return value;
}
