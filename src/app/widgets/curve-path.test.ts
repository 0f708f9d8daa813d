import { expect, it } from "vitest";
import { curvePath } from "./curve-path";

it("puts (0, 0) at the lower left and (1, 1) at the upper right, inside the margin", () => {
  const box = { width: 100, height: 40, margin: 5 };
  const points = [
    { x: 0, y: 0 },
    { x: 0.5, y: 0.25 },
    { x: 1, y: 1 },
  ];
  // 5 + 0.5 * 90 = 50; 40 - 5 - 0.25 * 30 = 27.5.
  expect(curvePath(points, box).d).toBe("M5 35L50 27.5L95 5");
  expect(curvePath([], box).d).toBe("");
});
