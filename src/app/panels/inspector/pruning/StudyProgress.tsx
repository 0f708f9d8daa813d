/** How far a preview or a scan has come, with its stop. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../../i18n/format";
import type { StudyState } from "../../../stores/study-store";
import { useStudio } from "../../../stores/use-studio";

interface Props {
  readonly what: keyof Pick<StudyState, "previews" | "scans">;
  readonly clipId: string;
  /** Of the training up to the clip's start. */
  readonly progress: { readonly trained: number; readonly toTrain: number } | null;
  /** Of the study itself, in words and as a fraction. */
  readonly done?: { readonly words: string; readonly share: number };
}

export function StudyProgress({ what, clipId, progress, done }: Props) {
  const { t } = useTranslation("pruning");
  const { stop } = useStudio().studies.getState();
  const words = progress
    ? t("training", { trained: formatNumber(progress.trained), toTrain: formatNumber(progress.toTrain) })
    : (done?.words ?? t("asking"));
  const share = progress ? progress.trained / Math.max(1, progress.toTrain) : done?.share;
  return (
    <div className="prune-progress">
      <progress aria-label={words} max={1} {...(share === undefined ? {} : { value: share })} />
      <span className="small quiet">{words}</span>
      <button type="button" className="button" onClick={() => stop(what, clipId)}>
        {t("stop")}
      </button>
    </div>
  );
}
