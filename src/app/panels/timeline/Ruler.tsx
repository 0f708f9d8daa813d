/** Steps and epochs along the top, lines at the ends of clips, and how far the run is. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { clipEnd, type TimelineDocument } from "../../../engine/document/document";
import { formatNumber } from "../../i18n/format";
import { isActive, isOutOfDate } from "../../stores/run-store";
import { useDocument, useRuns, useStudio } from "../../stores/use-studio";
import { toPixels } from "../../drag/snap";
import { stepsPerEpoch, ticks } from "./geometry";

interface Props {
  readonly scale: number;
  /** The last step that can be seen. */
  readonly last: number;
}

export const Ruler = memo(function Ruler({ scale, last }: Props) {
  const { t } = useTranslation("timeline");
  const epoch = useDocument(({ document }) => stepsPerEpoch(document));
  return (
    <div className="timeline-ruler" aria-hidden="true">
      <span className="timeline-corner" />
      {ticks(last, scale).map((step) => (
        <span
          key={step}
          className="timeline-tick"
          style={{ left: toPixels(step, scale) }}
          title={epoch === null ? undefined : t("epoch", { epoch: formatNumber(step / epoch, epochDigits) })}
        >
          {formatNumber(step)}
          {step === 0 && ` ${t("steps")}`}
        </span>
      ))}
      {epoch !== null &&
        ticks(last / epoch, scale * epoch).map(
          (count) =>
            count > 0 && (
              <span key={`epoch-${count}`} className="timeline-epoch" style={{ left: toPixels(count * epoch, scale) }}>
                {t("epoch", { epoch: formatNumber(count) })}
              </span>
            ),
        )}
      <Boundaries scale={scale} />
    </div>
  );
});

const epochDigits = { maximumFractionDigits: 1 };

/** Where the run has measured, once it has. */
function Boundaries({ scale }: { readonly scale: number }) {
  const { t } = useTranslation("timeline");
  const boundaries = useRuns(({ current }) => current?.boundaries);
  const current = useIsCurrent();
  if (!boundaries || !current) return null;
  return [...new Set(boundaries.map(({ point }) => point.step))].map((step) => (
    <span
      key={`measured-${step}`}
      className="timeline-measured"
      style={{ left: toPixels(step, scale) }}
      title={t("measuredAt", { step: formatNumber(step) })}
    />
  ));
}

/** Whether the run shown is one of this timeline, or still goes on. */
function useIsCurrent(): boolean {
  const { runs } = useStudio();
  const active = useRuns(({ current }) => isActive(current));
  const executed = useRuns(({ current }) => current?.document);
  const same = useDocument(({ document }) => !isOutOfDate(runs.getState().current, document));
  return executed !== undefined && (active || same);
}

export function Playhead({ scale }: { readonly scale: number }) {
  const { t } = useTranslation("timeline");
  const step = useRuns(({ current }) => current?.progress?.step ?? null);
  const current = useIsCurrent();
  if (step === null || !current) return null;
  return (
    <div
      className="timeline-playhead"
      style={{ transform: `translateX(${toPixels(step, scale)}px)` }}
      title={t("playhead")}
      data-step={step}
      aria-hidden="true"
    />
  );
}

/** Faint lines through all lanes where clips begin and end. */
export const Boundlines = memo(function Boundlines({
  clips,
  scale,
}: {
  readonly clips: TimelineDocument["clips"];
  readonly scale: number;
}) {
  const steps = new Set(clips.flatMap((clip) => [clip.start, clipEnd(clip)]));
  return [...steps].map((step) => (
    <span key={step} className="timeline-boundline" style={{ left: toPixels(step, scale) }} aria-hidden="true" />
  ));
});
