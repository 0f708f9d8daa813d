/**
 * Keeps the document at hand under the id that it was opened with, and takes up others. Undo may lead back over an
 * opening, and what it leads back to is kept under its own id again: each document object knows where it belongs.
 */
import { EngineError } from "../../engine/core/errors";
import type { TimelineDocument } from "../../engine/document/document";
import type { Studio } from "../stores/studio";
import { isActive } from "../stores/run-store";
import { type After, type Autosave, createAutosave } from "./autosave";
import type { DocumentLocks, TabSession } from "./locks";
import type { Opening } from "./opening";
import type { SafeStorage } from "./page-storage";
import { type DocumentRecord, readDocuments } from "./records";

export interface DocumentKeeperDeps {
  readonly studio: Studio;
  readonly storage: SafeStorage;
  readonly locks: DocumentLocks;
  readonly session: Pick<TabSession, "hold">;
  readonly after: After;
  readonly now: () => number;
  readonly newId: () => string;
  /** The tab holds another document from now on. */
  readonly onMoved: (from: string, to: string) => void;
}

export interface DocumentKeeper {
  readonly autosave: Autosave;
  /** Id under which the document at hand is kept. */
  readonly heldId: () => string;
  openNew(document: TimelineDocument): void;
  open(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  refresh(): Promise<void>;
}

export function keepDocument(deps: DocumentKeeperDeps, opening: Opening): DocumentKeeper {
  const { studio, storage, locks, session, after, now, newId, onMoved } = deps;
  const { document, keeping, notices, runs } = studio;
  const ids = new WeakMap<TimelineDocument, string>();
  /** Of documents that another tab took up meanwhile: the id of the copy here. */
  const copies = new Map<string, string>();
  let held = { id: opening.id, release: opening.release };
  /** Where the document at hand belongs; `held` follows as soon as the lock is there. */
  let target = opening.id;
  let moving: Promise<void> = Promise.resolve();

  const hold = (id: string, release: () => void): void => {
    held = { id, release };
    session.hold(id);
    keeping.getState().set({ documentId: id });
  };
  hold(opening.id, opening.release);
  ids.set(document.getState().document, opening.id);

  const put = (id: string, content: TimelineDocument) => {
    const { current } = runs.getState();
    const shown = current && !isActive(current) && !current.shipped ? current.id : null;
    const record: Omit<DocumentRecord, "id"> = { document: content, savedAt: now(), runId: shown };
    return storage.put("documents", id, record);
  };
  const autosave = createAutosave({
    save: () => moving.then(() => put(held.id, document.getState().document)),
    after,
    onState: (state) => keeping.getState().set({ state }),
  });

  const move = async (id: string): Promise<void> => {
    // Overtaken by another move.
    if (id !== target || id === held.id) return;
    let release = await locks.claim(id);
    let to = id;
    if (!release) {
      to = newId();
      copies.set(id, to);
      if (target === id) target = to;
      release = (await locks.claim(to)) ?? (() => undefined);
      notices.getState().tell({ tone: "info", key: "workingOnCopy" });
    }
    const from = held;
    hold(to, release);
    from.release();
    onMoved(from.id, to);
  };

  document.subscribe((state, before) => {
    if (state.document === before.document) return;
    const known = ids.get(state.document);
    const belongs = known === undefined ? target : (copies.get(known) ?? known);
    if (belongs !== target) {
      // What waits to be saved belongs to the document that is left.
      if (autosave.waits) void put(target, before.document);
      target = belongs;
      moving = moving.then(() => move(belongs));
    }
    ids.set(state.document, belongs);
    autosave.changed();
  });

  const openUnder = (id: string, content: TimelineDocument): void => {
    // An object of its own: what is shared, such as the example, may be opened twice.
    const own = { ...content };
    ids.set(own, id);
    document.getState().open(own);
  };
  const refresh = async (): Promise<void> => {
    const { listed } = readDocuments(await storage.all("documents"));
    keeping.getState().set({ documents: listed });
  };

  return {
    autosave,
    heldId: () => held.id,
    refresh,
    openNew: (content) => openUnder(newId(), content),
    async open(id) {
      if (id === target) return;
      const { records, listed } = readDocuments([{ key: id, value: await storage.get("documents", id) }]);
      const [record] = records;
      if (!record) {
        const problem = listed[0]?.problem;
        notices.getState().tell({
          tone: "error",
          key: "documentUnreadable",
          ...(problem ? { error: problem } : {}),
        });
        return;
      }
      copies.delete(id);
      openUnder(id, record.document);
    },
    async remove(id) {
      if (id === target) {
        throw new EngineError("usage", "expected a document that is not at hand, got the one that is");
      }
      await storage.remove("documents", id);
      await storage.remove("active", id);
      await refresh();
    },
  };
}
