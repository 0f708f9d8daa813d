import { beforeAll, describe, expect, it } from "vitest";
import { weightedNodes } from "../../../core/network";
import { plainSnapshot } from "../../../core/snapshot";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { removalCount } from "../../shared/pruning/select";
import { addGradient, blockSaliencies, eliminate, fittingBlock, kernelBlocks } from "./inverse-hessian";
import { inverseHessians, surgeonScores } from "./obs";

const f32 = (...values: number[]) => Float32Array.from(values);

/** H = [[4, 1], [1, 2]], of determinant 7: H^-1 = [[2, -1], [-1, 4]] / 7. */
const twoByTwo = () => ({
  indices: Uint32Array.of(0, 1),
  inverse: Float64Array.of(2 / 7, -1 / 7, -1 / 7, 4 / 7),
});

describe("saliency and compensation (Hassibi and Stork 1992)", () => {
  it("w = (0.5, 0.8): 0.25 / (4 / 7) = 0.4375 and 0.64 / (8 / 7) = 0.56", () => {
    const [first, second] = blockSaliencies(twoByTwo(), f32(0.5, 0.8));
    expect(first).toBeCloseTo(0.4375, 6);
    expect(second).toBeCloseTo(0.56, 6);
  });

  it("without the first, dw = -(0.5 / (2 / 7)) (2, -1) / 7 = (-0.5, 0.25): w = (0, 1.05), at a loss of 0.4375", () => {
    const w = f32(0.5, 0.8);
    eliminate(twoByTwo(), w, Uint8Array.of(1, 0));
    expect(w[0]).toBe(0);
    expect(w[1]).toBeCloseTo(1.05, 6);
    // dw' H dw / 2 = (4 * 0.25 - 2 * 0.125 + 2 * 0.0625) / 2, less than the 4 * 0.25 / 2 of plain zeroing.
    const [a, b] = [w[0]! - 0.5, w[1]! - 0.8];
    expect((4 * a * a + 2 * a * b + 2 * b * b) / 2).toBeCloseTo(0.4375, 6);
  });

  it("of three weights two go: the same whichever first, and no other place of the third is better", () => {
    const block = () => kernelBlocks(3, 1, undefined, 3, 0.1)[0]!;
    const withGradients = () => {
      const made = block();
      for (const g of [f32(1, 2, -1), f32(0, 1, 1), f32(2, -1, 0)]) addGradient(made, g, 1, 3);
      return made;
    };
    const w = f32(0.4, -0.3, 0.9);
    const result = w.slice();
    eliminate(withGradients(), result, Uint8Array.of(1, 1, 0));
    expect([result[0], result[1]]).toEqual([0, 0]);
    // H = 0.1 I + mean g g' = [[5/3 + .1, 0, -1/3], [0, 2 + .1, -1/3], [-1/3, -1/3, 2/3 + .1]]; with d0, d1 = -w0, -w1 given
    // the best d2 = -(H20 d0 + H21 d1) / H22 = -(-1/3 * -0.4 - 1/3 * 0.3) / (2/3 + 0.1).
    expect(result[2]).toBeCloseTo(0.9 - (0.4 / 3 - 0.3 / 3) / (2 / 3 + 0.1), 6);
  });
});

describe("the recursion", () => {
  it("gives the inverse of damping I + mean g g': for 0.5, (1, 2), (3, -1): [[5.5, -0.5], [-0.5, 3]]", () => {
    const [block] = kernelBlocks(2, 1, undefined, 2, 0.5);
    addGradient(block!, f32(1, 2), 1, 2);
    addGradient(block!, f32(3, -1), 1, 2);
    const determinant = 5.5 * 3 - 0.25;
    const expected = [3 / determinant, 0.5 / determinant, 0.5 / determinant, 5.5 / determinant];
    expected.forEach((value, i) => {
      expect(block!.inverse[i]).toBeCloseTo(value, 12);
    });
  });

  it("blocks follow the outputs, without what is masked", () => {
    // Kernel [3, 2]: inputs of output 0 at 0, 2, 4, of output 1 at 1, 3, 5.
    const blocks = kernelBlocks(6, 2, Uint8Array.of(1, 1, 0, 1, 1, 1), 2, 1);
    expect(blocks.map(({ indices }) => [...indices])).toEqual([[0, 4], [1, 3], [5]]);
  });

  it("blocks of 64 shrink where a million weights leave 2^25 / 10^6 = 33.55 doubles for each", () => {
    expect([fittingBlock(64, 1000), fittingBlock(64, 1e6), fittingBlock(256, 1e8)]).toEqual([64, 33, 1]);
  });

  it("of a network reads its gradients, and scores what is gone 0", async () => {
    const b = networkBuilder("two", [2]);
    const network = b.build(b.dense(b.input, { units: 1, useBias: false }, "fc"));
    const snapshot = {
      ...plainSnapshot(network, new Map([["fc/kernel", f32(0, 0.8)]])),
      states: new Map([["fc/kernel", { mask: Uint8Array.of(0, 1) }]]),
    };
    const [blocks] = await inverseHessians(
      {
        trainingImages: 4,
        visitGradients(_snapshot, _options, visit) {
          visit(new Map([["fc/kernel", f32(9, 1)]]), 2);
          visit(new Map([["fc/kernel", f32(9, 2)]]), 2);
          return Promise.resolve();
        },
      },
      snapshot,
      ["fc/kernel"],
      { blockSize: 8, damping: 1, images: 100, batchSize: 2 },
    );
    // H = 1 + (2 * 1 + 2 * 4) / 2 = 6; 0.64 * 6 / 2 = 1.92.
    const scores = surgeonScores(f32(0, 0.8), blocks!);
    expect(scores[0]).toBe(0);
    expect(scores[1]).toBeCloseTo(1.92, 5);
  });
});

describe("on the tiny network", () => {
  beforeAll(startTiny);

  it("removes half of each layer, and keeps more of the accuracy than zeroing the same count does", async () => {
    const platform = await tinyPlatform();
    const params = { sparsity: 0.5, scope: "local" };
    const run = await runTiny(tinyDocument([{ block: "prune.obs", params }]), { platform });
    const after = decodedOf(run);
    for (const node of weightedNodes(after.network)) {
      const kernel = effectiveOf(after, node.params.kernel!.name);
      expect(kernel.filter((w) => w === 0).length).toBe(removalCount(0.5, kernel.length));
    }
    const magnitude = await runTiny(
      tinyDocument([{ block: "prune.magnitude", params: { sparsity: 0.5, scope: "local" } }]),
      { platform },
    );
    expect(run.result.final.accuracy).toBeGreaterThan(magnitude.result.final.accuracy);
  });
});
