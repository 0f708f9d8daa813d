/** What the middle of the screen shows above the timeline. */
import { useTranslation } from "react-i18next";
import { tabs } from "../../stores/view-store";
import { useView } from "../../stores/use-studio";

const labels = { studio: "tabStudio", runs: "tabRuns", network: "tabNetwork" } as const;

export function Tabs() {
  const { t } = useTranslation("bar");
  const { tab, set } = useView((view) => view);
  const move = (by: number) => {
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length]!;
    set({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={t("tabs")}>
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-controls="view"
          aria-selected={tab === name}
          tabIndex={tab === name ? 0 : -1}
          onClick={() => set({ tab: name })}
          onKeyDown={({ key }) => {
            if (key === "ArrowRight") move(1);
            if (key === "ArrowLeft") move(-1);
          }}
        >
          {t(labels[name])}
        </button>
      ))}
    </div>
  );
}
