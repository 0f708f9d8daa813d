/**
 * For tests only: a network of 780 weights, images that it can learn, and a platform in memory on which a document runs
 * in a fraction of a second.
 */
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { createMemoryPlatform, memoryCache } from "#platform/memory";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import { decodeArtefact, encodeArtefact } from "../codecs/artefact";
import { effectiveValues } from "../quantizers/effective";
import type { Network } from "../core/network";
import type { Platform, SnapshotCache } from "../core/ports";
import { createRng } from "../core/rng";
import { plainSnapshot, type Snapshot, valuesOf } from "../core/snapshot";
import { writeLayersModel } from "../formats/layers-model/write";
import { classification, labelBatch } from "../tasks/classification";
import { createBatchOrder, imageBatch } from "../training/batches";
import type { LabelledImages } from "../datasets/source";
import { LiveModel } from "../training/live-model";
import { trainStep } from "../training/step";
import { networkBuilder } from "../zoo/builder";
import { initializeValues } from "../zoo/initialize";
import { type Checkpoint, unpackCheckpoint } from "./checkpoints";
import { RunControl } from "./control";
import type { TimelineDocument } from "../document/document";
import type { LossChunk } from "./losses";
import type { Measurement, Point } from "./measure";
import { runDocument, type RunDeps, type RunResult } from "./runner";

export { type RawClip, tinyDocument } from "../document/tiny-document.testing";

const size = 12;
/** Of a stroke, in pixels. */
const length = 5;
export const tinyClasses = 4;
/** The last twelfth of the file's 324 images is kept apart for validation. */
export const tinyTrainCount = 297;
export const tinyTestCount = 100;

/** The wasm backend with its training kernels. */
export async function startTiny(): Promise<void> {
  await startWasm();
  registerWasmTrainingKernels();
}

/** Two convolutions with batch normalization, then a dense layer: kernels of 54, 432 and 288 weights. */
export function tinyNetwork(): Network {
  const b = networkBuilder("tiny", [size, size, 1]);
  const unit = (from: string, filters: number, id: string) =>
    b.maxPool(b.activation(b.batchNorm(b.conv2d(from, { filters, kernelSize: 3, useBias: false }, id))));
  const x = unit(unit(b.input, 6, "conv1"), 8, "conv2");
  return b.build(b.dense(b.flatten(x), { units: tinyClasses }, "logits"));
}

/** 12 x 12 grey images: a horizontal, vertical, falling or rising stroke somewhere under noise. */
export function tinyImages(count: number, stream: "train" | "test"): LabelledImages {
  const rng = createRng(11, `tiny/${stream}`);
  const images = new Uint8Array(count * size * size);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const label = n % tinyClasses;
    labels[n] = label;
    const [top, left] = [rng.integer(size - length), rng.integer(size - length)];
    for (let i = 0; i < size * size; i++) images[n * size * size + i] = rng.integer(90);
    const mark = (y: number, x: number) =>
      (images[n * size * size + (top + y) * size + left + x] = 120 + rng.integer(80));
    for (let k = 0; k < length; k++) {
      if (label === 0) mark(2, k);
      else if (label === 1) mark(k, 2);
      else if (label === 2) mark(k, k);
      else mark(k, length - 1 - k);
    }
  }
  return { images, labels, count, shape: [size, size, 1] };
}

/** Bytes as the MNIST files have them. */
function idx(shape: readonly number[], values: Uint8Array): Uint8Array {
  const axes = shape.flatMap((n) => [0, 0, n >> 8, n & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...axes, ...values]);
}

function idxFiles(folder: string): [string, Uint8Array][] {
  const train = tinyImages(324, "train");
  const test = tinyImages(tinyTestCount, "test");
  return [
    [`${folder}/train-images`, idx([train.count, size, size], train.images as Uint8Array)],
    [`${folder}/train-labels`, idx([train.count], train.labels as Uint8Array)],
    [`${folder}/test-images`, idx([test.count, size, size], test.images as Uint8Array)],
    [`${folder}/test-labels`, idx([test.count], test.labels as Uint8Array)],
  ];
}

/** The task of the tiny images, for passes over them. */
export const tinyTask = {
  task: classification,
  info: { shape: [size, size, 1], classes: Array.from({ length: tinyClasses }, (_, i) => `${i}`) },
} as const;

/** Adam on hard labels, outside any document. */
export async function trainTiny(from: Snapshot, steps: number, learningRate = 0.01): Promise<Snapshot> {
  const data = tinyImages(324, "train");
  const order = createBatchOrder(1, 32);
  const model = new LiveModel(from);
  for (let step = 0; step < steps; step++) {
    const keys = order.at(step, tinyTrainCount);
    const oneHot = labelBatch(data, keys, tinyClasses);
    const batch = { step, keys, x: imageBatch(data, keys), targets: { oneHot } };
    const optimizer = { kind: "adam", learningRate, momentum: 0 } as const;
    const { total, parts } = trainStep(model, { task: classification, batch, terms: [], optimizer, noiseSeed: step });
    tf.dispose([batch.x, oneHot, total, ...parts]);
  }
  const trained = await model.snapshot();
  model.dispose();
  return trained;
}

export const freshTiny = (seed = 1): Snapshot => {
  const network = tinyNetwork();
  return plainSnapshot(network, initializeValues(network, seed));
};

let trained: Promise<Snapshot> | undefined;

/** The tiny network, trained once for each test file. */
export const trainedTiny = (): Promise<Snapshot> => (trained ??= trainTiny(freshTiny(), 90));

export interface TinyPlatform extends Platform {
  /** The state that was kept last. */
  lastKept(): Checkpoint;
}

/** Data `file:data`, the trained network `file:net`, and snapshots of the test's own as artefacts `file:<name>`. */
export async function tinyPlatform(snapshots: Readonly<Record<string, Snapshot>> = {}): Promise<TinyPlatform> {
  const { modelJson, weights } = writeLayersModel(await trainedTiny());
  const memory = memoryCache();
  const kept = new Map<string, Uint8Array>();
  const cache: SnapshotCache = {
    get: (key) => memory.get(key),
    set(key, bytes) {
      kept.set(key, bytes.slice());
      return memory.set(key, bytes);
    },
  };
  const files = new Map([
    ...idxFiles("data"),
    ["net/model.json", new TextEncoder().encode(JSON.stringify(modelJson))] as const,
    ["net/weights.bin", weights] as const,
    ...Object.entries(snapshots).map(([name, snapshot]) => [name, encodeArtefact(snapshot).bytes] as const),
  ]);
  return { ...createMemoryPlatform({ files, cache }), lastKept: () => unpackCheckpoint([...kept.values()].at(-1)!) };
}

/** The tiny images are classified. */
export type ClassPoint = Point & { readonly accuracy: number; readonly top5: number };

export interface TinyRun {
  readonly result: RunResult & {
    readonly points: readonly ClassPoint[];
    readonly original: ClassPoint;
    readonly final: ClassPoint;
  };
  readonly points: readonly ClassPoint[];
  readonly boundaries: readonly Measurement[];
  readonly losses: readonly LossChunk[];
  /** Where the run went on from a kept state. */
  readonly restoredAt: number | undefined;
}

/** Runs a document to its end, or to its error; either way it must leave no tensor behind. */
export async function runTiny(
  document: TimelineDocument,
  deps: Partial<RunDeps> & { readonly platform: Platform },
): Promise<TinyRun> {
  const points: ClassPoint[] = [];
  const boundaries: Measurement[] = [];
  const losses: LossChunk[] = [];
  let restoredAt: number | undefined;
  const before = tf.memory();
  const run = runDocument(document, {
    backend: "wasm",
    control: new RunControl(),
    ...deps,
    observer: {
      ...deps.observer,
      onBoundary(m) {
        boundaries.push(m);
        deps.observer?.onBoundary?.(m);
      },
      onLosses: (chunk) => losses.push(chunk),
      onRestored: (step) => (restoredAt = step),
    },
  });
  try {
    let next = await run.next();
    for (; !next.done; next = await run.next()) points.push(next.value as ClassPoint);
    return { result: next.value as TinyRun["result"], points, boundaries, losses, restoredAt };
  } finally {
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  }
}

/** The network that a run's file holds. */
export const decodedOf = ({ result }: TinyRun): Snapshot => decodeArtefact(result.artefact.bytes).snapshot;

/** Effective values of a parameter. */
export const effectiveOf = (snapshot: Snapshot, name: string): Float32Array =>
  effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));

/** Filters of each convolution of the network that a run's file holds, in node order. */
export const filtersOf = (run: TinyRun): number[] =>
  decodedOf(run).network.nodes.flatMap((node) => (node.op === "conv2d" ? node.attrs.filters : []));

/** Test images as the network sees them, one after the other, in [0, 1]. */
export const tinyPixels = (count: number): Float32Array =>
  Float32Array.from(tinyImages(count, "test").images, (value) => value / 255);
