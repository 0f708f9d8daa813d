/** What a network has forgotten: how well it knows each class, against how well it did. */
import type { MetricId } from "../../engine/tasks/metrics/catalogue";
import { classShares } from "../../engine/tasks/metrics/class-shares";

export interface ClassAccuracy {
  readonly index: number;
  /** Null where the original is not known, or where no image shows the class. */
  readonly before: number | null;
  readonly now: number | null;
  /** The class that its images are taken for most often, when they are not known; null where all are. */
  readonly takenFor: { readonly index: number; readonly share: number } | null;
}

type Confusion = ArrayLike<number>;

/** @param metric of which the classes' own shares are shown @param now `[true class * classes + predicted class]` @returns those that lost most first */
export function forgotten(
  before: Confusion | null,
  now: Confusion,
  metric: MetricId = "accuracy",
): readonly ClassAccuracy[] {
  const classes = Math.round(Math.sqrt(now.length));
  const usable = before?.length === now.length ? classShares(metric, before) : null;
  const known = classShares(metric, now);
  const all = Array.from({ length: classes }, (_, index): ClassAccuracy => {
    const row = rowOf(now, index, classes);
    const images = sum(row);
    const wrong = row.map((count, predicted) => (predicted === index ? 0 : count));
    const most = Math.max(0, ...wrong);
    return {
      index,
      before: usable?.[index] ?? null,
      now: known[index] ?? null,
      takenFor: most > 0 ? { index: wrong.indexOf(most), share: most / images } : null,
    };
  });
  const change = ({ before: from, now: to }: ClassAccuracy) => (from === null || to === null ? 0 : to - from);
  return all.sort((a, b) => change(a) - change(b) || a.index - b.index);
}

const rowOf = (confusion: Confusion, index: number, classes: number): readonly number[] =>
  Array.from({ length: classes }, (_, predicted) => confusion[index * classes + predicted]!);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
