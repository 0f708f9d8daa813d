/** One run at a time; the others wait in the order they came. Pure: what a run does is the caller's. */
import { EngineError } from "#engine/core/errors";
import { RunControl } from "#engine/run/control";
import type { RunPhase } from "./protocol";

/** What a run's work is given. */
export interface RunTurn {
  readonly control: RunControl;
  /** Aborted when the run is cancelled; its reason is the error. For what `control` cannot reach: a download. */
  readonly signal: AbortSignal;
}

interface Entry {
  readonly runId: string;
  readonly control: RunControl;
  readonly aborter: AbortController;
  /** Of a run that waits. */
  begin: (() => void) | undefined;
}

export class RunQueue {
  /** The first is the one that computes. */
  #entries: Entry[] = [];

  get length(): number {
    return this.#entries.length;
  }

  phaseOf(runId: string): RunPhase {
    const place = this.#entries.findIndex((e) => e.runId === runId);
    return place < 0 ? "over" : this.#entries[place]!.begin ? "waiting" : "running";
  }

  /** The handle of a run that waits or computes. */
  controlOf(runId: string): RunControl | undefined {
    return this.#find(runId)?.control;
  }

  cancel(runId: string): void {
    const entry = this.#find(runId);
    if (entry) cancelEntry(entry);
  }

  cancelAll(): void {
    // Those behind first, so that none begins.
    for (const entry of this.#entries.toReversed()) cancelEntry(entry);
  }

  /**
   * Does `work` when those before are over.
   * @param onWaiting called with how many are before it, unless there are none
   * @throws EngineError `cancelled` at once for a run that is cancelled while it waits, `invalid-params` for an id in use
   */
  async add<T>(runId: string, work: (turn: RunTurn) => Promise<T>, onWaiting?: (ahead: number) => void): Promise<T> {
    if (this.#find(runId)) {
      throw new EngineError("invalid-params", `expected a run id that is not in use, got '${runId}'`, {
        details: { runId },
      });
    }
    const entry: Entry = { runId, control: new RunControl(), aborter: new AbortController(), begin: undefined };
    this.#entries.push(entry);
    try {
      if (this.#entries.length > 1) {
        onWaiting?.(this.#entries.length - 1);
        await this.#turnOf(entry);
      }
      return await work({ control: entry.control, signal: entry.aborter.signal });
    } finally {
      this.#entries = this.#entries.filter((e) => e !== entry);
      this.#entries[0]?.begin?.();
    }
  }

  #turnOf(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      entry.begin = () => {
        entry.begin = undefined;
        resolve();
      };
      entry.aborter.signal.addEventListener("abort", () => reject(entry.aborter.signal.reason as EngineError));
    });
  }

  #find(runId: string): Entry | undefined {
    return this.#entries.find((e) => e.runId === runId);
  }
}

function cancelEntry({ control, aborter }: Entry): void {
  control.cancel();
  aborter.abort(new EngineError("cancelled", "the run was stopped"));
}
