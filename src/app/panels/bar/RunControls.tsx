/** Run, pause, go on, step, stop, download. */
import { useTranslation } from "react-i18next";
import { canRun, download, pause, resume, run, step, stop } from "../../actions/actions";
import { useDocument, useRuns, useStudio } from "../../stores/use-studio";
import { ActionButton } from "./ActionButton";

export function RunControls() {
  const { t } = useTranslation("bar");
  const studio = useStudio();
  // Errors on the timeline come and go with it.
  useDocument((state) => state.document);
  const phase = useRuns(({ current }) => current?.phase ?? "none");
  const shipped = useRuns(({ current }) => current?.shipped === true);
  useRuns(({ current }) => current !== null && (current.artefact !== null || current.boundaries.length > 0));
  const main = phase === "paused" ? resume : ["running", "waiting", "stopping"].includes(phase) ? pause : run;
  const mended = main !== run || canRun(studio);
  return (
    <span className="bar-group">
      <ActionButton
        action={main}
        icon={main === pause ? "pause" : "play"}
        {...(main === run && shipped ? { text: t("runYourself") } : {})}
        primary
        wide
      />
      <ActionButton action={stop} icon="stop" />
      <ActionButton action={step} icon="step" />
      <ActionButton action={download} icon="download" />
      {!mended && (
        <span className="small bar-blocked" role="status">
          {t("hasErrors")}
        </span>
      )}
    </span>
  );
}
