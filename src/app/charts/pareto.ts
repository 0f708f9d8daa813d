/** The best of many trade-offs. */

import { meritOf, type Scores } from "../../engine/tasks/metrics/scores";

export interface TradeOff extends Partial<Scores> {
  readonly compressionRatio: number;
}

/**
 * Those that no other beats: none is at least as good in both and better in one. By rising ratio, so by falling
 * score; of equal ones the first.
 */
export function paretoFront<T extends TradeOff>(all: readonly T[]): readonly T[] {
  const byRatio = [...all].sort((a, b) => b.compressionRatio - a.compressionRatio || meritOf(b) - meritOf(a));
  let best = -Infinity;
  const front = byRatio.filter((point) => {
    const leads = meritOf(point) > best;
    if (leads) best = meritOf(point);
    return leads;
  });
  return front.reverse();
}

/**
 * The front as the line that it is, a staircase: for at least so much compression, at best such a score. Straight
 * lines from one to the next would promise what nobody has measured.
 */
export function staircase(front: readonly TradeOff[]): readonly TradeOff[] {
  return front.flatMap((point, i) => {
    const before = front[i - 1];
    return before ? [{ ...point, compressionRatio: before.compressionRatio }, point] : [point];
  });
}

/**
 * What a run came to, as far as it can be compared with others: its last point that was tested on as many images as its
 * original. Points between boundaries see fewer, and a lucky thousand images would beat ten thousand.
 */
export const outcomeOf = <P extends { readonly testImages: number }>(points: readonly P[]): P | undefined =>
  points.findLast(({ testImages }, i) => i > 0 && testImages >= points[0]!.testImages);
