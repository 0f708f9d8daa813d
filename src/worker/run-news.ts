/** The news of a run on its way out: gathered, thinned, and sent ten times a second at most. */
import type { LossChunk } from "#engine/run/losses";
import type { Measurement, Point } from "#engine/run/measure";
import type { RunObserver, RunProgress } from "#engine/run/observer";
import type { EngineEvents, EventName } from "./protocol";
import { lossSeries, thinPoints } from "./thin";
import { Throttle } from "./throttle";
import type { Timers } from "./timers";

export type Emit = <N extends EventName>(name: N, data: EngineEvents[N]) => void;
type Load = EngineEvents["load"];

export const newsIntervalMs = 100;

export class RunNews {
  readonly #throttle: Throttle;
  readonly #pace: Pace;
  #points: Point[] = [];
  #chunks: LossChunk[] = [];
  #progress: EngineEvents["progress"] | undefined;
  /** Where its downloads are told. */
  readonly loads: LoadNews;

  constructor(
    private readonly runId: string,
    private readonly emit: Emit,
    timers: Timers,
  ) {
    this.loads = new LoadNews(runId, emit, timers);
    this.#throttle = new Throttle(timers, newsIntervalMs, () => this.#send());
    this.#pace = new Pace(timers);
  }

  /** What the runner reports to. @param onBoundary sees the file as well, which is no news but kept */
  observer(onBoundary: (measurement: Measurement) => void): RunObserver {
    const { runId } = this;
    return {
      onLoad: (what, loaded, total) => this.loads.report(what, loaded, total),
      onProgress: (progress) => {
        this.#progress = { runId, ...progress, etaMs: this.#pace.etaMs(progress) };
        this.#throttle.request();
      },
      onLosses: (chunk) => {
        this.#chunks.push(chunk);
        this.#throttle.request();
      },
      onBoundary: (measurement) => {
        onBoundary(measurement);
        const { point, tensors, confusion } = measurement;
        this.emit("boundary", { runId, point, tensors, confusion });
      },
      onDecision: (trace) => this.emit("decision", { runId, trace }),
      onRestored: (step) => this.emit("restored", { runId, step }),
    };
  }

  point(point: Point): void {
    this.#points.push(point);
    this.#throttle.request();
  }

  /** The run was halted or goes on: how long it stood does not count in what is left. */
  halted(): void {
    this.#pace.restart();
  }

  /** Sends what is left over, when the run is over. */
  finish(): void {
    this.loads.finish();
    this.#throttle.flush();
  }

  #send(): void {
    const { runId } = this;
    if (this.#progress) this.emit("progress", this.#progress);
    if (this.#chunks.length > 0) this.emit("losses", { runId, series: lossSeries(this.#chunks) });
    if (this.#points.length > 0) this.emit("points", { runId, points: thinPoints(this.#points) });
    this.#progress = undefined;
    this.#chunks = [];
    this.#points = [];
  }
}

/** The news of downloads, of a run or of another request: the latest of each kind. */
export class LoadNews {
  readonly #throttle: Throttle;
  #latest = new Map<Load["what"], Load>();

  constructor(
    private readonly runId: string | null,
    private readonly emit: Emit,
    timers: Timers,
  ) {
    this.#throttle = new Throttle(timers, newsIntervalMs, () => this.#send());
  }

  report(what: Load["what"], loaded: number, total: number | undefined): void {
    this.#latest.set(what, { runId: this.runId, what, loaded, total: total ?? null });
    this.#throttle.request();
  }

  finish(): void {
    this.#throttle.flush();
  }

  #send(): void {
    for (const load of this.#latest.values()) this.emit("load", load);
    this.#latest = new Map();
  }
}

/** How fast a run trains, evaluations included, since it last went on. */
class Pace {
  #from: { readonly ms: number; readonly trained: number } | undefined;

  constructor(private readonly timers: Timers) {}

  restart(): void {
    this.#from = undefined;
  }

  /** Null where too little is known: at the first step. */
  etaMs({ trained, toTrain }: RunProgress): number | null {
    const ms = this.timers.now();
    this.#from ??= { ms, trained };
    const done = trained - this.#from.trained;
    return done > 0 ? ((ms - this.#from.ms) / done) * (toTrain - trained) : null;
  }
}
