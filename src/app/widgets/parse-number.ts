/** Numbers as people type them, in either language and any keyboard, checked against a range. */

/** What is allowed; both ends are. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** One value outside the range, of something that is turned off. */
  readonly off?: number;
}

export interface NumberProblem {
  readonly kind: "empty" | "not-number" | "range" | "whole";
  /** As it was typed, or as the document has it. */
  readonly got: string;
}

export type Parsed =
  | { readonly value: number; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: NumberProblem };

interface Reading {
  /** Whether `90 %` means 0.9. */
  readonly fraction?: boolean;
  /** What may be typed for `off`. */
  readonly offWords?: readonly string[];
}

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * `0.9`, `0,9`, `90 %`, `90％`, `1,000`, `1e-3`, `.5`. A comma is a decimal one, except before groups of three digits
 * where a whole number is wanted or a point follows.
 */
export function parseNumber(typed: string, range: NumberRange, { fraction, offWords = [] }: Reading = {}): Parsed {
  const got = typed.trim();
  if (got === "") return { problem: { kind: "empty", got } };
  // Full-width digits and signs become plain ones.
  const plain = got.normalize("NFKC").replaceAll("。", ".").replaceAll("−", "-").replace(/\s/g, "");
  if (range.off !== undefined && offWords.some((word) => word.toLowerCase() === plain.toLowerCase())) {
    return { value: range.off };
  }
  const percent = plain.endsWith("%");
  const digits = percent ? plain.slice(0, -1) : plain;
  const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(digits) && (range.integer || digits.includes("."));
  const text = grouped ? digits.replaceAll(",", "") : digits.replace(",", ".");
  if (!numeral.test(text)) return { problem: { kind: "not-number", got } };
  // 99.9 / 100 is 0.9990000000000001.
  const value = percent && fraction ? Number((Number(text) / 100).toPrecision(15)) : Number(text);
  const kind = problemKind(value, range);
  return kind ? { problem: { kind, got } } : { value };
}

function problemKind(value: number, { min, max, integer, off }: NumberRange): NumberProblem["kind"] | undefined {
  if (value === off) return undefined;
  if (!(value >= min && value <= max)) return "range";
  return integer && !Number.isInteger(value) ? "whole" : undefined;
}

/** What is wrong with a value that a document holds already. */
export function heldProblem(value: number | string, range: NumberRange): NumberProblem | undefined {
  if (typeof value !== "number") return { kind: "not-number", got: value };
  const kind = problemKind(value, range);
  return kind && { kind, got: String(value) };
}
