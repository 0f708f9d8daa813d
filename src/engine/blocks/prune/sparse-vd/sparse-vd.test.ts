import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { operationOf } from "../../../ops/registry";
import type { LayerCall } from "../../../training/forward";
import { networkBuilder } from "../../../zoo/builder";
import { kernelNames } from "../../shared/pruning/mask-pruning";
import { normalTensor } from "../../shared/noise";
import { divergence, dropNoise, logAlphaOf, noisyOutput } from "./sparse-vd";

beforeAll(startTiny);

/** One dense layer without bias. */
function layer(...kernel: number[]): Snapshot {
  const b = networkBuilder("one", [kernel.length]);
  const network = b.build(b.dense(b.input, { units: 1, useBias: false }, "fc"));
  return plainSnapshot(network, new Map([["fc/kernel", Float32Array.from(kernel)]]));
}

describe("the divergence (Molchanov et al. 2017, equation 14)", () => {
  it.each([
    [-4, 2.634208],
    [-2, 1.540533],
    [0, 0.431239],
    [2, 0.068417],
    [3, 0.02542],
    [5, 0.003415],
  ])("at log alpha = %d is %d", (logAlpha, expected) => {
    expect(tf.tidy(() => divergence(tf.scalar(logAlpha)).dataSync()[0])).toBeCloseTo(expected, 5);
  });

  it("theta = 0.1 with variance 0.04 has log alpha = ln 4 = 1.386294, theta = 0 is clipped to 8", () => {
    const logAlpha = tf.tidy(() => logAlphaOf(tf.tensor1d([0.1, 0]), tf.fill([2], Math.log(0.04))).dataSync());
    expect(logAlpha[0]).toBeCloseTo(1.386294, 5);
    expect(logAlpha[1]).toBe(8);
  });
});

describe("noise on outputs", () => {
  it("x = (2, 1), variances (0.04, 0.09): mean x theta, variance 4 * 0.04 + 0.09 = 0.25", () => {
    const { network } = layer(0.5, -1);
    const count = 20_000;
    const [mean, variance] = tf.tidy(() => {
      const x = tf.tile(tf.tensor2d([[2, 1]]), [count, 1]);
      const kernel = tf.tensor2d([[0.5], [-1]]);
      const node = network.nodes.at(-1)!;
      const call: LayerCall = {
        inputs: [x],
        parameter: () => kernel,
        compute: (inputs = [x], parameter = () => kernel) =>
          operationOf(node).forward(node.attrs, inputs, parameter, { training: true, noiseSeed: 0, nodeId: node.id }),
      };
      const noisy = noisyOutput(call, tf.tensor2d([[0.04], [0.09]]), (shape) =>
        normalTensor(shape, createRng(1, "noise")),
      );
      const moments = tf.moments(noisy);
      return [moments.mean.dataSync()[0], moments.variance.dataSync()[0]];
    });
    // Standard errors: 0.5 / sqrt(20000) = 0.0035 and 0.25 sqrt(2 / 20000) = 0.0025.
    expect(Math.abs(mean! - 0)).toBeLessThan(0.014);
    expect(Math.abs(variance! - 0.25)).toBeLessThan(0.01);
  });
});

describe("what goes at the end", () => {
  const logVariances = new Map([["fc/kernel", Float32Array.of(0, 0, 0)]]);

  it("log alpha = -2 ln |theta| above 3, here of 0.1 and 0.2 but not of 0.5", () => {
    // 4.6, 3.2 and 1.4.
    expect([...dropNoise(layer(0.1, 0.5, 0.2), logVariances, 3).values.get("fc/kernel")!]).toEqual([0, 0.5, 0]);
  });

  it("the weight of least noise of a kernel stays, and a kernel of another shape as it is", () => {
    expect([...dropNoise(layer(0.01, 0.02, 0.03), logVariances, 3).states.get("fc/kernel")!.mask!]).toEqual([0, 0, 1]);
    expect(dropNoise(layer(0.01, 0.02), logVariances, 3).states.size).toBe(0);
  });
});

describe("on the tiny network", () => {
  it("finds weights that it can do without, more of them under a stronger prior", async () => {
    const platform = await tinyPlatform();
    const run = async (strength: number) => {
      const params = { strength, varianceRate: 100 };
      const done = await runTiny(tinyDocument([{ block: "prune.sparse-vd", steps: 100, params }]), { platform });
      const after = decodedOf(done);
      const gone = kernelNames(after).map((name) => effectiveOf(after, name).filter((w) => w === 0).length);
      return { gone: gone.reduce((sum, n) => sum + n, 0), accuracy: done.result.final.accuracy };
    };
    const [none, some] = [await run(0), await run(0.2)];
    expect(some.gone).toBeGreaterThan(none.gone + 50);
    expect(some.accuracy).toBeGreaterThan(0.9);
  });

  it("a filter that another clip cuts takes its variances along", async () => {
    const noise = { block: "prune.sparse-vd", steps: 8, params: { varianceRate: 100, threshold: -1 } };
    const cut = { block: "prune.filter-l1", start: 4, params: { sparsity: 0.5 } };
    const platform = await tinyPlatform();
    await runTiny(tinyDocument([noise, cut]), { platform });
    const { learned } = platform.lastKept().running[0] ?? { learned: [] };
    expect(learned).toEqual([]);
    const kept: number[][] = [];
    const early = tinyDocument([{ ...noise, steps: 10 }, cut]);
    const second = await tinyPlatform();
    const set = second.cache.set.bind(second.cache);
    second.cache.set = async (key, bytes) => {
      await set(key, bytes);
      kept.push(second.lastKept().running.flatMap((clip) => clip.learned.map(({ values }) => values.length)));
    };
    await runTiny(early, { platform: second });
    // Of 6 and 8 filters 3 and 4 stay: 9 * 3 and 9 * 3 * 4 weights, then 3 * 3 * 4 * 4 behind flatten.
    expect(kept[0]).toEqual([27, 108, 144]);
  });

  it("a run that goes on from inside the clip comes to the same bytes", async () => {
    const platform = await tinyPlatform();
    const noise = { block: "prune.sparse-vd", steps: 8, params: { varianceRate: 100, threshold: -1 } };
    const clips = [noise, { block: "prune.magnitude", start: 4, params: { sparsity: 0.1 } }];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 8, params: { sparsity: 0.5 } }]);
    await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(4);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });
});
