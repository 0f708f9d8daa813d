/** What the engine offers a running clip, on this document's data. */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter, readTogether } from "../backend/read-together";
import type { ActivationSample, ClipServices, Teacher, TrialRequest, TrialResult } from "../blocks/block";
import { EngineError } from "../core/errors";
import { effectiveValues } from "../quantizers/effective";
import { parametersOf } from "../core/network";
import { type Snapshot, valuesOf } from "../core/snapshot";
import type { DatasetInfo } from "../datasets/dataset";
import { costOf } from "../metrics/cost";
import { imageBatch, type Normalization } from "../training/batches";
import type { LabelledImages } from "../datasets/source";
import { merit } from "../tasks/metrics/catalogue";
import { taskFacts } from "../tasks/metrics/task-ids";
import { scoreOf } from "../tasks/metrics/scores";
import type { Task } from "../tasks/task";
import { inferenceModel } from "../training/evaluate";
import { forward } from "../training/forward";
import type { LearnedTensors } from "../training/learned-tensors";
import { buildNetwork } from "./sources";
import type { TimelineDocument } from "../document/document";
import { visitRelevances } from "./relevance-visits";
import { visitGradients, visitOutputGradients, visitOutputs, type VisitedImages } from "./visits";

export interface RunData {
  readonly task: Task;
  readonly info: DatasetInfo;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** At most 1,000 images that nothing trains on and no point is scored on; the training images where a file has none. */
  readonly validation: () => Promise<LabelledImages>;
  readonly normalization: Normalization | undefined;
}

/** Values of a node's output that a sample keeps at most; enough for percentiles and squared errors. */
const sampleSize = 32_768;
const sampleBatch = 64;

const firstIndices = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);

async function sampleActivations(
  snapshot: Snapshot,
  nodeIds: readonly string[],
  images: number,
  { train, normalization }: RunData,
  between: () => Promise<void>,
): Promise<ReadonlyMap<string, ActivationSample>> {
  const count = Math.min(images, train.count);
  const perImage = Math.max(1, Math.floor(sampleSize / count));
  const model = inferenceModel(snapshot);
  const found = new Map(nodeIds.map((id) => [id, { min: Infinity, max: -Infinity, values: [] as number[] }]));
  try {
    for (let from = 0; from < count; from += sampleBatch) {
      const indices = firstIndices(from, Math.min(from + sampleBatch, count));
      const taps = tf.tidy(() => {
        const x = imageBatch(train, indices, normalization);
        return Object.fromEntries(model.predict(x, new Set(nodeIds)).taps);
      });
      const read = await disposedAfter(taps, () => readTogether(Object.values(taps)));
      for (const [place, id] of Object.keys(taps).entries()) {
        const values = read[place]!;
        const sample = found.get(id)!;
        for (const value of values) {
          if (value < sample.min) sample.min = value;
          if (value > sample.max) sample.max = value;
        }
        const stride = Math.max(1, Math.floor(values.length / (perImage * indices.length)));
        for (let i = 0; i < values.length; i += stride) sample.values.push(values[i]!);
      }
      await between();
    }
  } finally {
    model.dispose();
  }
  return new Map([...found].map(([id, { min, max, values }]) => [id, { min, max, values: Float32Array.from(values) }]));
}

/** How many training images a clip may use. */
const imagesOf = ({ samples }: { readonly samples?: number }, { train }: RunData): number =>
  Math.min(samples ?? train.count, train.count);

/** Means over batches of the batch means and (biased) variances, on the images that the clip may use. */
export async function recalibrateBatchNorm(
  snapshot: Snapshot,
  clip: { readonly samples?: number },
  { bnRecalibrationBatches: batches, training: { batchSize } }: TimelineDocument,
  data: RunData,
  between: () => Promise<void>,
): Promise<Snapshot> {
  const { train, normalization } = data;
  const images = imagesOf(clip, data);
  const nodes = snapshot.network.nodes.filter((n) => n.op === "batch-norm");
  if (nodes.length === 0 || batches === 0) return snapshot;
  // Dropout would disturb the statistics that inference meets.
  const network = {
    ...snapshot.network,
    nodes: snapshot.network.nodes.map((n) => (n.op === "dropout" ? { ...n, attrs: { rate: 0 } } : n)),
  };
  const tensors = new Map(
    parametersOf(network).map(({ name, shape }) => [
      name,
      tf.tensor(effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)), [...shape], "float32"),
    ]),
  );
  const sums = new Map<string, { mean: Float64Array; variance: Float64Array }>();
  try {
    for (let batch = 0; batch < batches; batch++) {
      const indices = Uint32Array.from({ length: batchSize }, (_, i) => (batch * batchSize + i) % images);
      const ids: string[] = [];
      const owned: tf.Tensor[] = [];
      const read = await disposedAfter(owned, () => {
        tf.tidy(() => {
          forward(network, (name) => tensors.get(name)!, imageBatch(train, indices, normalization), {
            training: true,
            onBatchStatistics(id, mean, variance) {
              ids.push(id);
              owned.push(tf.keep(mean), tf.keep(variance));
            },
          });
        });
        return readTogether(owned);
      });
      for (const [place, id] of ids.entries()) {
        const size = read[2 * place]!.length;
        const sum = sums.get(id) ?? { mean: new Float64Array(size), variance: new Float64Array(size) };
        read[2 * place]!.forEach((m, c) => (sum.mean[c]! += m));
        read[2 * place + 1]!.forEach((s, c) => (sum.variance[c]! += s));
        sums.set(id, sum);
      }
      await between();
    }
  } finally {
    tf.dispose([...tensors.values()]);
  }
  const values = new Map(snapshot.values);
  for (const node of nodes) {
    const sum = sums.get(node.id)!;
    values.set(
      node.params.movingMean!.name,
      Float32Array.from(sum.mean, (m) => m / batches),
    );
    values.set(
      node.params.movingVariance!.name,
      Float32Array.from(sum.variance, (s) => s / batches),
    );
  }
  return { ...snapshot, values };
}

/** The task's main figure of a snapshot on the validation images, turned so that more is better. */
export async function validationScore(
  snapshot: Snapshot,
  { task, validation, normalization }: RunData,
  between: () => Promise<void>,
): Promise<number> {
  const model = inferenceModel(snapshot);
  try {
    const scores = await task.evaluate(model, await validation(), { normalization, between });
    return merit(taskFacts[task.id].primary, scoreOf(scores));
  } finally {
    model.dispose();
  }
}

/**
 * @param teacher the clip's teacher, made before the clip begins
 * @param learned where the clip's own tensors are kept
 * @param trial of the run that the clip is part of
 */
export function clipServices(
  document: TimelineDocument,
  data: RunData,
  between: () => Promise<void>,
  clip: { readonly id: string; readonly samples?: number },
  teacher: Teacher | undefined,
  learned: LearnedTensors,
  trial?: (request: TrialRequest) => Promise<TrialResult>,
): ClipServices {
  const visited: VisitedImages = {
    images: data.train,
    normalization: data.normalization,
    task: data.task,
    info: data.info,
    count: imagesOf(clip, data),
    between,
  };
  return {
    trainingImages: visited.count,
    visitOutputs: (snapshot, ids, images, visit) => visitOutputs(snapshot, ids, images, visited, visit),
    visitGradients: (snapshot, options, visit) => visitGradients(snapshot, options, visited, visit),
    visitOutputGradients: (snapshot, ids, options, visit) =>
      visitOutputGradients(snapshot, ids, options, visited, visit),
    visitRelevances: (snapshot, ids, options, visit) => visitRelevances(snapshot, ids, options, visited, visit),
    cost: costOf,
    trial(request) {
      if (!trial) throw new EngineError("usage", `clip '${clip.id}' expected a run for its trials, got none; run it`);
      return trial(request);
    },
    score: (snapshot) => validationScore(snapshot, data, between),
    between,
    variable: (...all) => learned.variable(...all),
    sampleActivations: (snapshot, ids, images) =>
      sampleActivations(snapshot, ids, Math.min(images, clip.samples ?? images), data, between),
    recalibrateBatchNorm: (snapshot) => recalibrateBatchNorm(snapshot, clip, document, data, between),
    build: (id, seed) => buildNetwork(id, document.seed + seed, data.info),
    teacher() {
      if (!teacher) {
        throw new EngineError(
          "missing-teacher",
          `clip '${clip.id}' expected a teacher, got none; choose original, after:<clip> or zoo:<id>`,
          {
            clipId: clip.id,
          },
        );
      }
      return teacher;
    },
  };
}
