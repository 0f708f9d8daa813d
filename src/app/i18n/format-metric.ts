/** Figures of tasks as a reader of either language writes them: unit and digits are the metric's. */
import { metricInfo, type MetricId } from "../../engine/tasks/metrics/catalogue";
import { primaryMetric, scoreOf, type Scores } from "../../engine/tasks/metrics/scores";
import { formatNumber, formatPercent } from "./format";

/** @param digits after the point, of a share in percent; a figure with another unit has three that count */
export const formatMetric = (id: MetricId, value: number, digits?: number): string =>
  metricInfo(id).unit === "fraction"
    ? formatPercent(value, digits)
    : formatNumber(value, { maximumSignificantDigits: 3 });

/** The main figure. */
export const formatScore = (scores: Partial<Scores>, digits?: number): string =>
  formatMetric(primaryMetric(scores), scoreOf(scores), digits);
