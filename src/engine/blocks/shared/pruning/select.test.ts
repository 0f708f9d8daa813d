import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { removalCount, selectRemovals, smallest } from "./select";

const f32 = (...values: number[]) => Float32Array.from(values);
const set = (keepAtLeast: number, ...scores: number[]) => ({ scores: f32(...scores), keepAtLeast });
const removed = (masks: readonly Uint8Array[]) => masks.map((m) => [...m]);

describe("removalCount is floor(s N + 0.5)", () => {
  it.each([
    [0.5, 8, 4],
    [0.5, 5, 3],
    [0.3, 5, 2],
    [0.1, 4, 0],
    [0.125, 4, 1],
    [0, 10, 0],
  ])("%d of %i: %i", (fraction, total, count) => {
    expect(removalCount(fraction, total)).toBe(count);
  });
});

describe("smallest", () => {
  it("equal scores: the smaller index goes first", () => {
    expect([...smallest(f32(2, 1, 1, 1, 0), 3)]).toEqual([0, 1, 1, 0, 1]);
  });

  it("protected items stay, and the count is cut to what may go", () => {
    expect([...smallest(f32(1, 2, 3), 2, Uint8Array.of(1, 0, 0))]).toEqual([0, 1, 1]);
    expect([...smallest(f32(1, 2, 3), 9, Uint8Array.of(0, 1, 0))]).toEqual([1, 0, 1]);
    expect([...smallest(f32(1, 2), 0)]).toEqual([0, 0]);
  });

  it("is the head of the list sorted by score, then index", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 30 }),
        (scores, count) => {
          const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
          const expected = new Set(order.slice(0, count));
          const got = smallest(Float32Array.from(scores), count);
          return got.every((chosen, i) => (chosen === 1) === expected.has(i));
        },
      ),
    );
  });
});

describe("scope", () => {
  // The survey's two scopes (Ning et al. 2024, figure 2) on two layers of unlike scale, half of all weights.
  const a = [0.1, 0.2, 0.3, 0.4];
  const b = [1, 2, 3, 4];

  it("local: the two smallest of each", () => {
    expect(removed(selectRemovals([set(1, ...a), set(1, ...b)], 0.5, "local"))).toEqual([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
  });

  it("global: all of the small layer but the one that must stay, and 1 in its place", () => {
    expect(removed(selectRemovals([set(1, ...a), set(1, ...b)], 0.5, "global"))).toEqual([
      [1, 1, 1, 0],
      [1, 0, 0, 0],
    ]);
  });

  it.each(["mean", "l2"] as const)("global, scores divided by the layer's %s: two of each", (normalization) => {
    // a / 0.25 and b / 2.5 are both 0.4, 0.8, 1.2, 1.6 (l2 alike); fp32 rounding does not reach across.
    expect(removed(selectRemovals([set(1, ...a), set(1, ...b)], 0.5, "global", normalization))).toEqual([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
  });

  it("a layer of zeros is not divided by zero", () => {
    expect(removed(selectRemovals([set(1, 0, 0), set(1, 5, 6)], 0.5, "global", "mean"))).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it("never takes what must stay, takes exactly the count where it can", () => {
    const layer = fc.record({
      scores: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
      keep: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(layer, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom("local" as const, "global" as const),
        fc.constantFrom("none" as const, "l2" as const, "mean" as const),
        (layers, fraction, scope, normalization) => {
          const sets = layers.map(({ scores, keep }) => set(Math.min(keep, scores.length), ...scores));
          const masks = selectRemovals(sets, fraction, scope, normalization);
          const gone = masks.map((m) => m.reduce((sum, v) => sum + v, 0));
          sets.forEach(({ scores, keepAtLeast }, k) => {
            expect(masks[k]).toHaveLength(scores.length);
            expect(scores.length - gone[k]!).toBeGreaterThanOrEqual(keepAtLeast);
          });
          const total = sets.reduce((sum, s) => sum + s.scores.length, 0);
          const free = total - sets.reduce((sum, s) => sum + s.keepAtLeast, 0);
          const all = gone.reduce((sum, n) => sum + n, 0);
          if (scope === "global") expect(all).toBe(Math.min(removalCount(fraction, total), free));
        },
      ),
      { numRuns: 60 },
    );
  });
});
