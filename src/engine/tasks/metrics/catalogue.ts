/**
 * Every figure that a task may be scored by, and what a reader needs to know of it: unit, direction, range, words. Light:
 * the page and the command line write tables and axes from it. How a figure is computed is in the task that gives it.
 */
import { type Words, words } from "#survey/words";

export interface MetricInfo {
  /** `fraction`: a share in [0, 1], written in percent. */
  readonly unit: "fraction" | "nats";
  readonly better: "higher" | "lower";
  /** What it can be; charts show no value beyond. */
  readonly range: readonly [low: number, high: number];
  /** From data that a network was run on, or from shapes and widths alone. */
  readonly origin: "measured" | "computed";
  /** As a heading. */
  readonly label: Words;
  /** In the middle of a sentence. */
  readonly name: Words;
  /** What it says, beside an axis. */
  readonly meaning: Words;
}

export const metrics = {
  accuracy: {
    unit: "fraction",
    better: "higher",
    range: [0, 1],
    origin: "measured",
    label: words("Accuracy", "准确率"),
    name: words("accuracy", "准确率"),
    meaning: words("share of test images it gets right", "测试图像中识别正确的比例"),
  },
  top5: {
    unit: "fraction",
    better: "higher",
    range: [0, 1],
    origin: "measured",
    label: words("Top-5 accuracy", "前 5 准确率"),
    name: words("top-5 accuracy", "前 5 准确率"),
    meaning: words(
      "share of test images whose class is among its first five",
      "真实类别位于前五个预测中的测试图像比例",
    ),
  },
  miou: {
    unit: "fraction",
    better: "higher",
    range: [0, 1],
    origin: "measured",
    label: words("Mean IoU", "平均交并比"),
    name: words("mean IoU", "平均交并比"),
    meaning: words(
      "overlap of found and true pixels over their union, a mean of all classes",
      "预测像素与真实像素的交集除以并集，取各类别平均",
    ),
  },
  pixelAccuracy: {
    unit: "fraction",
    better: "higher",
    range: [0, 1],
    origin: "measured",
    label: words("Pixel accuracy", "像素准确率"),
    name: words("pixel accuracy", "像素准确率"),
    meaning: words("share of test pixels it gets right", "测试像素中识别正确的比例"),
  },
  loss: {
    unit: "nats",
    better: "lower",
    range: [0, Infinity],
    origin: "measured",
    label: words("Test loss", "测试损失"),
    name: words("loss", "损失"),
    meaning: words("mean cross-entropy on the test images", "测试图像上的平均交叉熵"),
  },
} as const satisfies Readonly<Record<string, MetricInfo>>;

export type MetricId = keyof typeof metrics;

export const metricInfo = (id: MetricId): MetricInfo => metrics[id];

/** Whether an id, e.g. one read from a file, is of the catalogue. */
export const isMetricId = (id: string): id is MetricId => Object.hasOwn(metrics, id);

/** Turns a value so that more is better, whatever the metric: what guards, searches and fronts compare. */
export const merit = (id: MetricId, value: number): number => (metrics[id].better === "higher" ? value : -value);

/** `91.64 %`, `0.2631`; a locale's own digits are the caller's business. */
export const formatMetric = (id: MetricId, value: number, digits?: number): string =>
  metricInfo(id).unit === "fraction" ? `${(100 * value).toFixed(digits ?? 2)} %` : value.toFixed(digits ?? 4);
