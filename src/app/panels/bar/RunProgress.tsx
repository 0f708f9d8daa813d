/** How far the run is, in steps and time; what stands in its way; and whether it still is what the timeline says. */
import { useTranslation } from "react-i18next";
import { formatDuration } from "../../i18n/format";
import { isOutOfDate, type Run } from "../../stores/run-store";
import { useDocument, useRuns } from "../../stores/use-studio";

export function RunProgress() {
  const { t } = useTranslation("bar");
  const current = useRuns((runs) => runs.current);
  const outOfDate = useDocument((state) => isOutOfDate(current, state.document));
  const words = useProgressWords(current);
  if (!current) return null;
  const { progress, phase } = current;
  const share = phase === "done" ? 1 : progress && progress.steps > 0 ? progress.step / progress.steps : 0;
  return (
    <span className="run-progress" data-phase={phase} data-points={current.points.length}>
      <progress value={share} max={1} aria-label={t("progressLabel")} />
      <span className="small quiet">
        {words}
        {outOfDate && <strong className="out-of-date"> · {t("outOfDate")}</strong>}
      </span>
    </span>
  );
}

function useProgressWords(run: Run | null): string {
  const { t } = useTranslation("bar");
  if (!run) return "";
  const { phase, progress, load, seconds, restoredAt, shipped } = run;
  if (shipped) return t("shipped");
  if (phase === "done") return t("done", { time: formatDuration(1000 * (seconds ?? 0)) });
  if (phase === "cancelled" || phase === "failed" || phase === "stopping") return t(phase);
  if (load && (load.total === null || load.loaded < load.total)) {
    const percent = load.total ? Math.floor((100 * load.loaded) / load.total) : 0;
    return t(load.what === "dataset" ? "loadingDataset" : "loadingNetwork", { percent });
  }
  if (!progress) return t(phase === "paused" ? "paused" : "waiting");
  const parts = [t("progressStep", { step: progress.step, steps: progress.steps })];
  const { trial, trialSteps } = progress;
  if (trial) {
    const { number, of } = trial;
    parts.push(t(of === null ? "trial" : "trialOf", { number, of, steps: trialSteps ?? 0 }));
  }
  if (phase === "paused") parts.push(t("paused"));
  else if (progress.etaMs !== null) parts.push(t("eta", { time: formatDuration(progress.etaMs) }));
  if (restoredAt) parts.push(t("restored", { step: restoredAt }));
  return parts.join(" · ");
}
