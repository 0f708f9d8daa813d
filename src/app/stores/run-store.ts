/**
 * Runs: the one at hand, told live by the engine, and earlier ones. A run keeps the document that it executes; whether
 * that still is the document on the timeline is compared, never assumed.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { toErrorData } from "../../engine/core/errors";
import type { TimelineDocument } from "../../engine/document/document";
import type { EngineClient, EngineErrorData, EngineEvents, RunSummary } from "../../worker/protocol";
import { sameContent } from "../edits/same-content";
import { appendLosses, type LossHistory, noLosses } from "./loss-history";

export type Point = EngineEvents["points"]["points"][number];
export type Tensors = EngineEvents["boundary"]["tensors"];
export type Decision = EngineEvents["decision"]["trace"];
export type RunPhase = "waiting" | "running" | "paused" | "stopping" | "done" | "cancelled" | "failed";

export interface Boundary {
  readonly point: Point;
  readonly tensors: Tensors;
  /** `[true class * classes + predicted class]` */
  readonly confusion: Uint32Array;
}

export interface Artefact {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What is known of a run; all that is kept of an earlier one. */
export interface Run {
  readonly id: string;
  /** As executed. */
  readonly document: TimelineDocument;
  readonly startedAt: number;
  readonly phase: RunPhase;
  readonly points: readonly Point[];
  readonly losses: LossHistory;
  /** In order; the first is the original's. */
  readonly boundaries: readonly Boundary[];
  /** Of pruning clips, in order; of the run at hand alone, until the page is closed. */
  readonly decisions: readonly Decision[];
  /** `etaMs` is null where too little is known. */
  readonly progress: Omit<EngineEvents["progress"], "runId"> | null;
  /** Bytes being read before it can begin. */
  readonly load: Omit<EngineEvents["load"], "runId"> | null;
  /** It went on from a kept state at this step. */
  readonly restoredAt: number | null;
  readonly error: EngineErrorData | null;
  /** Of a run that is done. */
  readonly artefact: Artefact | null;
  readonly backend: string | null;
  readonly seconds: number | null;
  /** Shipped with the studio: computed when it was built, not here. */
  readonly shipped?: boolean;
}

export interface RunState {
  readonly current: Run | null;
  /** Latest first. */
  readonly earlier: readonly Run[];
  /** Ids of earlier runs that are not drawn. */
  readonly hidden: ReadonlySet<string>;

  /** Executes a document; what ran before becomes an earlier run. Stops a run that goes on. */
  start(document: TimelineDocument, options?: StartOptions): Promise<void>;
  pause(): void;
  resume(): void;
  /** One optimizer step of a paused run. */
  step(): void;
  stop(): void;
  /** Takes runs that were kept, e.g. over a reload. */
  adopt(runs: readonly Run[], current?: Run | null): void;
  /** Draws an earlier run, or not. */
  toggle(id: string): void;
  remove(id: string): void;
}

export interface StartOptions {
  /** Kept over a reload, so that the same run goes on. */
  readonly id?: string;
  readonly startedAt?: number;
  /** Before the first step, until `resume` or `step`. */
  readonly paused?: boolean;
  /** Told before the reload: the engine tells losses again only from the step that it goes on from. */
  readonly losses?: LossHistory;
}

export type RunStore = StoreApi<RunState>;

export interface RunStoreDeps {
  readonly engine: EngineClient;
  readonly now: () => number;
  readonly newId: () => string;
}

const mostEarlier = 50;

/** Of which nothing is known yet, but what is given. */
export const newRun = (known: Pick<Run, "id" | "document" | "startedAt"> & Partial<Run>): Run => ({
  phase: "waiting",
  points: [],
  losses: noLosses,
  boundaries: [],
  decisions: [],
  progress: null,
  load: null,
  restoredAt: null,
  error: null,
  artefact: null,
  backend: null,
  seconds: null,
  ...known,
});

const activePhases = ["waiting", "running", "paused", "stopping"] as const;
export type ActiveRun = Run & { readonly phase: (typeof activePhases)[number] };

export const isActive = (run: Run | null): run is ActiveRun =>
  run !== null && (activePhases as readonly RunPhase[]).includes(run.phase);

/** Whether a run shows what the timeline says; names do not count. */
export const isOutOfDate = (run: Pick<Run, "document"> | null, document: TimelineDocument): boolean =>
  run !== null && !sameContent(run.document, document);

export function createRunStore({ engine, now, newId }: RunStoreDeps): RunStore {
  const store = createStore<RunState>()((set, get) => {
    /** Changes the run at hand, if it still is that one. */
    const change = (id: string, fields: Partial<Run> | ((run: Run) => Partial<Run>)): void => {
      const { current } = get();
      if (current?.id !== id) return;
      set({ current: { ...current, ...(typeof fields === "function" ? fields(current) : fields) } });
    };
    const steer = (name: "pause" | "resume" | "step", phase: RunPhase): void => {
      const { current } = get();
      if (!isActive(current) || current.phase === "stopping") return;
      change(current.id, { phase });
      // Refused only by an engine that ends, and then the run says so.
      engine.call(name, { runId: current.id }).catch(() => undefined);
    };

    engine.on("points", ({ runId, points }) => change(runId, (run) => ({ points: [...run.points, ...points] })));
    engine.on("losses", ({ runId, series }) =>
      change(runId, (run) => ({ losses: appendLosses(run.losses, series), load: null })),
    );
    engine.on("progress", ({ runId, ...progress }) => change(runId, { progress, load: null }));
    engine.on("load", ({ runId, ...load }) => {
      if (runId !== null) change(runId, { load });
    });
    engine.on("restored", ({ runId, step }) => change(runId, { restoredAt: step }));
    engine.on("boundary", ({ runId, point, tensors, confusion }) =>
      change(runId, (run) => ({ boundaries: [...run.boundaries, { point, tensors, confusion }], load: null })),
    );
    engine.on("decision", ({ runId, trace }) => change(runId, (run) => ({ decisions: [...run.decisions, trace] })));
    engine.on("state", (news) => {
      if (news.state !== "started") return;
      // Told again in full when the engine had to be started anew.
      change(news.runId, (run) => ({
        points: [],
        boundaries: [],
        decisions: [],
        progress: null,
        phase: run.phase === "waiting" ? "running" : run.phase,
      }));
    });

    const finish = (id: string, summary: RunSummary): void => {
      const { points, artefact, backend, seconds, tensors, confusion, final } = summary;
      change(id, (run) => ({
        phase: "done",
        points,
        artefact,
        backend,
        seconds,
        load: null,
        boundaries:
          run.boundaries.at(-1)?.point.step === final.step && run.boundaries.at(-1)?.point.clip === final.clip
            ? run.boundaries
            : [...run.boundaries, { point: final, tensors, confusion }],
      }));
    };

    return {
      current: null,
      earlier: [],
      hidden: new Set(),

      async start(document, { id = newId(), startedAt = now(), paused = false, losses = noLosses } = {}) {
        const { current } = get();
        if (isActive(current)) get().stop();
        const run = newRun({ id, document, startedAt, losses, phase: paused ? "paused" : "waiting" });
        set(({ earlier }) => ({ current: run, earlier: current ? asEarlier(current, earlier) : earlier }));
        try {
          const done = engine.call("run", { runId: id, document });
          if (paused) engine.call("pause", { runId: id }).catch(() => undefined);
          finish(id, await done);
        } catch (error) {
          const data = toErrorData(error);
          change(id, { phase: data.code === "cancelled" ? "cancelled" : "failed", error: data, load: null });
        }
      },
      pause: () => steer("pause", "paused"),
      resume: () => steer("resume", "running"),
      step: () => steer("step", "paused"),
      stop() {
        const { current } = get();
        if (!isActive(current)) return;
        change(current.id, { phase: "stopping" });
        engine.call("cancel", { runId: current.id }).catch(() => undefined);
      },
      adopt: (runs, current) =>
        set((state) => ({
          earlier: runs.slice(0, mostEarlier),
          current: current === undefined ? state.current : current,
        })),
      toggle: (id) =>
        set(({ hidden }) => {
          const next = new Set(hidden);
          if (!next.delete(id)) next.add(id);
          return { hidden: next };
        }),
      remove: (id) => set(({ earlier }) => ({ earlier: earlier.filter((run) => run.id !== id) })),
    };
  });
  return store;
}

/** Of a run that measured nothing there is nothing to compare with. */
function asEarlier(run: Run, earlier: readonly Run[]): readonly Run[] {
  if (run.points.length < 2) return earlier;
  const phase = isActive(run) ? "cancelled" : run.phase;
  // Their pictures would take more room than all else that is known of it.
  return [{ ...run, phase, decisions: [] }, ...earlier].slice(0, mostEarlier);
}
