/**
 * Files that were dropped or chosen: what is being read, what was found in them, and what is known of those that are
 * stored. Nothing in here is used before the person says so.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { EngineErrorData } from "../../engine/core/errors";
import type { TimelineDocument } from "../../engine/document/document";
import type { FileReport, StoredDataset, StoredModel } from "../../worker/protocol";

/** What is known of a stored file without reading it again. */
export type SourceFacts =
  | {
      readonly kind: "network";
      readonly name: string;
      readonly parameters: number;
      /** Of one image. */
      readonly inputShape: readonly number[];
      readonly outputs: number;
    }
  | {
      readonly kind: "dataset";
      readonly name: string;
      /** Of one image. */
      readonly shape: readonly number[];
      readonly classes: number;
      readonly train: number;
      readonly test: number;
    };

/** One thing among what was dropped. `name` is what its files are called. */
export type FoundFile = { readonly id: number; readonly name: string } & (
  | { readonly kind: "artefact"; readonly bytes: Uint8Array; readonly report: FileReport }
  | { readonly kind: "network"; readonly model: StoredModel; readonly wasStored: boolean }
  | { readonly kind: "dataset"; readonly dataset: StoredDataset; readonly wasStored: boolean }
  | { readonly kind: "timeline"; readonly document: TimelineDocument }
  /** A timeline that a link brought; it is open already. */
  | { readonly kind: "link"; readonly document: TimelineDocument }
  | { readonly kind: "failed"; readonly error: EngineErrorData }
);

export interface Reading {
  readonly name: string;
  readonly loaded: number;
  /** Bytes. When all are loaded, the engine reads what is in them. */
  readonly total: number;
}

export interface FilesState {
  readonly reading: Reading | null;
  readonly found: readonly FoundFile[];
  /** Those that were made the network or the data since they were shown. */
  readonly used: ReadonlySet<number>;
  /** By source. */
  readonly facts: Readonly<Record<string, SourceFacts>>;
  set(fields: Partial<Omit<FilesState, "set" | "show" | "learn">>): void;
  /** Shows one more thing that was found. */
  show(found: FoundFile): void;
  learn(source: string, facts: SourceFacts): void;
}

export type FilesStore = StoreApi<FilesState>;

export const createFilesStore = (): FilesStore =>
  createStore<FilesState>()((set) => ({
    reading: null,
    found: [],
    used: new Set(),
    facts: {},
    set: (fields) => set(fields),
    show: (found) => set((state) => ({ found: [...state.found, found] })),
    learn: (source, facts) => set((state) => ({ facts: { ...state.facts, [source]: facts } })),
  }));

let lastId = 0;
/** Of things found, in the order in which they were. */
export const nextFoundId = (): number => ++lastId;
