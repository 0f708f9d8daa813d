import { describe, expect, it } from "vitest";
import { along, placeLabel, spread, textWidth } from "./place-labels";

const plot = { x: 0, y: 0, width: 400, height: 200 };
const size = { width: 100, height: 20 };

describe("placeLabel", () => {
  it("stands right of its dot and above it where there is room", () => {
    // 10 px from the dot: x = 110, y = 100 - 10 - 20.
    expect(placeLabel({ x: 100, y: 100 }, size, plot, [], [])).toEqual({ x: 110, y: 70, ...size });
  });

  it("goes to the left at the right end", () => {
    expect(placeLabel({ x: 350, y: 100 }, size, plot, [], [])).toEqual({ x: 240, y: 70, ...size });
  });

  it("goes below what is taken, and off what is drawn", () => {
    const above = { x: 100, y: 60, width: 120, height: 50 };
    expect(placeLabel({ x: 100, y: 100 }, size, plot, [above], [])).toMatchObject({ x: 110, y: 110 });
    const line = [
      { x: 150, y: 80 },
      { x: 150, y: 100 },
    ];
    expect(placeLabel({ x: 100, y: 100 }, size, plot, [], line)).toMatchObject({ x: 110, y: 110 });
  });

  it("stays inside a plot that is too small for it", () => {
    expect(placeLabel({ x: 5, y: 5 }, size, { ...plot, width: 60, height: 10 }, [], [])).toMatchObject({ x: 0, y: 0 });
  });
});

describe("spread", () => {
  it.each([
    ["leaves what is apart already", [10, 50], [10, 50]],
    ["moves the lower ones down", [10, 12, 14], [10, 22, 34]],
    ["keeps the order that was given", [14, 10], [22, 10]],
    // 95 would push the next one to 107; the end is 100, so that the upper one goes up to 88.
    ["keeps inside at the end", [95, 96], [88, 100]],
  ])("%s", (_, ends, placed) => {
    expect(spread(ends, 12, 0, 100)).toEqual(placed);
  });
});

it("counts a Chinese character as a square", () => {
  expect(textWidth("剪枝", 12)).toBe(24);
  expect(textWidth("ab", 10)).toBeCloseTo(12);
});

it("walks along a line", () => {
  const line = [
    { x: 0, y: 0 },
    { x: 0, y: 20 },
    { x: 4, y: 20 },
  ];
  // 20 px in three steps, then 4 px in one.
  expect(along(line, 8).map(({ x, y }) => [x, Math.round(y)])).toEqual([
    [0, 0],
    [0, 7],
    [0, 13],
    [0, 20],
    [4, 20],
  ]);
});
