/** When it goes: figure 2 of the survey, at once or over several decisions, as reached on a small network. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../i18n/format";
import { type ScheduleKind, scheduleKinds, scheduleStair, scheduleSteps } from "./figure-data";
import "./figures.css";

const [width, height] = [220, 110];

/** A stair from nothing pruned, to the clip's end. */
function stairPath(kind: ScheduleKind): string {
  let path = `M0 ${height}`;
  for (const [step = 0, sparsity = 0] of scheduleStair(kind)) {
    path += `H${((step / scheduleSteps) * width).toFixed(1)}V${(height * (1 - sparsity)).toFixed(1)}`;
  }
  return `${path}H${width}`;
}
const paths = new Map(scheduleKinds.map((kind) => [kind, stairPath(kind)]));

/** @param marked the schedule that is spoken of */
export const ScheduleFigure = memo(function ScheduleFigure({ marked }: { readonly marked?: ScheduleKind }) {
  const { t } = useTranslation("pruning");
  const lines = scheduleKinds.map((kind) => {
    const values = scheduleStair(kind).map(([, sparsity = 0]) => formatNumber(sparsity, { maximumFractionDigits: 2 }));
    return { kind, words: t("figureScheduleLine", { schedule: t(`figure_${kind}`), values: values.join(", ") }) };
  });
  return (
    <figure className="figure-schedule">
      <svg
        viewBox={`-2 -2 ${width + 4} ${height + 4}`}
        role="img"
        aria-label={lines.map(({ words }) => words).join("; ")}
      >
        {lines.map(({ kind }) => (
          <path key={kind} data-schedule={kind} data-marked={kind === marked} d={paths.get(kind)} />
        ))}
      </svg>
      <figcaption>
        <ul className="small">
          {lines.map(({ kind, words }) => (
            <li key={kind} data-marked={kind === marked}>
              <svg viewBox="0 0 24 6" aria-hidden="true">
                <path data-schedule={kind} data-marked={kind === marked} d="M0 3H24" />
              </svg>
              {words}
            </li>
          ))}
        </ul>
        <p className="small quiet">{t("figureScheduleHint")}</p>
      </figcaption>
    </figure>
  );
});
