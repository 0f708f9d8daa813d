/**
 * The contract of a task: what a network is trained towards and scored by. One file for each task beside this one;
 * `registry.ts` lists them. A data set names its task; loss, targets, points, guards, searches, relevances and claims
 * follow from it.
 */
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { DatasetInfo, LabelledImages } from "../datasets/source";
import type { EvaluateOptions, InferenceModel } from "../training/evaluate";
import type { Scores } from "./metrics/scores";
import type { TaskId } from "./metrics/task-ids";

/** What a task asks about data: shape of one example, and names by class index. */
export type TaskData = Pick<DatasetInfo, "shape" | "classes">;

/** What a batch is trained towards, by name. A task with class logits has `oneHot` `[rows, classes]`. */
export type Targets = Readonly<Record<string, Tensor>>;

export interface Evaluation extends Scores {
  /** Examples scored. */
  readonly images: number;
  /** `[true class * classes + predicted class]` counts; empty where there are no classes. */
  readonly confusion: Uint32Array;
}

/** Its label, its main figure and the output that it needs are in `metrics/task-ids.ts`, which the page reads too. */
export interface Task {
  readonly id: TaskId;
  /** Names the loss in the chart of losses. */
  readonly lossName: string;
  /** Of the examples at `indices`; the caller disposes them. */
  targets(data: LabelledImages, indices: ArrayLike<number>, info: TaskData): Targets;
  /** Mean over the batch, inside the tape. @param output `[batch, ...output shape]` */
  loss(output: Tensor, targets: Targets): Scalar;
  /**
   * The output as rows of class logits `[rows, classes]`: what soft targets, relevances and `label-logit` read. Absent
   * where the output says nothing of classes.
   */
  classLogits?(output: Tensor): Tensor2D;
  /** @throws EngineError `diverged` for an output that is not finite */
  evaluate(model: InferenceModel, data: LabelledImages, options?: EvaluateOptions): Promise<Evaluation>;
}
