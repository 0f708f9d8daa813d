/** Loading what a document runs on: its images, its network, and fingerprints of both for the cache. */
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { openDataset } from "../datasets/dataset";
import type { LabelledImages } from "../datasets/source";
import type { TimelineDocument } from "../document/document";
import { tasks } from "../tasks/registry";
import type { RunData } from "./services";
import { openModelSource } from "./sources";

export type LoadProgress = (what: "dataset", loaded: number, total: number) => void;

/** Enough for a guard of half a point. */
const validationImages = 1000;

export interface RunInputs {
  readonly data: RunData;
  readonly original: Snapshot;
  readonly modelIdentity: string;
  readonly dataIdentity: string;
}

async function fingerprint({ images, labels }: LabelledImages, { sha256 }: Pick<Platform, "sha256">): Promise<string> {
  const bytes = new Uint8Array(images.buffer, images.byteOffset, images.byteLength);
  return `${await sha256(bytes)}/${await sha256(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength))}`;
}

export async function loadRun(
  document: TimelineDocument,
  platform: Platform,
  onProgress?: LoadProgress,
): Promise<RunInputs> {
  const { dataset, seed } = document;
  const report = onProgress && ((loaded: number, total: number) => onProgress("dataset", loaded, total));
  const source = await openDataset(dataset.id, platform, report);
  const { snapshot: original, identity: modelIdentity } = await openModelSource(
    document.model.source,
    seed,
    source.info,
    platform,
  );
  const test = await source.load("test", { count: dataset.test, seed, onProgress: report });
  // A document without clips only measures the original.
  const train =
    document.clips.length === 0
      ? { ...test, images: new Uint8Array(0), labels: test.labels.slice(0, 0), count: 0 }
      : await source.load("train", { count: dataset.train, seed, onProgress: report });
  const { mean, std, counts } = source.info;
  let validation: Promise<LabelledImages> | undefined;
  return {
    data: {
      task: tasks[source.info.task],
      info: source.info,
      train,
      test,
      validation: () =>
        (validation ??=
          counts.validation === 0
            ? Promise.resolve(train)
            : source.load("validation", { count: Math.min(validationImages, counts.validation), seed })),
      normalization: dataset.normalize === "standardize" ? { mean, std } : undefined,
    },
    original,
    modelIdentity,
    dataIdentity: `${await fingerprint(train, platform)}/${await fingerprint(test, platform)}`,
  };
}
