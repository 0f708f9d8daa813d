import { expect, it } from "vitest";
import { judge } from "./claim";

it.each([
  // means: 1; 0.4 with one seed of three positive; -1; 0.1 is within the margin; one seed alone
  [[1.5, 1, 0.5], "reproduced"],
  [[3, -0.9, -0.9], "inconclusive"],
  [[-1.5, -1, -0.5], "contradicted"],
  [[0.2, 0.1, 0], "inconclusive"],
  [[0.3], "reproduced"],
])("%j at a margin of 0.3 points is %s", (differences, verdict) => {
  expect(judge(differences, 0.3).verdict).toBe(verdict);
});
