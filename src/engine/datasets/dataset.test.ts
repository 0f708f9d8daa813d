import { gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { createMemoryPlatform } from "#platform/memory";
import { createNodePlatform } from "#platform/node";
import { type DatasetSource, openDataset } from "./dataset";
import { catalogueIds, parseManifest } from "./manifest";

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.each(catalogueIds)("%s as it ships", (id) => {
  let source: DatasetSource;
  const read: string[] = [];
  beforeAll(async () => {
    const platform = createNodePlatform();
    const assets = {
      read: (path: string) => {
        read.push(path);
        return platform.assets.read(path);
      },
    };
    source = await openDataset(id, { ...platform, assets });
  });

  it("keeps the official split, with the last 5,000 of train for validation", () => {
    expect(source.info.counts).toEqual({ train: 55_000, validation: 5_000, test: 10_000 });
    expect(source.info.shape).toEqual([28, 28, 1]);
    expect(source.info.classes).toHaveLength(10);
  });

  it("draws 1,000 train images from 2,000 or more, reading one shard of eleven, the same for the same seed", async () => {
    read.length = 0;
    const first = await source.load("train", { count: 1000, seed: 7 });
    expect(read).toHaveLength(1);
    const again = await source.load("train", { count: 1000, seed: 7 });
    expect(read).toHaveLength(1);
    expect(hash(again.images as Uint8Array)).toBe(hash(first.images as Uint8Array));
    expect(again.labels).toEqual(first.labels);
    expect(first.images).toHaveLength(1000 * 784);
    // Drawn uniformly: each class near 100 (5 sigma of a binomial is 47).
    for (let label = 0; label < 10; label++) {
      expect(Math.abs(first.labels.filter((l) => l === label).length - 100)).toBeLessThan(47);
    }
    const other = await source.load("train", { count: 1000, seed: 8 });
    expect(hash(other.images as Uint8Array)).not.toBe(hash(first.images as Uint8Array));
  });

  it("makes a smaller test draw the beginning of a larger one", async () => {
    const small = await source.load("test", { count: 100, seed: 3 });
    const large = await source.load("test", { count: 1000, seed: 3 });
    expect(large.labels.subarray(0, 100)).toEqual(small.labels);
    expect(hash(large.images.subarray(0, 78_400) as Uint8Array)).toBe(hash(small.images as Uint8Array));
  });

  it("gives the whole test split in file order, 1,000 of each class or near it", async () => {
    const { labels, count } = await source.load("test", { seed: 1 });
    expect(count).toBe(10_000);
    // First labels of t10k-labels-idx1-ubyte of either set, as published.
    expect([...labels.subarray(0, 5)]).toEqual(id === "mnist" ? [7, 2, 1, 0, 4] : [9, 2, 1, 1, 6]);
  });

  it.each([0, 1.5, 10_001, Number.NaN])("refuses %s test images", async (count) => {
    await expect(source.load("test", { count, seed: 1 })).rejects.toMatchObject({
      code: "invalid-params",
      message: expect.stringContaining(`[1, 10000], got ${count}`) as string,
    });
  });
});

/** Two shards of train, one of each other split: 2 x 1 images whose pixels and label are their number. */
function tinyDataset(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const shards = [
    { split: "train", numbers: [0, 1] },
    { split: "train", numbers: [2, 3] },
    { split: "validation", numbers: [4] },
    { split: "test", numbers: [5] },
  ].map(({ split, numbers }, i) => {
    const bytes = gzipSync(Uint8Array.from([...numbers.flatMap((n) => [n, n]), ...numbers]));
    const file = `${split}-${i}.bin`;
    files.set(`datasets/mnist/${file}`, bytes);
    return { file, split, count: numbers.length, bytes: bytes.length, sha256: hash(bytes) };
  });
  const manifest = {
    version: 1,
    id: "mnist",
    title: "Tiny",
    shape: [2, 1, 1],
    classes: ["a", "b", "c", "d", "e", "f"],
    counts: { train: 4, validation: 1, test: 1 },
    mean: 0,
    std: 0.1,
    licence: "none",
    origin: "this test",
    citation: "none",
    sources: [],
    shards,
  };
  files.set("datasets/mnist/manifest.json", new TextEncoder().encode(JSON.stringify(manifest)));
  return files;
}

describe("a data set of the catalogue", () => {
  it("loads everything in file order and keeps shards apart from what it returns", async () => {
    const source = await openDataset("mnist", createMemoryPlatform({ assets: tinyDataset() }));
    const all = await source.load("train", { seed: 1 });
    expect([...all.images]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect([...all.labels]).toEqual([0, 1, 2, 3]);
    all.images.fill(9);
    expect([...(await source.load("train", { seed: 1 })).images]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it("draws without repetition", async () => {
    const source = await openDataset("mnist", createMemoryPlatform({ assets: tinyDataset() }));
    for (let seed = 0; seed < 20; seed++) {
      const { labels, images } = await source.load("train", { count: 4, seed });
      expect([...labels].sort()).toEqual([0, 1, 2, 3]);
      expect([...images]).toEqual([...labels].flatMap((l) => [l, l]));
    }
  });

  it("reports bytes read, up to the total", async () => {
    const source = await openDataset("mnist", createMemoryPlatform({ assets: tinyDataset() }));
    const seen: [number, number][] = [];
    await source.load("train", { seed: 1, onProgress: (loaded, total) => seen.push([loaded, total]) });
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
    expect(seen.map(([loaded]) => loaded)).toEqual([...seen.map(([loaded]) => loaded)].sort((a, b) => a - b));
  });

  it("refuses a shard with one bit changed, and reads it anew once it is whole", async () => {
    const files = tinyDataset();
    const whole = files.get("datasets/mnist/test-3.bin")!;
    const broken = Uint8Array.from(whole);
    broken[12]! ^= 1;
    files.set("datasets/mnist/test-3.bin", broken);
    const source = await openDataset("mnist", createMemoryPlatform({ assets: files }));
    await expect(source.load("test", { seed: 1 })).rejects.toMatchObject({
      code: "asset-corrupt",
      message: expect.stringContaining("'datasets/mnist/test-3.bin': expected SHA-256 ") as string,
    });
    files.set("datasets/mnist/test-3.bin", whole);
    expect((await source.load("test", { seed: 1 })).count).toBe(1);
  });

  it.each(["cifar-10", "", "MNIST", "../mnist"])("does not know '%s'", async (id) => {
    await expect(openDataset(id, createMemoryPlatform())).rejects.toMatchObject({ code: "unknown-dataset" });
  });
});

describe("a manifest", () => {
  const valid = () => JSON.parse(new TextDecoder().decode(tinyDataset().get("datasets/mnist/manifest.json"))) as never;
  it.each([
    ["counts.train: expected 4, the sum of its shards, got 5", { counts: { train: 5, validation: 1, test: 1 } }],
    ["shards.0.file: expected a name like train-00.bin", { shards: [{ file: "../x.bin" }, {}, {}] }],
    ["id: expected 'mnist', got 'other'", { id: "other" }],
    ["mean: ", { mean: 2 }],
  ])("is refused: %s", (message, change) => {
    expect(() => parseManifest({ ...(valid() as object), ...change }, "mnist")).toThrow(message);
  });
});
