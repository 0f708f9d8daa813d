/**
 * The catalogue of data sets that ship with the product, and the schema of `datasets/<id>/manifest.json`. Light: no
 * tensors, no pixels. `scripts/build-datasets.ts` writes what this file reads.
 */
import * as v from "valibot";
import { EngineError } from "../core/errors";

export const catalogueIds = ["mnist", "fashion-mnist"] as const;
export type CatalogueId = (typeof catalogueIds)[number];

/** Made from one of the catalogue when they are loaded. */
export const generatedIds = ["digit-seg"] as const;
export type GeneratedId = (typeof generatedIds)[number];

/** What a document can name besides a user's file. */
export const datasetIds: readonly string[] = [...catalogueIds, ...generatedIds];

export const splits = ["train", "validation", "test"] as const;
export type Split = (typeof splits)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000_000));
const sizeBytes = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31));
const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits"));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2_000));

const shardSchema = v.object({
  /** In the manifest's folder; never ends in .gz, which browsers inflate on their own. */
  file: v.pipe(v.string(), v.regex(/^[a-z0-9-]+\.bin$/, "expected a name like train-00.bin")),
  split: v.picklist(splits),
  /** Images in the shard. */
  count,
  /** Of the (compressed) file. */
  bytes: sizeBytes,
  /** Of the (compressed) file. */
  sha256: sha256Hex,
});
export type ShardEntry = v.InferOutput<typeof shardSchema>;

const manifestSchema = v.object({
  version: v.literal(1),
  id: text,
  title: text,
  /** `[height, width, channels]` of one image. */
  shape: v.pipe(v.array(v.pipe(count, v.maxValue(1024))), v.length(3)),
  classes: v.pipe(v.array(text), v.minLength(2), v.maxLength(256)),
  counts: v.object({ train: count, validation: count, test: count }),
  /** Over all pixels of the train split, scaled to [0, 1]. */
  mean: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** Over all pixels of the train split, scaled to [0, 1]; population form. */
  std: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  licence: text,
  origin: text,
  citation: text,
  /** The files it was built from, uncompressed. */
  sources: v.array(v.object({ file: text, bytes: sizeBytes, sha256: sha256Hex })),
  /**
   * In file order. A shard is gzip of `count * height * width * channels` image bytes (NHWC, value / 255), then
   * `count` label bytes.
   */
  shards: v.pipe(v.array(shardSchema), v.minLength(3), v.maxLength(10_000)),
});
export type DatasetManifest = v.InferOutput<typeof manifestSchema>;

/** @throws EngineError `asset-corrupt` naming the field */
export function parseManifest(json: unknown, id: string): DatasetManifest {
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw corrupt(id, `${v.getDotPath(issue) ?? "(root)"}: ${issue.message.toLowerCase()}`);
  }
  const manifest = result.output;
  if (manifest.id !== id) throw corrupt(id, `id: expected '${id}', got '${manifest.id}'`);
  for (const split of splits) {
    const held = shardsOf(manifest, split).reduce((sum, shard) => sum + shard.count, 0);
    if (held !== manifest.counts[split]) {
      throw corrupt(id, `counts.${split}: expected ${held}, the sum of its shards, got ${manifest.counts[split]}`);
    }
  }
  return manifest;
}

export const shardsOf = (manifest: DatasetManifest, split: Split): ShardEntry[] =>
  manifest.shards.filter((shard) => shard.split === split);

const corrupt = (id: string, what: string): EngineError =>
  new EngineError("asset-corrupt", `manifest of dataset '${id}', field ${what}; install the studio again`);
