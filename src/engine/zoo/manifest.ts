/** The pretrained networks that ship with the studio: what is known of each, and opening one. */
import * as v from "valibot";
import { decodeArtefact } from "../codecs/artefact";
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import { type MetricId, metrics } from "../tasks/metrics/catalogue";
import type { Snapshot } from "../core/snapshot";

const entrySchema = v.object({
  /** `<model>-<dataset>` */
  id: v.string(),
  build: v.string(),
  dataset: v.string(),
  /** Below `zoo/`. */
  file: v.string(),
  fileBytes: v.number(),
  sha256: v.string(),
  /** With batch normalization folded. */
  parameters: v.number(),
  macs: v.number(),
  /** Of this file, on the whole test split; of a task that is not classification the main figure, and which it is. */
  testAccuracy: v.exactOptional(v.number()),
  metric: v.exactOptional(v.picklist(Object.keys(metrics) as MetricId[])),
  testScore: v.exactOptional(v.number()),
  testImages: v.number(),
  /** How it was trained; `src/engine/zoo/recipes.ts`. */
  training: v.object({ seed: v.number(), epochs: v.number(), batchSize: v.number(), learningRate: v.number() }),
  licence: v.string(),
});
export type ZooEntry = v.InferOutput<typeof entrySchema>;

const manifestSchema = v.object({ version: v.literal(1), networks: v.array(entrySchema) });
export type ZooManifest = v.InferOutput<typeof manifestSchema>;

/** @throws EngineError `asset-missing`, `asset-corrupt` */
export async function readZoo({ assets }: Pick<Platform, "assets">): Promise<ZooManifest> {
  const bytes = await assets.read("zoo/manifest.json");
  try {
    return v.parse(manifestSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new EngineError("asset-corrupt", "expected a list of networks in zoo/manifest.json, got something else", {
      cause,
    });
  }
}

/** @throws EngineError `unknown-model`, `asset-corrupt` */
export async function openZooNetwork(
  id: string,
  platform: Pick<Platform, "assets" | "sha256">,
): Promise<{ readonly snapshot: Snapshot; readonly sha256: string; readonly entry: ZooEntry }> {
  const { networks } = await readZoo(platform);
  const entry = networks.find((n) => n.id === id);
  if (!entry) {
    const known = networks.map((n) => n.id);
    throw new EngineError("unknown-model", `expected a network of the zoo (${known.join(", ")}), got '${id}'`, {
      details: { id, known },
    });
  }
  const bytes = await platform.assets.read(`zoo/${entry.file}`);
  const sha256 = await platform.sha256(bytes);
  if (sha256 !== entry.sha256) {
    throw new EngineError("asset-corrupt", `expected zoo/${entry.file} with SHA-256 ${entry.sha256}, got ${sha256}`);
  }
  return { snapshot: decodeArtefact(bytes).snapshot, sha256, entry };
}
