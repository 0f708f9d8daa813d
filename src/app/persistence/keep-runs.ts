/** Keeps runs that are over: facts in one record, bytes in another. Evicts the least recently used. */
import { isActive, type Run, type RunState } from "../stores/run-store";
import type { Studio } from "../stores/studio";
import { runsToEvict } from "./eviction";
import type { SafeStorage } from "./page-storage";
import { readArtefact, readUses, type RunRecord } from "./records";

export interface RunKeeperDeps {
  readonly studio: Pick<Studio, "runs">;
  readonly storage: SafeStorage;
  readonly now: () => number;
  /** After a run was kept. */
  readonly onKept: () => void;
}

/** Nothing can be compared with a run that measured its original alone; one that was shipped comes again by itself. */
const isWorthKeeping = (run: Run): boolean => !run.shipped && !isActive(run) && run.points.length >= 2;

/** @param known runs that were read out of the storage */
export function keepRuns({ studio: { runs }, storage, now, onKept }: RunKeeperDeps, known: readonly Run[]): void {
  const kept = new Set(known.map(({ id }) => id));
  let tail: Promise<unknown> = Promise.resolve();

  const keep = async (run: Run): Promise<void> => {
    const { artefact, decisions: _, ...rest } = run;
    if (artefact) await storage.put("artefacts", run.id, artefact);
    const record: RunRecord = { run: rest, usedAt: now(), artefactBytes: artefact?.bytes.length ?? 0 };
    await storage.put("runs", run.id, record);
    await evict(storage);
    onKept();
  };
  const forget = async (id: string): Promise<void> => {
    await storage.remove("runs", id);
    await storage.remove("artefacts", id);
  };

  /** What is shown again is used again. */
  const touch = async (id: string): Promise<void> => {
    const record = await storage.get("runs", id);
    if (typeof record === "object") await storage.put("runs", id, { ...record, usedAt: now() });
  };
  const { current } = runs.getState();
  if (current && kept.has(current.id)) tail = touch(current.id);

  const notice = (run: Run): void => {
    if (kept.has(run.id) || !isWorthKeeping(run)) return;
    kept.add(run.id);
    tail = tail.then(() => keep(run));
  };
  runs.subscribe((state, before) => {
    const sameCurrent = state.current?.id === before.current?.id;
    // Ten times a second while a run goes on: nothing to do then.
    if (sameCurrent && state.current?.phase === before.current?.phase && state.earlier === before.earlier) return;
    if (state.current) notice(state.current);
    if (state.earlier === before.earlier) return;
    for (const run of state.earlier) notice(run);
    const removed = sameCurrent ? theRemoved(before, state) : undefined;
    if (removed !== undefined && kept.delete(removed)) tail = tail.then(() => forget(removed));
  });
}

/** The run that the person removed: one is gone and none came. A list that was replaced removes nothing. */
function theRemoved(before: RunState, after: RunState): string | undefined {
  if (after.earlier.length !== before.earlier.length - 1) return undefined;
  const left = new Set(after.earlier);
  const gone = before.earlier.filter((run) => !left.has(run));
  return gone.length === 1 ? gone[0]!.id : undefined;
}

async function evict(storage: SafeStorage): Promise<void> {
  for (const id of runsToEvict(readUses(await storage.all("runs")))) {
    await storage.remove("runs", id);
    await storage.remove("artefacts", id);
  }
}

/** Gives runs that were read without their bytes what was kept of them. Not waited for: megabytes take their time. */
export async function attachArtefacts({ runs }: Pick<Studio, "runs">, storage: SafeStorage): Promise<void> {
  const rows = await storage.all("artefacts");
  const artefacts = new Map(rows.map(({ key, value }) => [key, readArtefact(value)]));
  const withArtefact = (run: Run): Run => {
    const artefact = run.artefact ?? artefacts.get(run.id) ?? null;
    return artefact === run.artefact ? run : { ...run, artefact };
  };
  runs.setState(({ current, earlier }) => ({
    current: current && withArtefact(current),
    earlier: earlier.map(withArtefact),
  }));
}
