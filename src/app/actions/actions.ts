/** Every act that has a button in the bar or a key of its own. */
import { validate } from "../../engine/document/validate";
import { isActive } from "../stores/run-store";
import type { Studio } from "../stores/studio";
import type { Action } from "./action";
import { downloadCurrent, hasFile } from "./download";

export const canRun = ({ document }: Studio): boolean =>
  !validate(document.getState().document).some(({ severity }) => severity === "error");

const phase = ({ runs }: Studio) => runs.getState().current?.phase;

export const run: Action = {
  id: "run",
  label: "run",
  keys: ["Mod+Enter"],
  leavesFields: false,
  enabled: (studio) => canRun(studio) && !isActive(studio.runs.getState().current),
  perform: ({ runs, document }) => void runs.getState().start(document.getState().document),
};
export const pause: Action = {
  id: "pause",
  label: "pause",
  keys: ["Mod+."],
  leavesFields: false,
  enabled: (studio) => ["running", "waiting"].includes(phase(studio) ?? ""),
  perform: ({ runs }) => runs.getState().pause(),
};
export const resume: Action = {
  id: "resume",
  label: "resume",
  keys: ["Mod+Enter", "Mod+."],
  leavesFields: false,
  enabled: (studio) => phase(studio) === "paused",
  perform: ({ runs }) => runs.getState().resume(),
};
/** Of a paused run one optimizer step; without a run, the first step of a new one. */
export const step: Action = {
  id: "step",
  label: "step",
  keys: ["Mod+ArrowRight"],
  leavesFields: true,
  enabled: (studio) => {
    const { current } = studio.runs.getState();
    return isActive(current) ? current.phase !== "stopping" : canRun(studio);
  },
  perform: ({ runs, document }) => {
    const { current, start, step: stepRun } = runs.getState();
    if (!isActive(current)) void start(document.getState().document, { paused: true });
    stepRun();
  },
};
export const stop: Action = {
  id: "stop",
  label: "stop",
  keys: ["Mod+Backspace"],
  leavesFields: true,
  enabled: ({ runs }) => {
    const { current } = runs.getState();
    return isActive(current) && current.phase !== "stopping";
  },
  perform: ({ runs }) => runs.getState().stop(),
};
export const undo: Action = {
  id: "undo",
  label: "undo",
  keys: ["Mod+Z"],
  leavesFields: true,
  enabled: ({ document }) => document.getState().past.length > 0,
  perform: ({ document }) => document.getState().undo(),
};
export const redo: Action = {
  id: "redo",
  label: "redo",
  keys: ["Mod+Shift+Z", "Mod+Y"],
  leavesFields: true,
  enabled: ({ document }) => document.getState().future.length > 0,
  perform: ({ document }) => document.getState().redo(),
};
/** The file of the last boundary of the run that is shown. */
export const download: Action = {
  id: "download",
  label: "download",
  keys: ["Mod+S"],
  leavesFields: false,
  enabled: hasFile,
  perform: (studio) => void downloadCurrent(studio),
};

/** Of two that share a key the first that is enabled is done. */
export const actions: readonly Action[] = [run, pause, resume, step, stop, undo, redo, download];
