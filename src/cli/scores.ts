/** What a task scores, in lines for people and in JSON. */
import { formatMetric, metricInfo, type MetricId } from "#engine/tasks/metrics/catalogue";
import { primaryMetric, scoreOf, type Scores } from "#engine/tasks/metrics/scores";

/** `91.64 %` of classes; of another task the figure is named: `mean IoU 71.20 %`. */
export function score(scores: Partial<Scores>): string {
  const id = primaryMetric(scores);
  return named(id, formatMetric(id, scoreOf(scores)));
}

export const named = (id: MetricId, text: string): string =>
  id === "accuracy" ? text : `${metricInfo(id).name.en} ${text}`;

/** Accuracy stands under its own name; of another task the main figure is `score`, and `metric` says which. */
export function underItsName<T extends { readonly score: number; readonly metric: MetricId }>(value: T): unknown {
  const { score: figure, metric, ...rest } = value;
  return metric === "accuracy" ? { ...rest, accuracy: figure } : value;
}
