import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng, shuffle } from "./rng";

const draws = (seed: number, stream: string, count = 8) => {
  const rng = createRng(seed, stream);
  return Array.from({ length: count }, () => rng.next());
};

describe("streams of a seed", () => {
  it("the same seed and name give the same numbers", () => {
    expect(draws(7, "batch")).toEqual(draws(7, "batch"));
  });

  it.each([
    [8, "batch"],
    [7, "init"],
    [7, "batch/0"],
    // Seed and name are not simply joined: 7 + "1/x" is not 71 + "/x".
    [71, "batch"],
  ])("seed 7, 'batch' and seed %i, '%s' are unrelated", (seed, stream) => {
    const a = draws(7, "batch", 200);
    const b = draws(seed, stream, 200);
    const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
    const [ma, mb] = [mean(a), mean(b)];
    const covariance = mean(a.map((v, i) => (v - ma) * (b[i]! - mb)));
    // Of independent uniforms (variance 1/12): standard error 1 / (12 sqrt(200)) = 0.0059; four of them.
    expect(Math.abs(covariance)).toBeLessThan(0.024);
  });

  it("using one stream does not move another", () => {
    const first = createRng(3, "data");
    const second = createRng(3, "noise");
    for (let i = 0; i < 5; i++) first.next();
    expect(second.next()).toBe(draws(3, "noise", 1)[0]);
  });
});

describe("distributions", () => {
  it("next is in [0, 1), integer below its bound", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1000 }), (seed, below) => {
        const rng = createRng(seed, "x");
        for (let i = 0; i < 20; i++) {
          const u = rng.next();
          const n = rng.integer(below);
          if (!(u >= 0 && u < 1 && Number.isInteger(n) && n >= 0 && n < below)) return false;
        }
        return true;
      }),
      { numRuns: 50 },
    );
  });

  it("integers are even: 6,000 throws of a die, each face 1,000 +- 4 standard deviations (28.9)", () => {
    const rng = createRng(1, "die");
    const faces = new Array<number>(6).fill(0);
    for (let i = 0; i < 6000; i++) faces[rng.integer(6)]!++;
    for (const count of faces) expect(Math.abs(count - 1000)).toBeLessThan(116);
  });

  it("normals have mean 0 and variance 1 within 4 standard errors of 10,000 draws", () => {
    const rng = createRng(1, "normal");
    const x = Array.from({ length: 10_000 }, () => rng.normal());
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    const variance = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(0.04);
    expect(Math.abs(variance - 1)).toBeLessThan(0.057); // 4 sqrt(2 / 10,000)
    expect(x.every(Number.isFinite)).toBe(true);
  });
});

describe("shuffle", () => {
  it("permutes in place, by the seed", () => {
    const items = Uint32Array.from({ length: 50 }, (_, i) => i);
    const shuffled = shuffle(items, createRng(2, "s"));
    expect(shuffled).toBe(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([...shuffle([0, 1, 2, 3], createRng(2, "s"))]).toEqual([...shuffle([0, 1, 2, 3], createRng(2, "s"))]);
  });

  it("every order of three comes up about equally often: 1,000 each, +- 4 standard deviations", () => {
    const rng = createRng(5, "orders");
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = shuffle([0, 1, 2], rng).join("");
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(116);
  });
});

describe("many normal numbers at once", () => {
  it.each([0, 7, 4_294_967_295])("of seed %i are those that come one after the other, bit for bit", (seed) => {
    const [one, many] = [createRng(seed, "noise"), createRng(seed, "noise")];
    const expected = Float32Array.from({ length: 200_000 }, one.normal);
    const drawn = new Float32Array(200_000);
    many.fillNormal(drawn.subarray(0, 1));
    many.fillNormal(drawn.subarray(1));
    expect(Buffer.from(drawn.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    expect(many.next()).toBe(one.next());
  });

  it("have mean 0 and variance 1", () => {
    const drawn = new Float32Array(200_000);
    createRng(3, "noise").fillNormal(drawn);
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length;
    // Standard errors: 1 / sqrt(200,000) = .0022, and sqrt(2) times that.
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.013);
  });
});
