/** The page: its stores, the engine's worker, what was kept, and then the screen. */
import { createRoot } from "react-dom/client";
import { spawnEngine } from "../worker/spawn";
import { App } from "./App";
import { defaultDocument } from "./edits/default-document";
import { preferredLanguage, startI18n } from "./i18n/i18n";
import { startKeeping } from "./persistence/keep";
import { createStudio } from "./stores/studio";
import { StudioContext } from "./stores/use-studio";

const studio = createStudio({
  engine: spawnEngine(),
  document: defaultDocument,
  settings: { theme: "system", language: preferredLanguage(navigator.languages), backend: "auto" },
  now: () => Date.now(),
  newId: () => crypto.randomUUID(),
});
await startKeeping(studio);
startI18n(studio.view.getState().language);
createRoot(document.getElementById("root")!).render(
  <StudioContext value={studio}>
    <App />
  </StudioContext>,
);
