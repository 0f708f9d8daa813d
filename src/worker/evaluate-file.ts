/** Scoring a file on images: by default on those of the document inside it, which gives exactly the run's figure. */
import { decodeArtefact } from "#engine/codecs/artefact";
import { EngineError } from "#engine/core/errors";
import type { Platform } from "#engine/core/ports";
import { type LoadProgress, openDataset } from "#engine/datasets/dataset";
import { openModelSource } from "#engine/timeline/sources";
import { evaluate, inferenceModel } from "#engine/training/evaluate";
import { memoryFiles } from "#platform/memory";
import { documentInside } from "./model-report";
import type { EvaluateRequest, EvaluationReport } from "./protocol";

/** @throws EngineError `invalid-params` without a data set, `shape-mismatch` for one that does not fit */
export async function evaluateFile(
  request: EvaluateRequest,
  platform: Platform,
  onLoad: LoadProgress,
): Promise<EvaluationReport> {
  const { bytes, split = "test" } = request;
  const document = documentInside(decodeArtefact(bytes));
  const dataset = request.dataset ?? document?.dataset.id;
  if (dataset === undefined) {
    throw new EngineError(
      "invalid-params",
      "expected a data set to evaluate on, got a file without a document inside; choose one",
    );
  }
  const asRun = dataset === document?.dataset.id && split === "test";
  const count = request.count === "all" ? undefined : (request.count ?? (asRun ? document?.dataset.test : undefined));
  const seed = document?.seed ?? 0;
  const source = await openDataset(dataset, platform, onLoad);
  // Through the door that runs use, so that a network that does not fit the images is refused in the same words.
  const files = memoryFiles(new Map([["artefact", bytes]]));
  const { snapshot } = await openModelSource("file:artefact", seed, source.info, { ...platform, files });
  const images = await source.load(split, { count, seed, onProgress: onLoad });
  const { mean, std } = source.info;
  const model = inferenceModel(snapshot);
  try {
    const evaluation = await evaluate(model, images, {
      normalization: document?.dataset.normalize === "standardize" ? { mean, std } : undefined,
      between: () => platform.yieldToHost(),
    });
    return { dataset, split, ...evaluation };
  } finally {
    model.dispose();
  }
}
