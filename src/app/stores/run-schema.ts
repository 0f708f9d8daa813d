/** What is told of a run, read from where it was written down: the page's database, or the run that ships. */
import * as v from "valibot";
import { type MetricId, metrics } from "../../engine/tasks/metrics/catalogue";
import type { Tensors } from "./run-store";

export const lossesSchema = v.object({
  rows: v.array(v.object({ step: v.number(), total: v.number(), parts: v.record(v.string(), v.number()) })),
  names: v.array(v.string()),
});

const number = v.number();
const metricId = v.picklist(Object.keys(metrics) as MetricId[]);
export const pointSchema = v.object({
  clip: v.nullable(v.string()),
  step: number,
  accuracy: v.exactOptional(number),
  top5: v.exactOptional(number),
  loss: number,
  // A figure of another version has no words: such a run is not read.
  metric: v.exactOptional(metricId),
  metrics: v.exactOptional(v.record(metricId, number)),
  testImages: number,
  sizeBytes: number,
  fileBytes: number,
  compressionRatio: number,
  parameters: number,
  nonZero: number,
  macs: number,
  bops: number,
  latencyMs: v.nullable(number),
});
const tensorSchema = v.object({
  name: v.string(),
  shape: v.array(number),
  codec: v.string(),
  streams: v.array(v.looseObject({ stream: v.string(), bytes: number })),
  sizeBytes: number,
  nonZero: number,
  count: number,
});

/** Its confusion matrix is written down in one way or another. */
export const boundarySchema = v.object({
  point: pointSchema,
  // The name of a stream of another version is a word that is shown, and no more.
  tensors: v.pipe(
    v.array(tensorSchema),
    v.transform((tensors) => tensors as unknown as Tensors),
  ),
});
