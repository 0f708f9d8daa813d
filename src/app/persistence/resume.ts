/**
 * A run that a reload interrupted: whether it is started again by itself, and what counts as progress. A run that takes
 * the page down each time must not do so for ever.
 */

export interface Attempts {
  /** Reloads since the run last got further. */
  readonly attempts: number;
  /** The furthest step that counted as progress. */
  readonly reached: number;
}

export const noAttempts: Attempts = { attempts: 0, reached: 0 };

const mostAttempts = 2;
/** Of all steps: less is no progress, as two attempts that fail at the same place do not end on the same step. */
const leastGain = 1 / 20;

/** Whether an interrupted run goes on by itself after a reload, or the person is asked. */
export const resumeDecision = ({ attempts }: Attempts): "resume" | "ask" =>
  attempts < mostAttempts ? "resume" : "ask";

/** What is kept before it is started again: should the page not live to say more, this counts. */
export const attempted = ({ attempts, reached }: Attempts): Attempts => ({ attempts: attempts + 1, reached });

/** What is kept once a step is reached. */
export function progressed(before: Attempts, step: number, steps: number): Attempts {
  const further = step >= before.reached + Math.max(1, steps * leastGain);
  return further ? { attempts: 0, reached: step } : before;
}
