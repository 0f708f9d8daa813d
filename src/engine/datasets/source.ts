/** The contract of a data set: labelled examples, their task, and drawing a part of a split by a seed. */
import type { Shape } from "../core/network";
import type { Platform } from "../core/ports";
import type { TaskId } from "../tasks/metrics/task-ids";
import type { Split } from "./manifest";

export interface LabelledImages {
  /** `count * sizeOf(shape)` values, NHWC. A Uint8Array holds value * 255; a Float32Array holds the values themselves. */
  readonly images: Uint8Array | Float32Array;
  /**
   * What the task trains towards, `labels.length / count` values for each example: one class index, a class index for
   * each pixel in the order of the pixels, or numbers.
   */
  readonly labels: Uint8Array | Float32Array;
  readonly count: number;
  /** Of one image: `[height, width, channels]`, or `[features]` for rows of a table. */
  readonly shape: Shape;
}

export interface DatasetInfo {
  readonly id: string;
  readonly title: string;
  /** What its labels are for. */
  readonly task: TaskId;
  /** Of one image. */
  readonly shape: Shape;
  /** Names by class index. */
  readonly classes: readonly string[];
  readonly counts: Readonly<Record<Split, number>>;
  /** Of all values of the train split as a network sees them (bytes / 255). */
  readonly mean: number;
  /** Of all values of the train split as a network sees them; population form. */
  readonly std: number;
  readonly licence: string;
  readonly origin: string;
}

/** Done so far and in all: bytes of a catalogue's shards, arrays of a user's file. */
export type LoadProgress = (loaded: number, total: number) => void;

export interface LoadOptions {
  /** Images drawn without repetition; all of them, in file order, when omitted. */
  readonly count?: number;
  /** The document's seed: the same seed draws the same images in the same order. Unused without `count`. */
  readonly seed: number;
  readonly onProgress?: LoadProgress;
}

export interface DatasetSource {
  readonly info: DatasetInfo;
  /**
   * `validation` is the end of the official train set (5,000 images in the catalogue) and no part of `train`. A smaller
   * draw from `validation` or `test` is the beginning of a larger one with the same seed. The caller owns the arrays.
   * @throws EngineError `invalid-params` when the split holds fewer images, `asset-corrupt`, `asset-missing`
   */
  load(split: Split, options: LoadOptions): Promise<LabelledImages>;
}

export type DatasetPorts = Pick<Platform, "assets" | "files" | "gunzip" | "sha256">;
