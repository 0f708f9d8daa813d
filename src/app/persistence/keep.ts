/** Keeps documents, settings and runs over a reload: what is kept comes back before the page is drawn. */
import type { TimelineDocument } from "../../engine/document/document";
import { nextFoundId } from "../stores/files-store";
import { isActive } from "../stores/run-store";
import type { Studio } from "../stores/studio";
import type { Settings } from "../stores/view-store";
import type { After } from "./autosave";
import { databaseStorage } from "./database";
import { keepActive } from "./keep-active";
import { keepDocument } from "./keep-document";
import { attachArtefacts, keepRuns } from "./keep-runs";
import { type DocumentLocks, noLocks, type TabSession, tabSession, webLocks } from "./locks";
import { type Opening, openFirst } from "./opening";
import { type Kept, type PageStorage, type SafeStorage, safeStorage } from "./page-storage";
import {
  type ActiveRecord,
  type DocumentsRead,
  readActive,
  readDocuments,
  readFacts,
  readRuns,
  readSettings,
  type RunsRead,
} from "./records";
import { resumeDecision } from "./resume";
import { documentOfLink, payloadOf } from "./share-link";

/** A database that hangs must not keep the page blank. */
const patienceMs = 1500;

export interface KeepingDeps {
  readonly storage: PageStorage;
  readonly locks: DocumentLocks;
  readonly session: TabSession;
  readonly after: After;
  readonly now: () => number;
  readonly newId: () => string;
  /** What stands behind `#` in the address. */
  readonly hash: string;
  /** Called once, when there is a run that would be a pity to lose. */
  readonly askToPersist: () => void;
}

/** For the page to call when it is left, shown again, or its address changes. */
export interface Keeping {
  flush(): void;
  leave(): void;
  back(): void;
  /** Opens the document of a link. @returns whether there was one, good or bad */
  followLink(hash: string): boolean;
}

export async function startKeeping(studio: Studio, newId: () => string): Promise<void> {
  const locks = "locks" in navigator ? webLocks(navigator.locks) : noLocks;
  const after: After = (ms, callback) => {
    const id = setTimeout(callback, ms);
    return () => clearTimeout(id);
  };
  const keeping = await keepStudio(studio, {
    storage: databaseStorage("compression-studio-page", patienceMs),
    locks,
    session: tabSession(sessionOfTab(), locks.certain),
    after,
    now: () => Date.now(),
    newId,
    hash: location.hash,
    askToPersist: () => void navigator.storage?.persist?.().catch(() => undefined),
  });
  const forgetHash = () => history.replaceState(history.state, "", location.pathname + location.search);
  if (payloadOf(location.hash) !== null) forgetHash();
  window.addEventListener("hashchange", () => {
    if (keeping.followLink(location.hash)) forgetHash();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keeping.flush();
  });
  window.addEventListener("pagehide", () => keeping.leave());
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) keeping.back();
  });
}

/** A browser may forbid it, and then says so when it is named. */
function sessionOfTab(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}

/** The same without a browser. */
export async function keepStudio(studio: Studio, deps: KeepingDeps): Promise<Keeping> {
  const { document, keeping, notices, runs, view, files } = studio;
  const { locks, session, after, now, newId, hash } = deps;
  const told = new Set<Kept>();
  const storage = safeStorage(deps.storage, (kept) => {
    keeping.getState().set({ state: kept });
    if (told.has(kept)) return;
    told.add(kept);
    notices.getState().tell({ tone: "warning", key: kept === "failed" ? "storageFull" : "storageRefused" });
  });

  const linked = documentIn(hash, studio);
  const kept = await inTime(gather(storage, deps, linked !== null), after, (late) => late.opening.release());
  if (!kept) keeping.getState().set({ state: "memory" });
  else if (keeping.getState().state === "saving") keeping.getState().set({ state: "saved" });

  const opening = kept?.opening ?? { id: newId(), record: null, as: "fresh", release: () => undefined };
  view.getState().set(kept?.settings ?? {});
  files.getState().set({ facts: kept?.facts ?? {} });
  const first = linked ?? opening.record?.document;
  if (first) document.setState({ document: first });
  keeping.getState().set({ documents: kept?.documents.listed ?? [] });
  tellOfKept(studio, kept);

  const keeper = keepDocument(
    { studio, storage, locks, session, after, now, newId, onMoved: (from, to) => void moved(from, to) },
    opening,
  );
  const active = keepActive({
    studio,
    storage,
    after,
    heldId: keeper.heldId,
    // The document is there to come back to, edited or not.
    onBegin: () => keeper.autosave.changed(),
  });
  adoptRuns(studio, kept, opening);
  if (kept && kept.runs.runs.length > 0) void attachArtefacts(studio, storage);
  let asked = false;
  const onKept = () => {
    keeper.autosave.changed();
    if (!asked) deps.askToPersist();
    asked = true;
  };
  keepRuns({ studio, storage, now, onKept }, kept?.runs.runs ?? []);
  keepSettings(studio, storage);

  /** The interrupted run that the person is asked about. */
  let interrupted: { readonly record: ActiveRecord; readonly under: string } | null = null;
  const ask = (record: ActiveRecord | null, under: string): void => {
    interrupted = record && { record, under };
    const shown = record && { document: record.document, reached: record.reached };
    keeping.getState().set({ interrupted: shown });
  };
  async function moved(from: string, to: string): Promise<void> {
    active.moved(from, to);
    ask(null, to);
    if (isActive(runs.getState().current)) return;
    const record = readActive(await storage.get("active", to));
    if (record && keeper.heldId() === to && !isActive(runs.getState().current)) ask(record, to);
  }
  keeping.getState().set({
    shelf: {
      openNew: keeper.openNew,
      open: keeper.open,
      remove: keeper.remove,
      refresh: keeper.refresh,
      async settleInterrupted(start) {
        const settled = interrupted;
        ask(null, "");
        if (!settled) return;
        if (start) await active.resume({ ...settled.record, attempts: 0 });
        else await storage.remove("active", settled.under);
      },
    },
  });

  if (linked) {
    keeper.autosave.changed();
    files.getState().show({ id: nextFoundId(), kind: "link", name: linked.name, document: linked });
  }
  if (kept?.active && opening.as === "own") {
    if (resumeDecision(kept.active) === "resume") await active.resume(kept.active);
    else ask(kept.active, opening.id);
  }

  const flush = (): void => {
    active.flush();
    void keeper.autosave.flush();
  };
  return {
    flush,
    leave() {
      flush();
      session.leave();
    },
    back: () => session.hold(keeper.heldId()),
    followLink(next) {
      if (payloadOf(next) === null) return false;
      const found = documentIn(next, studio);
      if (found) {
        keeper.openNew(found);
        files.getState().show({ id: nextFoundId(), kind: "link", name: found.name, document: found });
      }
      return true;
    },
  };
}

interface Gathered {
  readonly documents: DocumentsRead;
  readonly runs: RunsRead;
  readonly settings: Partial<Settings>;
  readonly facts: ReturnType<typeof readFacts>;
  readonly opening: Opening;
  readonly active: ActiveRecord | null;
}

/** @param asGuest a link brings a document of its own: none of the kept ones is taken up */
async function gather(storage: SafeStorage, deps: KeepingDeps, asGuest: boolean): Promise<Gathered> {
  const { session, locks, newId } = deps;
  const [documentRows, runRows, settings, facts] = await Promise.all([
    storage.all("documents"),
    storage.all("runs"),
    storage.get("settings", "settings"),
    storage.all("facts"),
  ]);
  const documents = readDocuments(documentRows);
  const opening = await openFirst(asGuest ? [] : documents.records, session, locks, newId);
  return {
    documents,
    opening,
    runs: readRuns(runRows),
    settings: readSettings(settings),
    facts: readFacts(facts),
    active: opening.as === "own" ? readActive(await storage.get("active", opening.id)) : null,
  };
}

/** Null where it takes too long; what comes then is given back. */
function inTime<T>(work: Promise<T>, after: After, onLate: (late: T) => void): Promise<T | null> {
  return new Promise((resolve, reject) => {
    let late = false;
    const cancel = after(patienceMs, () => {
      late = true;
      resolve(null);
    });
    work.then(
      (value) => {
        cancel();
        if (late) onLate(value);
        else resolve(value);
      },
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
}

/** Of a link that cannot be read, what is wrong is said, and the page goes on as without it. */
function documentIn(hash: string, { notices }: Studio): TimelineDocument | null {
  const payload = payloadOf(hash);
  if (payload === null) return null;
  try {
    return documentOfLink(payload);
  } catch (error) {
    notices.getState().fail("linkBroken", error);
    return null;
  }
}

function tellOfKept({ notices }: Studio, kept: Gathered | null): void {
  if (!kept) {
    notices.getState().tell({ tone: "warning", key: "storageRefused" });
    return;
  }
  const unreadable = kept.documents.listed.filter(({ problem }) => problem).length;
  if (unreadable > 0) {
    notices.getState().tell({ tone: "warning", key: "documentsDamaged", values: { number: unreadable } });
  }
  if (kept.runs.damaged > 0) {
    notices.getState().tell({ tone: "warning", key: "runsDamaged", values: { number: kept.runs.damaged } });
  }
  if (kept.opening.as === "copy") notices.getState().tell({ tone: "info", key: "workingOnCopy" });
}

function adoptRuns({ runs }: Studio, kept: Gathered | null, opening: Opening): void {
  if (!kept || kept.runs.runs.length === 0) return;
  const shown = kept.runs.runs.find(({ id }) => id === opening.record?.runId);
  const earlier = kept.runs.runs.filter((run) => run !== shown);
  runs.getState().adopt(earlier, ...(shown ? [shown] : []));
}

function keepSettings({ view, files }: Studio, storage: SafeStorage): void {
  view.subscribe(({ theme, language, backend }, before) => {
    if (theme === before.theme && language === before.language && backend === before.backend) return;
    void storage.put("settings", "settings", { theme, language, backend } satisfies Settings);
  });
  files.subscribe(({ facts }, before) => {
    if (facts === before.facts) return;
    for (const [source, fact] of Object.entries(facts)) {
      if (fact !== before.facts[source]) void storage.put("facts", source, fact);
    }
  });
}
