/** The page: its stores, the engine's worker, what was kept, and then the screen. */
import { createRoot } from "react-dom/client";
import { spawnEngine } from "../worker/spawn";
import { App } from "./App";
import { defaultDocument } from "./edits/default-document";
import { showFirstRun } from "./first-run";
import { preferredLanguage, startI18n } from "./i18n/i18n";
import { startKeeping } from "./persistence/keep";
import { createStudio } from "./stores/studio";
import { StudioContext } from "./stores/use-studio";

// `randomUUID` is for secure contexts only.
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");

const studio = createStudio({
  engine: spawnEngine(),
  document: defaultDocument,
  settings: { theme: "system", language: preferredLanguage(navigator.languages), backend: "auto" },
  now: () => Date.now(),
  newId,
});
await startKeeping(studio, newId);
startI18n(studio.view.getState().language);
createRoot(document.getElementById("root")!).render(
  <StudioContext value={studio}>
    <App />
  </StudioContext>,
);
// Something to look at before anything is pressed; without it the page is the same.
showFirstRun(studio).catch(() => undefined);
