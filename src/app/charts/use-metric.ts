/** What the points at hand are scored by, and what it is called. */
import { metricInfo, type MetricId } from "../../engine/tasks/metrics/catalogue";
import { figureOf, primaryMetric, type Scores } from "../../engine/tasks/metrics/scores";
import { taskFacts } from "../../engine/tasks/metrics/task-ids";
import { useSay } from "../i18n/i18n";
import { useLibrary, useRuns } from "../stores/use-studio";
import { useReferenceDocument } from "./runs-shown";

/** The main figure, and the task's others beside it; the loss has a row of its own. */
export function shownFigures(scores: Scores): readonly (readonly [MetricId, number])[] {
  const others = Object.keys(scores.metrics ?? {}) as MetricId[];
  return [...new Set([primaryMetric(scores), ...others])].map((id) => [id, figureOf(scores, id) ?? NaN] as const);
}

export interface MetricWords {
  readonly id: MetricId;
  /** As a heading. */
  readonly label: string;
  /** In the middle of a sentence. */
  readonly name: string;
  readonly meaning: string;
}

export function useMetricWords(): (id: MetricId) => MetricWords {
  const say = useSay();
  return (id) => {
    const { label, name, meaning } = metricInfo(id);
    return { id, label: say(label), name: say(name), meaning: say(meaning) };
  };
}

/** Of the run at hand; before its first point, of the data that the timeline names. */
export function useMetric(): MetricWords {
  const told = useRuns(({ current }) => current?.points[0]);
  const { dataset } = useReferenceDocument();
  const task = useLibrary(({ datasets }) => datasets.find(({ id }) => id === dataset.id)?.task);
  return useMetricWords()(told ? primaryMetric(told) : taskFacts[task ?? "classification"].primary);
}
