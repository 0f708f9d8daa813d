import { describe, expect, it } from "vitest";
import type { Figure } from "./benchmark";
import { asMarkdown, asText, tablesOf, withSection, written } from "./render";

const cell = (row: string, column: string) => ({ table: "training, images/s", row, column });
const figures: Figure[] = [
  { name: "a on wasm", value: 2000.4, unit: "images/s", spread: [1900, 2100], cell: cell("a", "wasm") },
  { name: "b on wasm", value: 500, unit: "images/s", cell: cell("b", "wasm") },
  { name: "a on cpu", value: null, unit: "images/s", note: "cannot", cell: cell("a", "cpu") },
  { name: "ratio", value: 49, unit: "ratio", goal: { atLeast: 50 } },
  { name: "growth", value: 1.1, unit: "exponent", goal: { atMost: 1.15 } },
];

describe("figures as text", () => {
  it("writes three digits or more, never an exponent", () => {
    expect([0, 0.00123, 1.2345, 123.4, 12345.6, -2.5].map(written)).toEqual([
      "0",
      "0.00123",
      "1.23",
      "123",
      "12346",
      "-2.50",
    ]);
  });

  it("puts cells in rows and columns; a missing one is empty, one without a figure says why", () => {
    expect(tablesOf(figures)).toEqual([
      {
        title: "training, images/s",
        rows: [
          ["", "wasm", "cpu"],
          ["a", "2000 (1900 to 2100)", "cannot"],
          ["b", "500", ""],
        ],
      },
    ]);
  });

  it("lists what has no cell, and says what was missed", () => {
    const lines = asText(figures).split("\n");
    expect(lines.find((line) => line.startsWith("ratio"))).toMatch(/49.0 .*at least 50 +MISSED$/);
    expect(lines.find((line) => line.startsWith("growth"))).toMatch(/at most 1.15 +met$/);
    expect(lines.filter((line) => line.startsWith("a on"))).toEqual([]);
  });

  it("replaces one section of a document and nothing else", () => {
    const before = "# B\n\n<!-- bench codec -->\n\nold\n\n<!-- end codec -->\n\nafter\n";
    const after = withSection(before, "codec", asMarkdown(figures.slice(3), "Today."));
    expect(after).toBe(
      [
        "# B\n\n<!-- bench codec -->\n\nToday.\n",
        "| figure | value | unit     | goal         |        |",
        "| ------ | ----- | -------- | ------------ | ------ |",
        "| ratio  | 49.0  | ratio    | at least 50  | MISSED |",
        "| growth | 1.10  | exponent | at most 1.15 | met    |",
        "\n<!-- end codec -->\n\nafter\n",
      ].join("\n"),
    );
    expect(() => withSection(before, "memory", "")).toThrow("expected a file with the lines '<!-- bench memory -->'");
  });
});
