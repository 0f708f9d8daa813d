/** The host's runs: one at a time from the queue, steered by id, their news on its way out. */
import { EngineError } from "#engine/core/errors";
import type { Platform } from "#engine/core/ports";
import type { RunControl } from "#engine/run/control";
import { parseDocument, type TimelineDocument } from "#engine/document/document";
import type { Measurement } from "#engine/run/measure";
import { runDocument } from "#engine/run/runner";
import { assertValid } from "#engine/document/validate";
import type { BackendKeeper } from "./backend-keeper";
import type { BoundaryFile, RunPhase, RunSummary } from "./protocol";
import { type Emit, RunNews } from "./run-news";
import { RunQueue, type RunTurn } from "./run-queue";
import type { Timers } from "./timers";

export interface RunHostDeps {
  readonly platform: Platform;
  readonly timers: Timers;
  readonly backend: BackendKeeper;
  readonly emit: Emit;
}

interface LatestRun {
  readonly runId: string;
  readonly news: RunNews;
  /** What it measured at its last boundary. */
  boundary?: Measurement;
}

export class RunHost {
  readonly #deps: RunHostDeps;
  readonly #queue = new RunQueue();
  /** The run that computes, or computed last. */
  #latest: LatestRun | undefined;

  constructor(deps: RunHostDeps) {
    this.#deps = deps;
  }

  get isBusy(): boolean {
    return this.#queue.length > 0;
  }

  /** @param raw from another thread, and so from another version perhaps: it is checked before it waits */
  async run(runId: string, raw: unknown): Promise<RunSummary> {
    const { emit } = this.#deps;
    const document = parseDocument(raw);
    assertValid(document);
    let waits = false;
    const onWaiting = (ahead: number) => {
      waits = true;
      emit("state", { runId, state: "waiting", ahead });
    };
    const work = (turn: RunTurn) => {
      waits = false;
      return this.#told(runId, () => this.#execute(runId, document, turn));
    };
    try {
      return await this.#queue.add(runId, work, onWaiting);
    } catch (error) {
      if (waits) emit("state", { runId, state: "finished", outcome: "cancelled" });
      throw error;
    }
  }

  cancel(runId: string): RunPhase {
    const was = this.#queue.phaseOf(runId);
    this.#queue.cancel(runId);
    return was;
  }

  cancelAll(): void {
    this.#queue.cancelAll();
  }

  /** Pauses, resumes, or steps a run; a run that waits obeys when its turn comes. */
  steer(runId: string, act: (control: RunControl) => void): RunPhase {
    const was = this.#queue.phaseOf(runId);
    const control = this.#queue.controlOf(runId);
    if (control) act(control);
    if (this.#latest?.runId === runId) this.#latest.news.halted();
    return was;
  }

  /** @throws EngineError `asset-missing` */
  boundaryFile(runId: string): BoundaryFile {
    const boundary = this.#latest?.runId === runId ? this.#latest.boundary : undefined;
    if (!boundary) {
      throw new EngineError(
        "asset-missing",
        `expected a file of run '${runId}', found none; only the latest run's last boundary is kept`,
        {
          details: { runId },
        },
      );
    }
    // A copy: the run may end on this very file, and gives it away then.
    return { bytes: boundary.bytes.slice(), point: boundary.point };
  }

  /** Tells of a run's beginning and, before the next one begins, of its end. */
  async #told(runId: string, work: () => Promise<RunSummary>): Promise<RunSummary> {
    const { emit } = this.#deps;
    emit("state", { runId, state: "started" });
    let outcome: "done" | "cancelled" | "failed" = "failed";
    try {
      const summary = await work();
      outcome = "done";
      return summary;
    } catch (error) {
      if (error instanceof EngineError && error.code === "cancelled") outcome = "cancelled";
      throw error;
    } finally {
      emit("state", { runId, state: "finished", outcome });
    }
  }

  async #execute(runId: string, document: TimelineDocument, { control, signal }: RunTurn): Promise<RunSummary> {
    const { platform, timers, backend, emit } = this.#deps;
    const from = timers.now();
    const news = new RunNews(runId, emit, timers);
    const latest: LatestRun = { runId, news };
    this.#latest = latest;
    const { backend: name } = await backend.current();
    control.check();
    try {
      const points = runDocument(document, {
        platform: stoppable(platform, signal, (loaded, total) => news.loads.report("network", loaded, total)),
        backend: name,
        control,
        observer: news.observer((boundary) => (latest.boundary = boundary)),
      });
      for (;;) {
        const next = await points.next();
        if (next.done) {
          const { document: _, ...result } = next.value;
          // The file goes with the result.
          delete latest.boundary;
          return { ...result, seconds: (timers.now() - from) / 1000 };
        }
        news.point(next.value);
      }
    } finally {
      news.finish();
    }
  }
}

/** A platform whose downloads end for the run when it is stopped; tells of those that the runner does not speak of. */
function stoppable(
  platform: Platform,
  signal: AbortSignal,
  onNetwork: (loaded: number, total: number | undefined) => void,
): Platform {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as EngineError));
  });
  stopped.catch(() => undefined);
  return {
    ...platform,
    assets: {
      read(path, onProgress) {
        const progress = (loaded: number, total: number | undefined) => {
          if (signal.aborted) return;
          onProgress?.(loaded, total);
          if (path.startsWith("zoo/") && !path.endsWith(".json")) onNetwork(loaded, total);
        };
        return Promise.race([platform.assets.read(path, progress), stopped]);
      },
    },
  };
}
