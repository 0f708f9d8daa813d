/**
 * One point: the snapshot encoded, decoded again, and the decoded network scored. Everything charted comes from here.
 */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter } from "../backend/read-together";
import { decodeArtefact, encodeArtefact, type EncodedArtefact } from "../codecs/artefact";
import type { TensorBreakdown } from "../codecs/snapshot-plan";
import type { Clock } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { bopsOf, macsOf, nonZeroCount, parameterCount } from "../metrics/accounting";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { imageBatch, type Normalization } from "../training/batches";
import type { LabelledImages } from "../datasets/source";
import type { Scores } from "../tasks/metrics/scores";
import type { Task } from "../tasks/task";
import { inferenceModel, type InferenceModel } from "../training/evaluate";
import type { TimelineDocument } from "../document/document";

/** What the task scores is measured. */
export interface Point extends Scores {
  /** The clip whose end or instant this is; null for the original and for points between. */
  readonly clip: string | null;
  /** Optimizer steps on the timeline. */
  readonly step: number;
  readonly testImages: number;
  /** Bytes of the value streams of this point's file. Measured. */
  readonly sizeBytes: number;
  /** The whole file. Measured. */
  readonly fileBytes: number;
  /** fp32 bytes of the original, batch normalization folded, over `sizeBytes` (survey eq. 1). */
  readonly compressionRatio: number;
  readonly parameters: number;
  readonly nonZero: number;
  /** Dense multiply-accumulates for one image. Computed. */
  readonly macs: number;
  /** MACs times weight bits times activation bits. Computed. */
  readonly bops: number;
  /** Median of single-image forward passes with fake quantizers taken off; null between boundaries. Measured. */
  readonly latencyMs: number | null;
}

export interface Measurement {
  readonly point: Point;
  readonly bytes: Uint8Array;
  readonly tensors: readonly TensorBreakdown[];
  /** `[true class * classes + predicted class]`; empty where the task has no classes. */
  readonly confusion: Uint32Array;
}

export interface MeasureOptions {
  readonly task: Task;
  readonly clip: string | null;
  readonly step: number;
  readonly test: LabelledImages;
  /** How many of the test images. */
  readonly images: number;
  readonly normalization?: Normalization;
  readonly originalBytes: number;
  readonly document: TimelineDocument;
  readonly clock: Clock;
  readonly withLatency: boolean;
  readonly between?: () => Promise<void>;
}

const latencyWarmUp = 5;
const latencyRuns = 25;

/** Batch 1, ended by a read-back of the output. */
async function latency(
  model: InferenceModel,
  test: LabelledImages,
  clock: Clock,
  normalization?: Normalization,
): Promise<number> {
  const x = imageBatch(test, [0], normalization);
  const times: number[] = [];
  await disposedAfter(x, async () => {
    for (let run = 0; run < latencyWarmUp + latencyRuns; run++) {
      const from = clock.now();
      const output = tf.tidy(() => model.predict(x).output);
      await disposedAfter(output, () => output.data());
      if (run >= latencyWarmUp) times.push(clock.now() - from);
    }
  });
  return times.sort((a, b) => a - b)[latencyRuns >> 1]!;
}

/** The file of a point: batch normalization folded in a copy, the document inside. */
export const encodeMeasured = (snapshot: Snapshot, document: TimelineDocument): EncodedArtefact =>
  encodeArtefact(foldBatchNorm(snapshot), { document });

export async function measure(snapshot: Snapshot, options: MeasureOptions): Promise<Measurement> {
  const { task, clip, step, test, images, normalization, originalBytes, document, clock, withLatency, between } =
    options;
  const encoded = encodeMeasured(snapshot, document);
  const decoded = decodeArtefact(encoded.bytes).snapshot;
  const model = inferenceModel(decoded);
  try {
    const {
      confusion,
      images: testImages,
      ...scores
    } = await task.evaluate(model, test, { normalization, count: images, between });
    let latencyMs: number | null = null;
    if (withLatency) {
      // There are no integer kernels: a fake quantizer only costs time, so it is not part of the latency.
      const bare = decoded.activations.size === 0 ? model : inferenceModel({ ...decoded, activations: new Map() });
      try {
        latencyMs = await latency(bare, test, clock, normalization);
      } finally {
        if (bare !== model) bare.dispose();
      }
    }
    const point: Point = {
      clip,
      step,
      ...scores,
      testImages,
      sizeBytes: encoded.sizeBytes,
      fileBytes: encoded.fileBytes,
      compressionRatio: originalBytes / encoded.sizeBytes,
      parameters: parameterCount(decoded.network),
      nonZero: nonZeroCount(decoded),
      macs: macsOf(decoded.network),
      bops: bopsOf(decoded),
      latencyMs,
    };
    return { point, bytes: encoded.bytes, tensors: encoded.tensors, confusion };
  } finally {
    model.dispose();
  }
}
