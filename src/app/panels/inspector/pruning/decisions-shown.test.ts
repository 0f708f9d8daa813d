import { describe, expect, it } from "vitest";
import type { Decision } from "../../../stores/run-store";
import { barOf, decisionsOfClip, histogramPath, layerStories, type Taken } from "./decisions-shown";

const taken = (
  clip: string,
  round: number,
  weights: readonly (readonly [before: number, removed: number])[],
): Taken => ({
  kind: "taken",
  clip,
  round,
  step: 10 * round,
  layers: weights.map(([before, removed], i) => ({
    layer: `conv${i + 1}`,
    weights: { before, removed },
    units: { before: 4, removed: new Uint32Array() },
    picture: null,
  })),
});

const back: Decision = {
  kind: "taken-back",
  clip: "p",
  round: 1,
  step: 20,
  reference: 0.9,
  metric: "accuracy",
  score: 0.5,
  allowed: 0.01,
};
const told: readonly Decision[] = [
  taken("p", 0, [
    [100, 20],
    [50, 0],
  ]),
  taken("other", 0, [[9, 9]]),
  taken("p", 1, [
    [80, 30],
    [50, 5],
  ]),
  back,
];

describe("a clip's decisions", () => {
  const { taken: own, takenBack } = decisionsOfClip(told, "p");

  it("are its own, the one that was taken back apart", () => {
    expect(own.map(({ round }) => round)).toEqual([0, 1]);
    expect(takenBack).toBe(back);
    expect(decisionsOfClip(told, "nobody")).toEqual({ taken: [], takenBack: undefined });
  });

  it("tell of each layer what is left, what went, and what went before", () => {
    expect(layerStories(own, 1)).toEqual([
      { layer: "conv1", first: 100, kept: 50, removed: 30, rounds: [0.2, 0.3] },
      { layer: "conv2", first: 50, kept: 45, removed: 5, rounds: [0, 0.1] },
    ]);
  });

  it("make a bar that ends where the layer did", () => {
    const [story] = layerStories(own, 1);
    expect(barOf(story!, 1)).toBe(
      "linear-gradient(to right, var(--bar-kept) 0.00% 50.00%, var(--bar-went) 50.00% 80.00%, var(--bar-even) 80.00% 100.00%)",
    );
  });
});

describe("a histogram", () => {
  it("is one path of steps", () => {
    // Two bins of 1 and 4 of at most 4.
    expect(histogramPath([1, 4], 4)).toBe("M0 1L0.0000 0.7500L0.5000 0.7500L0.5000 0.0000L1.0000 0.0000L1 1Z");
  });
});
