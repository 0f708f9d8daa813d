/** How a network did on a task: the fields that a point, a file's score and a guard have in common. Light. */
import { merit, type MetricId } from "./catalogue";

/**
 * Classification fills `accuracy` and `top5`; every other task puts its figures under `metrics` and names the main one in
 * `metric`. What is measured and what is computed says the catalogue of metrics.
 */
export interface Scores {
  /** Fractions in [0, 1] of the test images. */
  readonly accuracy?: number;
  readonly top5?: number;
  /** Mean of the task's own loss; of classes: cross-entropy, nats. */
  readonly loss: number;
  /** The main figure of a task that is not classification. */
  readonly metric?: MetricId;
  readonly metrics?: Figures;
}

export type Figures = Readonly<Partial<Record<MetricId, number>>>;

/** The figure by which networks are compared. */
export const primaryMetric = (scores: Pick<Scores, "metric">): MetricId => scores.metric ?? "accuracy";

/** A figure by its id, wherever it stands; undefined where the task has none of that name. */
export function figureOf(scores: Partial<Scores>, id: MetricId): number | undefined {
  if (id === "accuracy" || id === "top5" || id === "loss") return scores[id] ?? scores.metrics?.[id];
  return scores.metrics?.[id];
}

/** What a zoo network scored when it was packed. */
export const testScores = (entry: {
  readonly testAccuracy?: number;
  readonly metric?: MetricId;
  readonly testScore?: number;
}): Partial<Scores> =>
  entry.metric === undefined
    ? { accuracy: entry.testAccuracy }
    : { metric: entry.metric, metrics: { [entry.metric]: entry.testScore } };

/** The main figure; not a number where the scores are not whole. */
export const scoreOf = (scores: Partial<Scores>): number => figureOf(scores, primaryMetric(scores)) ?? NaN;

/** The main figure turned so that more is better. */
export const meritOf = (scores: Partial<Scores>): number => merit(primaryMetric(scores), scoreOf(scores));

/** Every figure that is there, the main one first, the loss last. */
export function figuresOf(scores: Scores): [MetricId, number][] {
  const primary = primaryMetric(scores);
  const ids: MetricId[] = [primary, "accuracy", "top5", ...(Object.keys(scores.metrics ?? {}) as MetricId[]), "loss"];
  return [...new Set(ids)].flatMap((id): [MetricId, number][] => {
    const value = figureOf(scores, id);
    return value === undefined ? [] : [[id, value]];
  });
}
