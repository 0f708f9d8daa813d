/** What a person does to a document besides its clips, as pure functions. */
import type { TimelineDocument, TrainingSettings } from "../../engine/document/document";
import type { Edit } from "./clip-edits";

export const rename =
  (name: string): Edit =>
  (document) => ({ ...document, name: name.slice(0, 200) });

/** Fields of the document itself, such as `seed` and `evaluateEvery`. */
export const setFields =
  (fields: Partial<Pick<TimelineDocument, "seed" | "evaluateEvery" | "liveTest" | "bnRecalibrationBatches">>): Edit =>
  (document) => ({ ...document, ...fields });

export const setTraining =
  (fields: Partial<TrainingSettings>): Edit =>
  (document) => ({ ...document, training: { ...document.training, ...fields } });

/** Fields that are undefined go: all images of the split are used then. */
export const setDataset =
  (fields: Partial<TimelineDocument["dataset"]>): Edit =>
  (document) => {
    const merged = { ...document.dataset, ...fields };
    const kept = Object.entries(merged).filter(([, value]) => value !== undefined);
    return { ...document, dataset: Object.fromEntries(kept) as TimelineDocument["dataset"] };
  };

export const setModelSource =
  (source: string): Edit =>
  (document) => ({ ...document, model: { source } });
