/** At most so many calls in a time: the first at once, the rest gathered and let through when the interval is over. */
import type { Timers } from "./timers";

export class Throttle {
  #next = -Infinity;
  #cancel: (() => void) | undefined;

  /** @param send called with nothing to do as well: what there is to send is the caller's to know */
  constructor(
    private readonly timers: Timers,
    private readonly intervalMs: number,
    private readonly send: () => void,
  ) {}

  /** There is something to send. */
  request(): void {
    if (this.#cancel) return;
    const wait = this.#next - this.timers.now();
    if (wait <= 0) this.flush();
    else this.#cancel = this.timers.after(wait, () => this.flush());
  }

  /** Sends now, whatever the interval. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#next = this.timers.now() + this.intervalMs;
    this.send();
  }
}
