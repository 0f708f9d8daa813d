/** Ids of the tasks, and the main figure of each. Light: data sets and documents name tasks, the page shows their figures. */
import type { Words } from "#survey/words";
import { words } from "#survey/words";
import type { MetricId } from "./catalogue";

export const taskIds = ["classification"] as const;
export type TaskId = (typeof taskIds)[number];

export interface TaskFacts {
  readonly label: Words;
  /** By which networks are compared. */
  readonly primary: MetricId;
}

export const taskFacts: { readonly [Id in TaskId]: TaskFacts } = {
  classification: { label: words("Classification", "分类"), primary: "accuracy" },
};
