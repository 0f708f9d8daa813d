/**
 * The document at hand, what is being tried on it, and the way back. Only the document is saved; what is selected and
 * what is dragged are not, and undo does not touch them.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { TimelineDocument } from "../../engine/document/document";
import { clipOf, type Edit } from "../edits/clip-edits";

export interface DocumentState {
  readonly document: TimelineDocument;
  /** While something is dragged: the document as it would be. Null otherwise. */
  readonly draft: TimelineDocument | null;
  /** Id of the clip that the inspector shows. */
  readonly selected: string | null;
  readonly past: readonly TimelineDocument[];
  readonly future: readonly TimelineDocument[];

  /**
   * Changes the document, as one step to undo.
   * @param merge edits in a row with the same name become one step: the positions of a slider
   */
  edit(change: Edit, merge?: string): void;
  /** Shows what a change of the document would give; null shows the document again. */
  preview(change: Edit | null): void;
  /** Makes what is shown the document, as one step to undo. */
  commit(): void;
  undo(): void;
  redo(): void;
  /** Takes another document in its place; that too can be undone. */
  open(document: TimelineDocument): void;
  select(id: string | null): void;
}

export type DocumentStore = StoreApi<DocumentState>;

const mostSteps = 200;

export function createDocumentStore(initial: TimelineDocument): DocumentStore {
  let lastMerge: string | undefined;

  return createStore<DocumentState>()((set, get) => {
    const become = (document: TimelineDocument, merge?: string): void => {
      const { document: before, past, selected } = get();
      const merged = merge !== undefined && merge === lastMerge;
      lastMerge = merge;
      if (document === before) {
        set({ draft: null });
        return;
      }
      set({
        document,
        draft: null,
        past: merged ? past : [...past, before].slice(-mostSteps),
        future: [],
        selected: clipOf(document, selected) ? selected : null,
      });
    };
    const travel = (from: "past" | "future", to: "past" | "future"): void => {
      const state = get();
      const document = state[from].at(-1);
      if (!document) return;
      lastMerge = undefined;
      set({
        document,
        draft: null,
        [from]: state[from].slice(0, -1),
        [to]: [...state[to], state.document],
        selected: clipOf(document, state.selected) ? state.selected : null,
      });
    };

    return {
      document: initial,
      draft: null,
      selected: null,
      past: [],
      future: [],
      edit: (change, merge) => become(change(get().document), merge),
      preview: (change) => set({ draft: change ? change(get().document) : null }),
      commit: () => become(get().draft ?? get().document),
      undo: () => travel("past", "future"),
      redo: () => travel("future", "past"),
      open: (document) => {
        become(document);
        set({ selected: null });
      },
      select: (id) => set({ selected: id }),
    };
  });
}

/** What the page shows: the document, or what it would be if the drag ended here. */
export const shownDocument = ({ document, draft }: DocumentState): TimelineDocument => draft ?? document;
