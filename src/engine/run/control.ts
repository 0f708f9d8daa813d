/** The handle by which a run is cancelled, paused and single-stepped from outside. */
import { EngineError } from "../core/errors";

export class RunControl {
  #cancelled = false;
  #paused = false;
  #stepsAllowed = 0;
  #wake: (() => void) | undefined;

  /** The run ends with `cancelled` at the next batch. */
  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
  }

  pause(): void {
    this.#paused = true;
    this.#stepsAllowed = 0;
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
  }

  /** While paused: lets one optimizer step through. */
  step(): void {
    this.#paused = true;
    this.#stepsAllowed++;
    this.#wake?.();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** @throws EngineError `cancelled` */
  check(): void {
    if (this.#cancelled) throw new EngineError("cancelled", "the run was stopped");
  }

  /** Before an optimizer step: waits while paused. @throws EngineError `cancelled` */
  async gate(): Promise<void> {
    this.check();
    while (this.#paused && this.#stepsAllowed === 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.check();
    }
    if (this.#stepsAllowed > 0) this.#stepsAllowed--;
  }
}
