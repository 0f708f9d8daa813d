/** A run that several reloads did not get further: the person says whether it is started again. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { useKeeping, useStudio } from "../../stores/use-studio";
import { SidePanel } from "./SidePanel";

export function InterruptedRun() {
  const { t } = useTranslation("keeping");
  const { keeping } = useStudio();
  const interrupted = useKeeping((state) => state.interrupted);
  if (!interrupted) return null;
  const settle = (start: boolean) => void keeping.getState().shelf.settleInterrupted(start);
  const { document, reached } = interrupted;
  return (
    // Closing it asks again after the next reload.
    <SidePanel title={t("interrupted")} onClose={() => keeping.getState().set({ interrupted: null })}>
      <p>{t("interruptedWhat", { name: document.name, step: formatNumber(reached) })}</p>
      <p className="files-acts">
        <button type="button" className="button primary" onClick={() => settle(true)}>
          {t("interruptedStart")}
        </button>
        <button type="button" className="button" onClick={() => settle(false)}>
          {t("interruptedLeave")}
        </button>
      </p>
    </SidePanel>
  );
}
