/** Ids of the tasks, and the main figure of each. Light: data sets and documents name tasks, the page shows their figures. */
import type { Words } from "#survey/words";
import { words } from "#survey/words";
import type { MetricId } from "./catalogue";

export const taskIds = ["classification", "segmentation"] as const;
export type TaskId = (typeof taskIds)[number];

export interface TaskFacts {
  readonly label: Words;
  /** By which networks are compared. */
  readonly primary: MetricId;
  /** Output that a network must have for examples of a shape and so many classes, without the batch. */
  outputShape(shape: readonly number[], classes: number): readonly number[];
}

export const taskFacts: { readonly [Id in TaskId]: TaskFacts } = {
  classification: {
    label: words("Classification", "分类"),
    primary: "accuracy",
    outputShape: (_, classes) => [classes],
  },
  segmentation: {
    label: words("Segmentation", "分割"),
    primary: "miou",
    outputShape: (shape, classes) => [...shape.slice(0, 2), classes],
  },
};
