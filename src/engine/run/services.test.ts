/** What the engine offers a running clip, on the tiny data; and the networks that documents begin with. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeArtefact } from "../codecs/artefact";
import { createMemoryPlatform } from "#platform/memory";
import type { ClipServices } from "../blocks/block";
import { nodeById } from "../core/network";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import type { DatasetInfo } from "../datasets/dataset";
import { livelySnapshot } from "../surgery/check.testing";
import { imageBatch } from "../training/batches";
import { inferenceModel } from "../training/evaluate";
import { networkBuilder } from "../zoo/builder";
import { initializeValues } from "../zoo/initialize";
import { classification } from "../tasks/classification";
import { LearnedTensors } from "../training/learned-tensors";
import { clipServices } from "./services";
import { openModelSource } from "./sources";
import { startTiny, tinyClasses, tinyDocument, tinyImages, tinyNetwork } from "./tiny.testing";

beforeAll(startTiny);

const train = tinyImages(150, "train");
const info = {
  id: "tiny",
  task: "classification",
  shape: [12, 12, 1],
  classes: ["a", "b", "c", "d"],
} as unknown as DatasetInfo;
const data = {
  task: classification,
  info,
  train,
  test: train,
  validation: () => Promise.resolve(tinyImages(20, "test")),
  normalization: undefined,
};
const document = tinyDocument([], { bnRecalibrationBatches: 2, training: { batchSize: 32 } });

interface Offered {
  readonly services: ClipServices;
  readonly pauses: () => number;
}
function offered(samples?: number, changed = document): Offered {
  let pauses = 0;
  const between = () => Promise.resolve(void pauses++);
  const clip = { id: "c0", ...(samples === undefined ? {} : { samples }) };
  return {
    services: clipServices(changed, data, between, clip, undefined, new LearnedTensors()),
    pauses: () => pauses,
  };
}

/** Sees that no tensor is left. */
async function leakless<T>(work: () => Promise<T>): Promise<T> {
  const before = tf.memory().numTensors;
  const result = await work();
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

const lively = livelySnapshot(tinyNetwork());

describe("sampleActivations", () => {
  /** All outputs of a node for the first images. */
  const outputs = (id: string, images: number) =>
    tf.tidy(() => {
      const model = inferenceModel(lively);
      const x = imageBatch(
        train,
        Uint32Array.from({ length: images }, (_, i) => i),
      );
      const values = [
        ...model
          .predict(x, new Set([id]))
          .taps.get(id)!
          .dataSync(),
      ];
      model.dispose();
      return values;
    });

  it("has the ends of a node's outputs over the first images, and outputs among them", async () => {
    const { services, pauses } = offered();
    const samples = await leakless(() => services.sampleActivations(lively, ["input", "conv2-bn", "pool2"], 100));
    expect([...samples.keys()]).toEqual(["input", "conv2-bn", "pool2"]);
    for (const id of ["input", "conv2-bn"]) {
      const all = outputs(id, 100);
      const { min, max, values } = samples.get(id)!;
      const ends = all.reduce(([low, high], v) => [Math.min(low!, v), Math.max(high!, v)], [Infinity, -Infinity]);
      expect(min).toBeCloseTo(ends[0]!, 4);
      expect(max).toBeCloseTo(ends[1]!, 4);
      expect(values.length).toBeGreaterThan(1000);
      expect(values.length).toBeLessThanOrEqual(40_000);
      expect(values.every((v) => v >= min && v <= max)).toBe(true);
    }
    expect(pauses()).toBe(2); // 64 + 36
  });

  it("takes no more images than the clip may use, or than there are", async () => {
    const few = await offered(3).services.sampleActivations(lively, ["input"], 100);
    expect(few.get("input")!.values).toHaveLength(3 * 144);
    const all = await offered().services.sampleActivations(lively, ["input"], 9999);
    expect(all.get("input")!.values).toHaveLength(150 * 144);
  });
});

describe("recalibrateBatchNorm", () => {
  it("gives the mean of the batches' means and biased variances, and nothing else new", async () => {
    const { services } = offered();
    const fresh = await leakless(() => services.recalibrateBatchNorm(lively));
    const conv1 = lively.values.get("conv1/kernel")!;
    const batches = [0, 1].map((n) =>
      tf.tidy(() => {
        const x = imageBatch(
          train,
          Uint32Array.from({ length: 32 }, (_, i) => 32 * n + i),
        ) as tf.Tensor4D;
        const y = tf.conv2d(x, tf.tensor4d(conv1, [3, 3, 1, 6]), 1, "same");
        const { mean, variance } = tf.moments(y, [0, 1, 2]);
        return [[...mean.dataSync()], [...variance.dataSync()]] as const;
      }),
    );
    const mean = (k: 0 | 1, c: number) => (batches[0]![k][c]! + batches[1]![k][c]!) / 2;
    fresh.values.get("conv1-bn/movingMean")!.forEach((v, c) => expect(v).toBeCloseTo(mean(0, c), 5));
    fresh.values.get("conv1-bn/movingVariance")!.forEach((v, c) => expect(v).toBeCloseTo(mean(1, c), 5));
    const same = [...lively.values.keys()].filter((name) => fresh.values.get(name) === lively.values.get(name));
    expect(same).toHaveLength(lively.values.size - 4);
  });

  it("sees no other images than the clip may use", async () => {
    const images = train.images.slice(0, 20 * 144) as Uint8Array;
    const few = { ...data, train: { ...train, images, labels: train.labels.slice(0, 20), count: 20 } };
    const between = () => Promise.resolve();
    const ofFew = clipServices(document, few, between, { id: "c0" }, undefined, new LearnedTensors());
    const expected = await ofFew.recalibrateBatchNorm(lively);
    expect((await offered(20).services.recalibrateBatchNorm(lively)).values).toEqual(expected.values);
    expect((await offered().services.recalibrateBatchNorm(lively)).values).not.toEqual(expected.values);
  });

  it("does nothing without batch normalization, or switched off", async () => {
    const b = networkBuilder("bare", [12, 12, 1]);
    const network = b.build(b.dense(b.flatten(b.input), { units: tinyClasses }));
    const bare = plainSnapshot(network, initializeValues(network, 1));
    expect(await offered().services.recalibrateBatchNorm(bare)).toBe(bare);
    const off = offered(undefined, { ...document, bnRecalibrationBatches: 0 });
    expect(await off.services.recalibrateBatchNorm(lively)).toBe(lively);
  });

  it("dropout does not disturb it", async () => {
    const b = networkBuilder("dropped", [12, 12, 1]);
    const x = b.dropout(b.conv2d(b.input, { filters: 2, kernelSize: 3 }), 0.5);
    const network = b.build(b.dense(b.globalAvgPool(b.batchNorm(x)), { units: tinyClasses }));
    const snapshot = livelySnapshot(network);
    const without = {
      ...snapshot,
      network: {
        ...network,
        nodes: network.nodes.map((n) => (n.op === "dropout" ? { ...nodeById(network, n.id), attrs: { rate: 0 } } : n)),
      },
    } as Snapshot;
    const [a, c] = [
      await offered().services.recalibrateBatchNorm(snapshot),
      await offered().services.recalibrateBatchNorm(without),
    ];
    expect(a.values).toEqual(c.values);
  });
});

describe("build and teacher", () => {
  it("builds a network for the data; its seed counts from the document's", () => {
    const { services } = offered();
    const built = services.build("cnn-m/4", 2);
    expect(built.values.get("conv1/kernel")).toEqual(initializeValues(built.network, 7 + 2).get("conv1/kernel"));
    expect(built.values.get("logits/bias")).toHaveLength(tinyClasses);
    expect(() => services.build("nothing", 0)).toThrow(expect.objectContaining({ code: "unknown-model" }) as Error);
  });

  it("a clip without a teacher is told so", () => {
    expect(() => offered().services.teacher()).toThrow(
      expect.objectContaining({ code: "missing-teacher", clipId: "c0" }) as Error,
    );
  });
});

describe("model sources", () => {
  const open = (source: string, snapshot?: Snapshot) =>
    openModelSource(source, 7, info, {
      ...createMemoryPlatform({ files: new Map(snapshot ? [["net", encodeArtefact(snapshot).bytes]] : []) }),
    });
  const dense = (pixels: number, classes: number) => {
    const b = networkBuilder("dense", [pixels]);
    const network = b.build(b.dense(b.input, { units: classes }));
    return plainSnapshot(network, initializeValues(network, 1));
  };

  it("build: a network by the document's seed, whose identity follows it", async () => {
    const { snapshot, identity } = await open("build:cnn-m/4");
    expect(snapshot.values.get("conv1/kernel")).toEqual(initializeValues(snapshot.network, 7).get("conv1/kernel"));
    expect(identity).toBe("build:cnn-m/4/7");
  });

  it("file: the identity changes with any of its values", async () => {
    const changed = { ...lively, values: new Map(lively.values).set("logits/bias", new Float32Array(4)) };
    const identities = await Promise.all([lively, lively, changed].map((s) => open("file:net", s)));
    expect(identities[1]!.identity).toBe(identities[0]!.identity);
    expect(identities[2]!.identity).not.toBe(identities[0]!.identity);
  });

  it("an image may be flat where its pixels are as many", async () => {
    expect((await open("file:net", dense(144, 4))).snapshot.network.name).toBe("dense");
  });

  it.each([
    ["file:net", dense(100, 4), "shape-mismatch", "'file:net' expected images [100], got [12, 12, 1] from 'tiny'"],
    ["file:net", dense(144, 10), "shape-mismatch", "'tiny' has 4 classes, 'file:net' gives 10 outputs"],
    ["file:other", dense(144, 4), "asset-missing", "other"],
    ["build:nothing", undefined, "unknown-model", "expected a network that can be built (mlp-300-100, "],
    ["ftp:net", undefined, "invalid-document", "expected zoo:<id>, build:<name> or file:<path>, got 'ftp:net'"],
  ])("%s is refused", async (source, snapshot, code, message) => {
    const error: unknown = await open(source, snapshot).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
