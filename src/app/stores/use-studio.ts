/** How components reach the stores: one hook for each, with a selector, so that each draws only what changed. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { type DocumentState, shownDocument } from "./document-store";
import type { FilesState } from "./files-store";
import type { KeepingState } from "./keeping-store";
import type { LibraryState } from "./library-store";
import type { NoticeState } from "./notice-store";
import type { RunState } from "./run-store";
import type { Studio } from "./studio";
import type { StudyState } from "./study-store";
import type { ViewState } from "./view-store";

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error("expected a StudioContext around this component, got none");
  return studio;
}

export const useDocument = <T>(select: (state: DocumentState) => T): T => useStore(useStudio().document, select);
export const useRuns = <T>(select: (state: RunState) => T): T => useStore(useStudio().runs, select);
export const useLibrary = <T>(select: (state: LibraryState) => T): T => useStore(useStudio().library, select);
export const useView = <T>(select: (state: ViewState) => T): T => useStore(useStudio().view, select);
export const useNotices = <T>(select: (state: NoticeState) => T): T => useStore(useStudio().notices, select);
export const useKeeping = <T>(select: (state: KeepingState) => T): T => useStore(useStudio().keeping, select);
export const useFiles = <T>(select: (state: FilesState) => T): T => useStore(useStudio().files, select);
export const useStudies = <T>(select: (state: StudyState) => T): T => useStore(useStudio().studies, select);

/** The document as it is shown: with what is being dragged where it would lie. */
export const useShownDocument = () => useDocument(shownDocument);
