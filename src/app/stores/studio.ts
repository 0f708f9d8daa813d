/** The stores of one page, together. Made once, with an engine; tests make their own, over the loopback. */
import type { TimelineDocument } from "../../engine/document/document";
import type { EngineClient } from "../../worker/protocol";
import { createDocumentStore, type DocumentStore } from "./document-store";
import { createFilesStore, type FilesStore } from "./files-store";
import { createKeepingStore, type KeepingStore } from "./keeping-store";
import { createLibraryStore, type LibraryStore } from "./library-store";
import { createNoticeStore, type NoticeStore } from "./notice-store";
import { createRunStore, type RunStore } from "./run-store";
import { createStudyStore, type StudyStore } from "./study-store";
import { createViewStore, type Settings, type ViewStore } from "./view-store";

export interface Studio {
  readonly engine: EngineClient;
  readonly document: DocumentStore;
  readonly runs: RunStore;
  readonly library: LibraryStore;
  readonly view: ViewStore;
  readonly notices: NoticeStore;
  readonly keeping: KeepingStore;
  readonly files: FilesStore;
  readonly studies: StudyStore;
}

export interface StudioDeps {
  readonly engine: EngineClient;
  readonly document: TimelineDocument;
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

export function createStudio({ engine, document, settings, now, newId }: StudioDeps): Studio {
  return {
    engine,
    document: createDocumentStore(document),
    runs: createRunStore({ engine, now, newId }),
    library: createLibraryStore(engine),
    view: createViewStore(settings),
    notices: createNoticeStore(),
    keeping: createKeepingStore(),
    files: createFilesStore(),
    studies: createStudyStore({ engine, newId }),
  };
}
