/**
 * What was found out about pruning clips without running them: what would go, and what each layer can do without. Each
 * is of the document that it was asked of, which is compared with the one at hand, as a run's is.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { toErrorData } from "../../engine/core/errors";
import type { TimelineDocument } from "../../engine/document/document";
import type {
  DecisionPreview,
  EngineClient,
  EngineErrorData,
  SensitivityBase,
  SensitivityCell,
} from "../../worker/protocol";

interface Study {
  readonly studyId: string;
  /** That it was asked of. */
  readonly document: TimelineDocument;
  readonly phase: "running" | "done" | "stopped" | "failed";
  /** Of the training up to the clip's start, where there is any. */
  readonly progress: { readonly trained: number; readonly toTrain: number } | null;
  readonly error: EngineErrorData | null;
}

export interface Preview extends Study {
  /** While it is asked anew, the last one. */
  readonly answer: DecisionPreview | null;
}

export interface Scan extends Study {
  readonly base: SensitivityBase | null;
  readonly cells: readonly SensitivityCell[];
}

export interface StudyState {
  /** By clip id. */
  readonly previews: Readonly<Record<string, Preview>>;
  readonly scans: Readonly<Record<string, Scan>>;

  /** What the clip's first decision would remove. @param mayTrain up to the clip's start, where that is needed */
  preview(clipId: string, document: TimelineDocument, mayTrain: boolean): Promise<void>;
  /** Scores the network with each layer alone pruned; a scan of the clip that goes on is stopped. */
  scan(clipId: string, document: TimelineDocument): Promise<void>;
  stop(what: "previews" | "scans", clipId: string): void;
}

export type StudyStore = StoreApi<StudyState>;

/** Half of the validation images that there are: a cell takes half the time, and all are scored on the same ones. */
const scannedImages = 500;

export function createStudyStore({
  engine,
  newId,
}: {
  readonly engine: EngineClient;
  readonly newId: () => string;
}): StudyStore {
  return createStore<StudyState>()((set, get) => {
    /** Changes a study, if it still is that one. */
    function change<W extends "previews" | "scans">(
      what: W,
      studyId: string,
      fields: (study: StudyState[W][string]) => Partial<StudyState[W][string]>,
    ): void {
      const found = Object.entries(get()[what]).find(([, study]) => study.studyId === studyId);
      if (!found) return;
      const [clipId, study] = found;
      set({ [what]: { ...get()[what], [clipId]: { ...study, ...fields(study as StudyState[W][string]) } } });
    }
    function begun(document: TimelineDocument): Study {
      return { studyId: newId(), document, phase: "running", progress: null, error: null };
    }
    function failed(error: unknown): Pick<Study, "phase" | "error" | "progress"> {
      const data = toErrorData(error);
      return data.code === "cancelled"
        ? { phase: "stopped", error: null, progress: null }
        : { phase: "failed", error: data, progress: null };
    }

    engine.on("studyProgress", ({ studyId, ...progress }) => {
      change("previews", studyId, () => ({ progress }));
      change("scans", studyId, () => ({ progress }));
    });
    engine.on("sensitivity", (news) => {
      change("scans", news.studyId, ({ cells }) =>
        "base" in news ? { base: news.base, progress: null } : { cells: [...cells, ...news.cells] },
      );
    });

    return {
      previews: {},
      scans: {},

      async preview(clipId, document, mayTrain) {
        get().stop("previews", clipId);
        const study = begun(document);
        const { studyId } = study;
        const answer = get().previews[clipId]?.answer ?? null;
        set({ previews: { ...get().previews, [clipId]: { ...study, answer } } });
        try {
          const found = await engine.call("preview", { studyId, document, clipId, mayTrain });
          change("previews", studyId, () => ({ phase: "done", progress: null, answer: found }));
        } catch (error) {
          change("previews", studyId, () => failed(error));
        }
      },

      async scan(clipId, document) {
        get().stop("scans", clipId);
        const study = begun(document);
        const { studyId } = study;
        set({ scans: { ...get().scans, [clipId]: { ...study, base: null, cells: [] } } });
        try {
          const { cells, ...base } = await engine.call("scan", { studyId, document, clipId, images: scannedImages });
          change("scans", studyId, () => ({ phase: "done", progress: null, base, cells }));
        } catch (error) {
          change("scans", studyId, () => failed(error));
        }
      },

      stop(what, clipId) {
        const study = get()[what][clipId];
        if (study?.phase !== "running") return;
        // Refused only by an engine that ends, and the study with it.
        engine.call("stopStudy", { studyId: study.studyId }).catch(() => undefined);
      },
    };
  });
}
