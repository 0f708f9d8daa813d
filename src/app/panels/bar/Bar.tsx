/** The line on top: what is worked on, what it runs on, the run's controls and progress, undo, language and theme. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { redo, undo } from "../../actions/actions";
import { languageNames, languages } from "../../i18n/i18n";
import { useDocument, useView } from "../../stores/use-studio";
import { Icon } from "../../widgets/Icon";
import { themes } from "../../stores/view-store";
import { ActionButton } from "./ActionButton";
import { BackendBadge } from "./BackendBadge";
import { RunControls } from "./RunControls";
import { RunProgress } from "./RunProgress";
import "./bar.css";

interface Props {
  /** Of network and data. */
  readonly menus: ReactNode;
  /** Of new, open, save, share. */
  readonly document: ReactNode;
}

export function Bar({ menus, document }: Props) {
  const { t } = useTranslation("bar");
  const { t: common } = useTranslation("common");
  return (
    <section className="bar-line" aria-label={t("label")}>
      <h1>{common("title")}</h1>
      {menus}
      <BackendBadge />
      <span className="bar-space" />
      <Travel />
      <RunControls />
      <RunProgress />
      {document}
      <Look />
    </section>
  );
}

function Travel() {
  // Drawn again when there is a way back or forth, or none any more.
  useDocument((state) => state.past.length > 0);
  useDocument((state) => state.future.length > 0);
  return (
    <span className="bar-group">
      <ActionButton action={undo} icon="undo" />
      <ActionButton action={redo} icon="redo" />
    </span>
  );
}

function Look() {
  const { t } = useTranslation("bar");
  const { theme, language, set } = useView((view) => view);
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  const other = languages.find((name) => name !== language)!;
  return (
    <span className="bar-group">
      <button
        type="button"
        className="button"
        lang={other}
        aria-label={`${t("language")}: ${languageNames[other]}`}
        onClick={() => set({ language: other })}
      >
        {other === "zh" ? "中" : "EN"}
      </button>
      <button
        type="button"
        className="button"
        aria-label={t(`theme_${theme}`)}
        title={t(`theme_${theme}`)}
        onClick={() => set({ theme: nextTheme })}
      >
        <Icon name={theme} />
      </button>
    </span>
  );
}
