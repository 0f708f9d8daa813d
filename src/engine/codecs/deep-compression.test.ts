import { describe, expect, it } from "vitest";
import { createRng } from "../core/rng";
import { tensorOf } from "./effective-tensor";
import { candidatePlans } from "./tensor-codec";

describe("Deep Compression's table (Han et al. 2016, tables 3 and 4), without Huffman", () => {
  // Of each layer: weights, density printed, bits of a weight, rate in % printed. Indices have 5 bits everywhere.
  const lenet300 = [
    ["ip1", 784 * 300, 0.08, 6, 3.1],
    ["ip2", 300 * 100, 0.09, 6, 3.8],
    ["ip3", 100 * 10, 0.26, 6, 15.7],
  ] as const;
  const lenet5 = [
    ["conv1", 500, 0.66, 8, 78.5],
    ["conv2", 25_000, 0.12, 8, 6.0],
    ["ip1", 400_000, 0.08, 5, 2.7],
    ["ip2", 5_000, 0.19, 5, 6.9],
  ] as const;

  /** Bits with a codebook of 2^bits values and so many weights at random places. */
  function bitsOf(count: number, density: number, bits: number): number {
    const rng = createRng(6, `pruned ${count}`);
    const values = new Float32Array(count);
    const nonZero = Math.round(count * density);
    // One of the values is the fillers' zero; where a fifth stays, no gap is long enough for fillers.
    const nonZeroValues = density > 0.2 ? 2 ** bits : 2 ** bits - 1;
    for (let i = 0, taken = 0; i < count; i++) {
      // Every subset of this size is equally likely (Knuth's algorithm S).
      if (rng.next() * (count - i) < nonZero - taken) values[i] = 1 + (taken++ % nonZeroValues);
    }
    for (const { fields, sizes } of candidatePlans(tensorOf(values))) {
      const { layout, form, symbols } = fields;
      if (layout.kind !== "relative" || layout.gapBits !== 5 || form !== "codebook" || symbols?.coding !== "fixed")
        continue;
      // Indices before they are Huffman-coded, which the plan does where it helps.
      const rest = sizes.filter(({ stream }) => stream === "values" || stream === "codebook");
      return rest.reduce((sum, size) => sum + size.bits, 5 * layout.entries);
    }
    throw new RangeError("expected a relative index of 5 bits, got none");
  }

  it.each([
    // (1 - 0.08)^32 / (1 - (1 - 0.08)^32) = 7.5 % fillers and so on: 3.08 % and 3.02 % of the bits, 32.4x and 33.1x.
    ["LeNet-300-100", lenet300, 266_200, 32.4],
    ["LeNet-5", lenet5, 430_500, 33.1],
  ] as const)("%s", (_, layers, weights, ratio) => {
    expect(layers.reduce((sum, [, count]) => sum + count, 0)).toBe(weights);
    let total = 0;
    for (const [name, count, density, bits, printed] of layers) {
      const stored = bitsOf(count, density, bits);
      total += stored;
      const filled = (1 - density) ** 32;
      const expected = count * density * (1 / (1 - filled)) * (bits + 5) + 32 * 2 ** bits;
      expect([name, Math.abs(stored / expected - 1) < 0.005]).toEqual([name, true]);
      // Densities are printed in whole percent, so rates are up to 0.5 points off.
      expect([name, Math.abs((100 * stored) / (32 * count) - printed) < 0.5]).toEqual([name, true]);
    }
    expect((32 * weights) / total).toBeCloseTo(ratio, 0);
  });
});
