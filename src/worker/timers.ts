/** Time as the worker's parts see it, so that tests can move it by hand. */

export interface Timers {
  /** Milliseconds from an arbitrary start, monotone. */
  now(): number;
  /** Calls back once, `ms` from now. @returns takes it back */
  after(ms: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  after(ms, callback) {
    const id = setTimeout(callback, ms);
    return () => clearTimeout(id);
  },
};
