/** Tables as text that every spreadsheet reads (RFC 4180): comma, quotes where needed, lines ended by CR LF. */

export type Cell = string | number | boolean | null | undefined;

export const toCsv = (header: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");

/** Empty where there is no value. Numbers as JavaScript writes them: all digits, a point, no thousands. */
function cellText(cell: Cell): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvType = "text/csv;charset=utf-8";
