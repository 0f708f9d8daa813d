/** While a run goes on: keeps what is needed to start it again after a reload, under the id of the tab's document. */
import { isActive, type Run } from "../stores/run-store";
import type { Studio } from "../stores/studio";
import type { After } from "./autosave";
import type { SafeStorage } from "./page-storage";
import type { ActiveRecord } from "./records";
import { attempted, type Attempts, noAttempts, progressed } from "./resume";

export interface ActiveKeeperDeps {
  readonly studio: Pick<Studio, "runs" | "engine" | "view">;
  readonly storage: SafeStorage;
  readonly after: After;
  readonly heldId: () => string;
  /** A run began here. */
  readonly onBegin: () => void;
}

export interface ActiveKeeper {
  /** Starts an interrupted run again. */
  resume(record: ActiveRecord): Promise<void>;
  /** Keeps it at once, when the page goes away. */
  flush(): void;
  moved(from: string, to: string): void;
}

/** A record holds hundreds of losses: often enough that a reload loses little, seldom enough to cost nothing. */
const intervalMs = 2000;

const isGoingOn = (run: Run | null): run is Run => isActive(run) && run.phase !== "stopping";

export function keepActive({ studio, storage, after, heldId, onBegin }: ActiveKeeperDeps): ActiveKeeper {
  const { runs, engine, view } = studio;
  let attempts: Attempts = noAttempts;
  /** Of the run that the attempts are of. */
  let runId: string | undefined;
  /** Under which id there is a record. */
  let keptUnder: string | undefined;
  let cancel: (() => void) | undefined;
  /** In order: a record that is removed must not be there again. */
  let tail: Promise<unknown> = Promise.resolve();
  const inOrder = (work: () => Promise<unknown>): void => void (tail = tail.then(work));

  const recordOf = ({ id, document, startedAt, phase, losses }: Run): ActiveRecord => ({
    runId: id,
    document,
    startedAt,
    paused: phase === "paused",
    losses,
    ...attempts,
  });
  const write = (): void => {
    cancel?.();
    cancel = undefined;
    const { current } = runs.getState();
    if (!isGoingOn(current)) return;
    const { progress } = current;
    if (progress) attempts = progressed(attempts, progress.step, progress.steps);
    const [key, record] = [heldId(), recordOf(current)];
    keptUnder = key;
    inOrder(() => storage.put("active", key, record));
  };
  const remove = (): void => {
    cancel?.();
    cancel = undefined;
    const key = keptUnder;
    if (key === undefined) return;
    keptUnder = undefined;
    inOrder(() => storage.remove("active", key));
  };

  runs.subscribe(({ current }, before) => {
    if (!isGoingOn(current)) {
      remove();
      return;
    }
    if (current.id !== runId) {
      attempts = noAttempts;
      runId = current.id;
      onBegin();
    }
    const steered = (current.phase === "paused") !== (before.current?.phase === "paused");
    if (current.id !== before.current?.id || steered) write();
    else cancel ??= after(intervalMs, write);
  });

  return {
    async resume({ attempts: before, reached, ...record }) {
      attempts = attempted({ attempts: before, reached });
      runId = record.runId;
      keptUnder = heldId();
      // Kept before anything is started that might end the page.
      await storage.put("active", keptUnder, { ...record, ...attempts });
      // The run computes on the backend that it was begun on, unless it is not to be had.
      engine.call("prepare", { backend: view.getState().backend }).catch(() => undefined);
      const { document, startedAt, paused, losses } = record;
      void runs.getState().start(document, { id: record.runId, startedAt, paused, losses });
    },
    flush: write,
    moved(from, to) {
      if (keptUnder !== from) return;
      remove();
      if (from !== to) write();
    },
  };
}
