/** Scoring a file on images: by default on those of the document inside it, which gives exactly the run's figure. */
import { decodeArtefact } from "../codecs/artefact";
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import { type LoadProgress, openDataset } from "../datasets/dataset";
import type { Split } from "../datasets/manifest";
import { tasks } from "../tasks/registry";
import type { Evaluation } from "../tasks/task";
import { inferenceModel } from "../training/evaluate";
import { documentInside } from "../document/document";
import { checkFits } from "./sources";

export interface ScoreRequest {
  /** An artefact. */
  readonly bytes: Uint8Array;
  /** What is left out is taken from the document inside the file; without one, the whole test split, pixels as they are. */
  readonly dataset?: string;
  readonly split?: Split;
  /** Images drawn by the document's seed; `all` for the whole split. */
  readonly count?: number | "all";
}

export interface FileScore extends Evaluation {
  readonly dataset: string;
  readonly split: Split;
}

/** @throws EngineError `invalid-params` without a data set, `shape-mismatch` for one that does not fit, or what is wrong with the file */
export async function scoreFile(request: ScoreRequest, platform: Platform, onLoad?: LoadProgress): Promise<FileScore> {
  const { split = "test" } = request;
  const { snapshot, document: raw } = decodeArtefact(request.bytes);
  const document = documentInside(raw);
  const dataset = request.dataset ?? document?.dataset.id;
  if (dataset === undefined) {
    throw new EngineError(
      "invalid-params",
      "expected a data set to evaluate on, got a file without a document inside; choose one",
    );
  }
  const asRun = dataset === document?.dataset.id && split === "test";
  const count = request.count === "all" ? undefined : (request.count ?? (asRun ? document?.dataset.test : undefined));
  const source = await openDataset(dataset, platform, onLoad);
  checkFits(snapshot, source.info, "the file");
  const images = await source.load(split, { count, seed: document?.seed ?? 0, onProgress: onLoad });
  const { mean, std } = source.info;
  const model = inferenceModel(snapshot);
  try {
    const evaluation = await tasks[source.info.task].evaluate(model, images, {
      normalization: document?.dataset.normalize === "standardize" ? { mean, std } : undefined,
      between: () => platform.yieldToHost(),
    });
    return { dataset, split, ...evaluation };
  } finally {
    model.dispose();
  }
}
