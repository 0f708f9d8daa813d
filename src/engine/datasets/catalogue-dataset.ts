/** A data set of the catalogue: gzip shards below `public/datasets/<id>/`, fetched when first wanted and then kept. */
import { EngineError } from "../core/errors";
import { sizeOfShape } from "../core/network";
import type { DatasetInfo, DatasetPorts, DatasetSource, LabelledImages, LoadProgress } from "./source";
import { checkCount, dataStream, drawIndices, drawShards } from "./draw";
import { type CatalogueId, type DatasetManifest, parseManifest, type ShardEntry, shardsOf } from "./manifest";

interface Shard {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** @throws EngineError `asset-missing`, `asset-corrupt` */
export async function openCatalogueDataset(id: CatalogueId, ports: DatasetPorts): Promise<DatasetSource> {
  const manifest = parseManifest(parseJson(await ports.assets.read(`datasets/${id}/manifest.json`), id), id);
  const { title, shape, classes, counts, mean, std, licence, origin } = manifest;
  const info: DatasetInfo = { id, title, task: "classification", shape, classes, counts, mean, std, licence, origin };
  const readShard = shardReader(manifest, ports);

  return {
    info,
    async load(split, { count, seed, onProgress }) {
      let entries = shardsOf(manifest, split);
      if (count === undefined) return gather(await readAll(entries, readShard, onProgress), undefined, info);
      checkCount(id, split, count, counts[split]);
      const rng = dataStream(seed);
      // Test and validation figures are comparable only if every subset is drawn from the whole split.
      if (split === "train") {
        const chosen = drawShards(
          entries.map((entry) => entry.count),
          count,
          rng,
        );
        entries = chosen.map((index) => entries[index]!);
      }
      const held = entries.reduce((sum, entry) => sum + entry.count, 0);
      const indices = drawIndices(held, count, rng);
      return gather(await readAll(entries, readShard, onProgress), indices, info);
    },
  };
}

function parseJson(bytes: Uint8Array, id: CatalogueId): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new EngineError("asset-corrupt", `manifest of dataset '${id}': expected JSON; install the studio again`, {
      cause,
    });
  }
}

type ShardReader = (entry: ShardEntry, onProgress: (loaded: number) => void) => Promise<Shard>;

/** Reads, checks and inflates each shard once; a failed read is tried again the next time. */
function shardReader(manifest: DatasetManifest, ports: DatasetPorts): ShardReader {
  const kept = new Map<string, Promise<Shard>>();
  const imageBytes = sizeOfShape(manifest.shape);

  const read = async (entry: ShardEntry, onProgress: (loaded: number) => void): Promise<Shard> => {
    const path = `datasets/${manifest.id}/${entry.file}`;
    const packed = await ports.assets.read(path, onProgress);
    const sha256 = await ports.sha256(packed);
    if (sha256 !== entry.sha256) {
      throw corrupt(path, `SHA-256 ${entry.sha256} (${entry.bytes} bytes)`, `${sha256} (${packed.length} bytes)`);
    }
    const size = entry.count * (imageBytes + 1);
    const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
    const bytes = isGzip ? await ports.gunzip(packed, size) : packed;
    if (bytes.length !== size) throw corrupt(path, `${size} bytes`, `${bytes.length}`);
    const labels = bytes.subarray(entry.count * imageBytes);
    const bad = labels.find((label) => label >= manifest.classes.length);
    if (bad !== undefined) throw corrupt(path, `labels below ${manifest.classes.length}`, `${bad}`);
    return { images: bytes.subarray(0, entry.count * imageBytes), labels };
  };

  return (entry, onProgress) => {
    let shard = kept.get(entry.file);
    if (!shard) {
      shard = read(entry, onProgress);
      kept.set(entry.file, shard);
      shard.catch(() => kept.delete(entry.file));
    }
    return shard;
  };
}

const corrupt = (path: string, expected: string, got: string): EngineError =>
  new EngineError("asset-corrupt", `'${path}': expected ${expected}, got ${got}; reload, or install the studio again`, {
    details: { path },
  });

/** One after the other, so that a shard is inflated while nothing else waits in memory. */
async function readAll(entries: readonly ShardEntry[], read: ShardReader, onProgress?: LoadProgress): Promise<Shard[]> {
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const shards: Shard[] = [];
  let before = 0;
  for (const entry of entries) {
    shards.push(await read(entry, (loaded) => onProgress?.(before + Math.min(loaded, entry.bytes), total)));
    before += entry.bytes;
    onProgress?.(before, total);
  }
  return shards;
}

/** Copies the images at `indices` (into the shards joined) out of the kept shards; all of them without indices. */
function gather(shards: readonly Shard[], indices: Uint32Array | undefined, { shape }: DatasetInfo): LabelledImages {
  const imageBytes = sizeOfShape(shape);
  const held = shards.reduce((sum, shard) => sum + shard.labels.length, 0);
  const count = indices?.length ?? held;
  const images = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  // Place of each image in the result, or -1.
  const target = new Int32Array(held).fill(-1);
  if (indices) indices.forEach((index, place) => (target[index] = place));
  else target.forEach((_, index) => (target[index] = index));
  let first = 0;
  for (const shard of shards) {
    for (let i = 0; i < shard.labels.length; i++) {
      const place = target[first + i]!;
      if (place < 0) continue;
      images.set(shard.images.subarray(i * imageBytes, (i + 1) * imageBytes), place * imageBytes);
      labels[place] = shard.labels[i]!;
    }
    first += shard.labels.length;
  }
  return { images, labels, count, shape };
}
