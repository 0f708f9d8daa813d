import { expect, it } from "vitest";
import { toCsv } from "./csv";

it("writes one line for each row, ended as RFC 4180 says", () => {
  expect(
    toCsv(
      ["step", "clip"],
      [
        [500, "prune"],
        [940, null],
      ],
    ),
  ).toBe("step,clip\r\n500,prune\r\n940,\r\n");
});

it("quotes what would be taken for structure", () => {
  expect(toCsv(["a,b"], [['say "hi"'], ["two\nlines"], [0.1]])).toBe(
    '"a,b"\r\n"say ""hi"""\r\n"two\nlines"\r\n0.1\r\n',
  );
});
