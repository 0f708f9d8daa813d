/** The screen: which panel lies where. Each panel fails alone. */
import { useEffect } from "react";
import i18next from "i18next";
import { useShortcuts } from "./actions/use-shortcuts";
import { StudioDrag } from "./drag/StudioDrag";
import { useEngineNews } from "./engine-news";
import { Bar } from "./panels/bar/Bar";
import { Charts } from "./panels/charts/Charts";
import { DocumentMenu } from "./panels/files/DocumentMenu";
import { FileDrop } from "./panels/files/FileDrop";
import { SourceMenus } from "./panels/files/SourceMenus";
import { Inspector } from "./panels/inspector/Inspector";
import { NetworkTable } from "./panels/network/NetworkTable";
import { Notices } from "./panels/notices/Notices";
import { Palette } from "./panels/palette/Palette";
import { Runs } from "./panels/runs/Runs";
import { StatusBar } from "./panels/status/StatusBar";
import { Tabs } from "./panels/bar/Tabs";
import { Timeline } from "./panels/timeline/Timeline";
import { useView } from "./stores/use-studio";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import { ErrorBoundary } from "./widgets/ErrorBoundary";

const views = { studio: Charts, runs: Runs, network: NetworkTable } as const;

export function App() {
  useShortcuts();
  useEngineNews();
  useAppearance();
  const tab = useView((view) => view.tab);
  const View = views[tab];
  return (
    <StudioDrag>
      <div className="studio">
        <header className="bar">
          <ErrorBoundary>
            <Bar menus={<SourceMenus />} document={<DocumentMenu />} />
          </ErrorBoundary>
        </header>
        <aside className="palette">
          <ErrorBoundary>
            <Palette />
          </ErrorBoundary>
        </aside>
        <main className="middle">
          <Tabs />
          <div className="view" role="tabpanel" id="view" aria-labelledby={`tab-${tab}`}>
            <ErrorBoundary key={tab}>
              <View />
            </ErrorBoundary>
          </div>
          <ErrorBoundary>
            <Timeline />
          </ErrorBoundary>
        </main>
        <aside className="inspector">
          <ErrorBoundary>
            <Inspector />
          </ErrorBoundary>
        </aside>
        <footer className="status">
          <ErrorBoundary>
            <StatusBar />
          </ErrorBoundary>
        </footer>
      </div>
      <Notices />
      <ErrorBoundary>
        <FileDrop />
      </ErrorBoundary>
    </StudioDrag>
  );
}

/** The theme and the language, for the document as a whole. */
function useAppearance(): void {
  const theme = useView((view) => view.theme);
  const language = useView((view) => view.language);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useEffect(() => {
    document.documentElement.lang = language;
    void i18next.changeLanguage(language).then(() => (document.title = i18next.t("title")));
  }, [language]);
}
