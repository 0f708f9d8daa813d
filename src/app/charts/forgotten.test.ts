import { expect, it } from "vitest";
import { forgotten } from "./forgotten";

/** Rows: true classes; columns: what they were taken for. Ten images of each of the first two, none of the third. */
const before = [9, 1, 0, 2, 8, 0, 0, 0, 0];
const now = [9, 1, 0, 1, 5, 4, 0, 0, 0];

it("puts first what lost most, and says what it is taken for", () => {
  expect(forgotten(before, now)).toEqual([
    // 8 of 10, now 5 of 10; 4 of 10 are taken for class 2.
    { index: 1, before: 0.8, now: 0.5, takenFor: { index: 2, share: 0.4 } },
    { index: 0, before: 0.9, now: 0.9, takenFor: { index: 1, share: 0.1 } },
    { index: 2, before: null, now: null, takenFor: null },
  ]);
});

it("does without an original, or with one of other classes", () => {
  expect(forgotten(null, now).map(({ before: value }) => value)).toEqual([null, null, null]);
  expect(forgotten([1, 0, 0, 1], now).map(({ before: value }) => value)).toEqual([null, null, null]);
});
