/** How well each class is known, from a confusion matrix, in the measure that a task's main figure is a mean of. Light. */
import type { MetricId } from "./catalogue";

/**
 * Of accuracy: the share of a class's examples that are taken for it. Of mean IoU: `hits / (true + predicted - hits)`.
 * @param confusion `[true class * classes + predicted class]`
 * @returns by class; null of one that does not occur
 */
export function classShares(metric: MetricId, confusion: ArrayLike<number>): readonly (number | null)[] {
  const classes = Math.round(Math.sqrt(confusion.length));
  const at = (truth: number, predicted: number) => confusion[truth * classes + predicted]!;
  const total = (of: (other: number) => number) =>
    Array.from({ length: classes }, (_, c) => of(c)).reduce((a, b) => a + b, 0);
  return Array.from({ length: classes }, (_, index) => {
    const hits = at(index, index);
    const truth = total((predicted) => at(index, predicted));
    const whole = metric === "miou" ? truth + total((other) => at(other, index)) - hits : truth;
    return whole === 0 ? null : hits / whole;
  });
}
