import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot } from "../../../core/snapshot";
import { weightedNodes } from "../../../core/network";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import type { ClipServices } from "../../block";
import { removalCount, smallest } from "../../shared/pruning/select";
import { fisherDiagonal } from "../../shared/pruning/per-sample-gradients";
import { saliencies } from "./obd";

const f32 = (...values: number[]) => Float32Array.from(values);

/** One layer of two weights, whose gradient is given by hand: per batch, or as a function of the weights. */
const twoWeights = () => {
  const b = networkBuilder("two", [2]);
  const network = b.build(b.dense(b.input, { units: 1, useBias: false }, "fc"));
  return plainSnapshot(network, new Map([["fc/kernel", f32(0.5, 0.8)]]));
};
const batches = (...gradients: (readonly [Float32Array, number])[]): Pick<ClipServices, "visitGradients"> => ({
  visitGradients(_snapshot, _options, visit) {
    for (const [gradient, images] of gradients) visit(new Map([["fc/kernel", gradient]]), images);
    return Promise.resolve();
  },
});

describe("saliency h w^2 / 2 (LeCun et al. 1989)", () => {
  it("w = (0.5, 0.8), h = (4, 2): 0.5 and 0.64, the first goes, as by magnitude", () => {
    const scores = saliencies(f32(0.5, 0.8), [4, 2]);
    expect(scores[0]).toBe(0.5);
    expect(scores[1]).toBeCloseTo(0.64, 6);
    expect([...smallest(scores, 1)]).toEqual([1, 0]);
  });

  it("h = (4, 1): 0.5 and 0.32, the second goes although it is larger", () => {
    const scores = saliencies(f32(0.5, 0.8), [4, 1]);
    expect(scores[0]).toBe(0.5);
    expect(scores[1]).toBeCloseTo(0.32, 6);
    expect([...smallest(scores, 1)]).toEqual([0, 1]);
  });
});

describe("the Fisher diagonal", () => {
  it("of gradients (1, -2) and (-1, 2) is (1, 4), though their mean is 0", async () => {
    const services = batches([f32(1, -2), 1], [f32(-1, 2), 1]);
    const [h] = await fisherDiagonal(services, twoWeights(), ["fc/kernel"], { images: 2, batchSize: 1 });
    expect([...h!]).toEqual([1, 4]);
  });

  it("batches of m count m times: means of 4 independent gradients of +-1 have squares of 1/4", async () => {
    const services = batches([f32(0.5, 0), 4], [f32(-0.5, 0), 4]);
    const [h] = await fisherDiagonal(services, twoWeights(), ["fc/kernel"], { images: 8, batchSize: 4 });
    expect([...h!]).toEqual([1, 0]);
  });
});

describe("on the tiny network", () => {
  beforeAll(startTiny);

  it("0.7 of the weights of each layer go, and cost less than those that magnitude takes", async () => {
    const platform = await tinyPlatform();
    const run = (block: string, params: object) =>
      runTiny(tinyDocument([{ block, params: { sparsity: 0.7, scope: "local", ...params } }]), { platform });
    const byDamage = await run("prune.obd", { images: 297 });
    const after = decodedOf(byDamage);
    for (const node of weightedNodes(after.network)) {
      const kernel = effectiveOf(after, node.params.kernel!.name);
      expect(kernel.filter((w) => w === 0).length).toBe(removalCount(0.7, kernel.length));
    }
    const bySize = await run("prune.magnitude", {});
    expect(byDamage.result.final.accuracy).toBeGreaterThan(bySize.result.final.accuracy);
  });
});
