import { describe, expect, it } from "vitest";
import { fitsSideBySide } from "./choice-layout";

describe("fitsSideBySide", () => {
  it.each([
    // 2 x 9 = 18 and 2 x 6 = 12 letters' widths, of 30.
    [["linear", "geometric"], true],
    [["线性", "几何卷积"], true],
    // 2 x 18 = 36.
    [["inside each layer", "across the network"], false],
    // 3 x 10 = 30.
    [["1234567890", "1", "2"], true],
    [["a", "b", "c", "d"], false],
  ])("%j: %s", (labels, fits) => expect(fitsSideBySide(labels)).toBe(fits));
});
