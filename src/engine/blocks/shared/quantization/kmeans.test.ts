import { describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { kmeans, nearestCentroid } from "./kmeans";

const rng = createRng(1, "kmeans");
const rounded = (values: ArrayLike<number>) => Array.from(values, (x) => Math.round(1e4 * x) / 1e4);

/** Every value to every centroid, means, until nothing moves: the definition. */
function plainLloyd(values: Float32Array, start: readonly number[], rounds: number): number[] {
  let centroids = [...start];
  for (let round = 0; round < rounds; round++) {
    const of = Array.from(values, (w) =>
      centroids.reduce((best, c, j) => (Math.abs(w - c) < Math.abs(w - centroids[best]!) ? j : best), 0),
    );
    centroids = centroids.map((c, j) => {
      const own = Array.from(values).filter((_, i) => of[i] === j);
      return own.length === 0 ? c : own.reduce((sum, w) => sum + w, 0) / own.length;
    });
  }
  return centroids;
}

describe("kmeans", () => {
  it("three clusters of six weights from (-0.9, 0.05, 1): (-0.85, 0.05, 0.85)", () => {
    const w = Float32Array.of(-0.9, -0.8, 0, 0.1, 0.7, 1);
    const { centroids, members } = kmeans(w, 3, { start: "linear", rounds: 25, rng });
    expect(rounded(centroids)).toEqual([-0.85, 0.05, 0.85]);
    expect([...members]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("is Lloyd's algorithm: the same centroids as comparing every value with every centroid", () => {
    const draw = createRng(5, "normal");
    const w = Float32Array.from({ length: 500 }, () => draw.normal());
    const sorted = w.slice().sort();
    for (const k of [1, 2, 7, 16]) {
      const [low, high] = [sorted[0]!, sorted.at(-1)!];
      const start = Array.from({ length: k }, (_, j) =>
        k === 1 ? (low + high) / 2 : low + ((high - low) * j) / (k - 1),
      );
      const { centroids } = kmeans(w, k, { start: "linear", rounds: 6, rng });
      plainLloyd(w, start, 6).forEach((c, j) => expect(centroids[j]).toBeCloseTo(c, 5));
    }
  });

  it("a start by density has as many values on each side", () => {
    const w = Float32Array.from({ length: 8 }, (_, i) => i * i);
    // Ranks (j + 0.5) 8 / 4 = 1, 3, 5, 7.
    expect([...kmeans(w, 4, { start: "density", rounds: 0, rng }).centroids]).toEqual([1, 9, 25, 49]);
  });

  it("a random start is drawn from the values, by the seed", () => {
    const w = Float32Array.from({ length: 50 }, (_, i) => i);
    const at = (seed: number) =>
      [...kmeans(w, 4, { start: "random", rounds: 0, rng: createRng(seed, "c") }).centroids].join();
    expect(at(1)).toBe(at(1));
    expect(at(1)).not.toBe(at(2));
    expect(
      at(3)
        .split(",")
        .every((c) => w.includes(Number(c))),
    ).toBe(true);
  });

  it("a cluster without members keeps its centroid", () => {
    const { centroids } = kmeans(Float32Array.of(0, 0, 1), 3, { start: "linear", rounds: 5, rng });
    expect([...centroids]).toEqual([0, 0.5, 1]);
  });
});

describe("nearestCentroid", () => {
  it.each([
    ["below all", -5, 0],
    ["a tie takes the smaller number", 0.5, 0],
    ["above the tie", 0.51, 1],
    ["above all", 9, 2],
  ])("%s", (_, value, expected) => {
    expect(nearestCentroid(value, [0, 1, 3])).toBe(expected);
  });
});
