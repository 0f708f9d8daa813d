import { expect, it } from "vitest";
import { dotsPath, linesPath, marksPath } from "./path";

const at = (x: number, y: number) => ({ x, y });

it("draws lines that are not joined as one path, to a tenth of a pixel", () => {
  expect(linesPath([[at(0, 1), at(2.34, 3)], [], [at(4, 5), at(6, 7)]])).toBe("M0 1L2.3 3M4 5L6 7");
});

it("draws dots as lines of no length", () => {
  expect(dotsPath([at(1, 2), at(3, 4)])).toBe("M1 2h0M3 4h0");
});

it("draws marks around their places", () => {
  // Half a width of 2 around (10, 10): from 8 to 12.
  expect(marksPath([at(10, 10)], "square", 2)).toBe("M8 8h4v4h-4z");
});
