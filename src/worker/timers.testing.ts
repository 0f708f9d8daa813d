/** For tests only: time that moves when it is told to. */
import type { Timers } from "./timers";

export interface FakeTimers extends Timers {
  /** Moves time on, calling back on the way whatever falls due, in order. */
  advance(ms: number): void;
  /** How many callbacks are waiting. */
  readonly waiting: number;
}

export function fakeTimers(): FakeTimers {
  let now = 0;
  const due = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    after(ms, callback) {
      const entry = { at: now + ms, callback };
      due.add(entry);
      return () => due.delete(entry);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        due.delete(next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
    get waiting() {
      return due.size;
    },
  };
}
