/** What goes together: figure 1 of the survey, computed by the studio's own methods on a small network. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import {
  granularityCounts,
  type GranularityKind,
  granularityKinds,
  granularityPath,
  granularitySize,
} from "./figure-data";
import "./figures.css";

const box = `-0.2 -0.2 ${granularitySize.width + 0.4} ${granularitySize.height + 0.4}`;
/** They never change. */
const paths = new Map(
  granularityKinds.map((kind) => [kind, { stays: granularityPath(kind, true), gone: granularityPath(kind, false) }]),
);

/** @param marked the kind that is spoken of */
export const GranularityFigure = memo(function GranularityFigure({ marked }: { readonly marked?: GranularityKind }) {
  const { t } = useTranslation("pruning");
  return (
    <div className="figure-granularity">
      {granularityKinds.map((kind) => {
        const words = t("figureGranularityRow", { kind: t(`figure_${kind}`), ...granularityCounts(kind) });
        return (
          <figure key={kind} data-marked={kind === marked}>
            <svg viewBox={box} role="img" aria-label={words}>
              <path className="figure-stays" d={paths.get(kind)!.stays} />
              <path className="figure-gone" d={paths.get(kind)!.gone} />
            </svg>
            <figcaption className="small">{t(`figure_${kind}`)}</figcaption>
          </figure>
        );
      })}
      <p className="small quiet">{t("figureGranularityHint")}</p>
    </div>
  );
});
