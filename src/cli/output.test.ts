import { afterEach, describe, expect, it, vi } from "vitest";
import { EngineError } from "#engine/core/errors";
import { exitCodeOf, grouped, percent, print, printError, table, times, wholeNumber } from "./output";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is written to both channels meanwhile. */
function written(work: () => void): { out: string; err: string } {
  const said = { out: "", err: "" };
  const capture = (channel: "out" | "err") => (text: string | Uint8Array) => {
    said[channel] += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(capture("out"));
  vi.spyOn(process.stderr, "write").mockImplementation(capture("err"));
  work();
  vi.restoreAllMocks();
  return said;
}

describe("exit codes", () => {
  it.each([
    ["usage", 2],
    ["invalid-document", 2],
    ["missing-teacher", 2],
    ["asset-missing", 2],
    ["diverged", 1],
    ["cancelled", 1],
    ["backend-unavailable", 1],
    ["internal", 1],
  ] as const)("%s: %i", (code, exit) => {
    expect(exitCodeOf(new EngineError(code, "x"))).toBe(exit);
  });

  it("anything that is no engine error: 1", () => {
    expect(exitCodeOf(new Error("x"))).toBe(1);
  });
});

describe("printError", () => {
  it("one line on stderr, with the code", () => {
    const { out, err } = written(() => printError(new EngineError("usage", "expected a, got b")));
    expect([out, err]).toEqual(["", "error[usage]: expected a, got b\n"]);
  });

  it("an internal one keeps its stack", () => {
    const { err } = written(() => printError(new Error("oh")));
    expect(err).toMatch(/^error\[internal\]: oh\nError: oh\n {4}at /);
  });
});

describe("print", () => {
  it("with --json one JSON value and nothing else, without it the text", () => {
    expect(written(() => print({ a: [1] }, "text", { json: true }))).toEqual({ out: '{"a":[1]}\n', err: "" });
    expect(written(() => print({ a: [1] }, "text", {}))).toEqual({ out: "text\n", err: "" });
  });
});

describe("text", () => {
  it("table: columns as wide as their widest cell, no trailing blanks", () => {
    expect(
      table([
        ["id", "size"],
        ["lenet", "4"],
        ["x", ""],
      ]),
    ).toBe("id     size\nlenet  4\nx");
  });

  it("numbers", () => {
    expect([percent(0.98765), times(9.4567), grouped(1234567)]).toEqual(["98.77 %", "9.46x", "1,234,567"]);
  });
});

describe("wholeNumber", () => {
  it.each(["0", "42"])("%s", (text) => expect(wholeNumber("--seed", text)).toBe(Number(text)));

  it.each(["-1", "1.5", "x", "1e99", "99999999999999999999", "NaN", "", " "])("'%s' is refused", (text) => {
    expect(() => wholeNumber("--seed", text)).toThrow(
      expect.objectContaining({ code: "usage", message: `--seed expected a whole number, got '${text}'` }) as Error,
    );
  });
});
