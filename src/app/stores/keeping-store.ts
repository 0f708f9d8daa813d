/**
 * Whether what the person made is kept, and where; the documents that are. Written by `persistence/`, shown by the status
 * line and the document menu.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { EngineErrorData } from "../../engine/core/errors";
import type { TimelineDocument } from "../../engine/document/document";

export interface KeptDocument {
  readonly id: string;
  /** Null where it cannot be read. */
  readonly name: string | null;
  readonly clips: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Why it cannot be read: another version wrote it, or it is damaged. It is kept until the person removes it. */
  readonly problem: EngineErrorData | null;
}

/** A run that a reload interrupted, and that is not started again by itself. */
export interface InterruptedRun {
  readonly document: TimelineDocument;
  /** The furthest step that is known of. */
  readonly reached: number;
}

/** The kept documents, and taking one of them up. */
export interface Shelf {
  /** Takes a document up under an id of its own; what was there stays kept. Undo leads back to it. */
  openNew(document: TimelineDocument): void;
  /** Takes a kept document up, or a copy of it where another tab has it open. */
  open(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Reads the list again: other tabs write too. */
  refresh(): Promise<void>;
  /** Starts the interrupted run again, or gives it up. */
  settleInterrupted(start: boolean): Promise<void>;
}

const nothing = () => Promise.resolve();
const noShelf: Shelf = {
  openNew: () => undefined,
  open: nothing,
  remove: nothing,
  refresh: nothing,
  settleInterrupted: nothing,
};

export interface KeepingState {
  /** `memory`: this browser keeps nothing for the page; `failed`: the last attempt, the next edit tries again. */
  readonly state: "saved" | "saving" | "failed" | "memory";
  /** Latest first, that at hand among them once it is kept. */
  readonly documents: readonly KeptDocument[];
  /** Under which the document at hand is kept. */
  readonly documentId: string | null;
  readonly interrupted: InterruptedRun | null;
  readonly shelf: Shelf;
  set(fields: Partial<Omit<KeepingState, "set">>): void;
}

export type KeepingStore = StoreApi<KeepingState>;

export const createKeepingStore = (): KeepingStore =>
  createStore<KeepingState>()((set) => ({
    state: "saving",
    documents: [],
    documentId: null,
    interrupted: null,
    shelf: noShelf,
    set: (fields) => set(fields),
  }));
