import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryCache } from "#platform/memory";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import type { ClustersQuantizer } from "../../../quantizers/weights/clusters";
import { RunControl } from "../../../run/control";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { LiveModel } from "../../../training/live-model";
import { networkBuilder } from "../../../zoo/builder";
import { settleClusters } from "./kmeans-trained";

beforeAll(startTiny);

const layer = (values: Float32Array, mask?: Uint8Array): Snapshot => {
  const b = networkBuilder("one", [values.length]);
  const network = b.build(b.dense(b.input, { units: 1, useBias: false }, "fc"));
  const quantizer: ClustersQuantizer = {
    kind: "clusters",
    rate: 1,
    centroids: Float32Array.of(-0.85, 0.05, 0.85),
    members: Float32Array.of(0, 0, 1, 1, 2, 2),
  };
  return {
    ...plainSnapshot(network, new Map([["fc/kernel", values]])),
    states: new Map([["fc/kernel", { quantizer, ...(mask && { mask }) }]]),
  };
};
const weights = Float32Array.of(-0.9, -0.8, 0, 0.1, 0.7, 1);

/** One step of plain gradient descent, rate 0.1, with these gradients of the effective weights. */
async function oneStep(snapshot: Snapshot, gradient: readonly number[]): Promise<Snapshot> {
  const model = new LiveModel(snapshot);
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(model.effective("fc/kernel"), tf.tensor2d([...gradient], [6, 1]))) as tf.Scalar,
    model.trainables(),
  );
  model.update(grads, { kind: "sgd", learningRate: 0.1, momentum: 0 });
  tf.dispose([value, grads]);
  const after = await model.snapshot();
  model.dispose();
  return after;
}
const clustersIn = (snapshot: Snapshot, name: string) => snapshot.states.get(name)!.quantizer as ClustersQuantizer;

describe("training of centroids", () => {
  const gradient = [0.1, 0.3, -0.2, 0.4, 0.5, 0.1];

  it("sums 0.4, 0.2, 0.6 at rate 0.1 take (-0.85, 0.05, 0.85) to (-0.89, 0.03, 0.79); raw weights stay", async () => {
    const before = tf.memory().numTensors;
    const after = await oneStep(layer(weights), gradient);
    const { centroids, members } = clustersIn(after, "fc/kernel");
    [-0.89, 0.03, 0.79].forEach((c, j) => expect(centroids[j]).toBeCloseTo(c, 6));
    expect([...members]).toEqual([0, 0, 1, 1, 2, 2]);
    expect(after.values.get("fc/kernel")).toEqual(weights);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("a removed weight has no say: without the third, the second sum is 0.4", async () => {
    const after = await oneStep(layer(weights, Uint8Array.of(1, 1, 0, 1, 1, 1)), gradient);
    expect(clustersIn(after, "fc/kernel").centroids[1]).toBeCloseTo(0.05 - 0.1 * 0.4, 6);
  });

  it("settles as a table of the centroids that have members", () => {
    const settled = settleClusters(layer(weights, Uint8Array.of(1, 1, 0, 0, 1, 1)));
    const { quantizer } = settled.states.get("fc/kernel")!;
    expect(quantizer?.kind === "codebook" && [...quantizer.values]).toEqual([-0.85, 0.85].map(Math.fround));
    expect([...effectiveOf(settled, "fc/kernel")]).toEqual([-0.85, -0.85, 0, 0, 0.85, 0.85].map(Math.fround));
  });
});

describe("on the timeline", () => {
  const prune = { block: "prune.magnitude", params: { sparsity: 0.6, scope: "global" } } as const;
  const cluster = { block: "quant.kmeans-trained", steps: 16, params: { convBits: 4, denseBits: 3, rate: 1 } } as const;
  const kernels = ["conv1/kernel", "conv2/kernel", "logits/kernel"];

  it("no weight changes its cluster, centroids move, zeros stay zero, at most 2^bits values", async () => {
    const platform = await tinyPlatform();
    const run = await runTiny(tinyDocument([prune, cluster]), { platform });
    const after = decodedOf(run);
    const instant = await runTiny(tinyDocument([prune, { ...cluster, steps: 0 }]), { platform });
    const before = decodedOf(instant);
    for (const name of kernels) {
      const [old, now] = [effectiveOf(before, name), effectiveOf(after, name)];
      expect(old.map((w) => (w === 0 ? 1 : 0))).toEqual(now.map((w) => (w === 0 ? 1 : 0)));
      // The same partition: equal before exactly where equal after.
      const pairs = new Map<number, number>();
      old.forEach((w, i) => {
        expect(pairs.get(w) ?? now[i]).toBe(now[i]);
        pairs.set(w, now[i]!);
      });
      expect(pairs.size).toBeLessThanOrEqual(1 + (name === "logits/kernel" ? 8 : 16));
      expect(now).not.toEqual(old);
    }
    expect(run.result.final.compressionRatio).toBeGreaterThan(5);
  });

  it("goes on from inside the clip to the same file", async () => {
    const document = tinyDocument([prune, cluster, { block: "train.fine-tune", start: 0, steps: 8 }]);
    const whole = await runTiny(document, { platform: await tinyPlatform(), useCache: false });
    const cache = memoryCache();
    const platform = { ...(await tinyPlatform()), cache };
    const control = new RunControl();
    const stopped = runTiny(document, {
      platform,
      control,
      observer: { onBoundary: ({ point }) => point.step === 8 && control.cancel() },
    });
    await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
    const resumed = await runTiny(document, { platform });
    expect(resumed.restoredAt).toBe(8);
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });

  it("a pruner that cuts filters beside it takes their weights out of the clusters", async () => {
    const cut = { block: "prune.filter-l1", start: 8, params: { sparsity: 0.5 } } as const;
    const run = await runTiny(tinyDocument([cluster, cut]), { platform: await tinyPlatform() });
    const { network } = decodedOf(run);
    expect(network.nodes.find(({ id }) => id === "conv2")!.attrs).toMatchObject({ filters: 4 });
    expect(new Set(effectiveOf(decodedOf(run), "conv2/kernel")).size).toBeLessThanOrEqual(16);
  });

  it("stops between the layers", async () => {
    const control = new RunControl();
    const run = runTiny(tinyDocument([{ ...cluster, steps: 0 }]), {
      platform: await tinyPlatform(),
      control,
      observer: { onStart: () => Promise.resolve(control.cancel()) },
    });
    await expect(run).rejects.toMatchObject({ code: "cancelled" });
  });
});
