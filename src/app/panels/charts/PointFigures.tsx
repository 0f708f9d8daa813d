/** Every figure of one point, beside it; each says whether it was measured or computed. */
import { useTranslation } from "react-i18next";
import type { Place } from "../../charts/path";
import type { Box } from "../../charts/place-labels";
import { shownFigures, useMetricWords } from "../../charts/use-metric";
import { formatBytes, formatCount, formatNumber, formatRatio } from "../../i18n/format";
import { formatMetric } from "../../i18n/format-metric";
import type { Target } from "./point-reader";

interface Props {
  readonly target: Target;
  readonly place: Place;
  readonly plot: Box;
}

export function PointFigures({ target: { point, name }, place, plot }: Props) {
  const { t } = useTranslation("charts");
  const { t: common } = useTranslation("common");
  const wordsOf = useMetricWords();
  const measured: readonly (readonly [string, string])[] = [
    ...shownFigures(point).map(([id, value]): [string, string] => [wordsOf(id).label, formatMetric(id, value)]),
    [t("images"), formatNumber(point.testImages)],
    [wordsOf("loss").label, formatMetric("loss", point.loss)],
    [t("bytes"), formatBytes(point.sizeBytes)],
    [t("fileBytes"), formatBytes(point.fileBytes)],
    ...(point.latencyMs === null
      ? []
      : [[t("latency"), `${formatNumber(point.latencyMs, { maximumSignificantDigits: 3 })} ms`] as const]),
  ];
  const computed: readonly (readonly [string, string])[] = [
    [t("ratio"), formatRatio(point.compressionRatio)],
    [t("parameters"), formatNumber(point.parameters)],
    [t("nonZero"), formatNumber(point.nonZero)],
    [t("macs"), formatCount(point.macs)],
    [t("bops"), formatCount(point.bops)],
  ];
  // Towards the wider side, so that it never leaves the picture.
  const right = place.x < plot.x + plot.width / 2;
  const below = place.y < plot.y + plot.height / 2;
  return (
    <div
      className="charts-figures small"
      style={{ left: place.x, top: place.y }}
      data-side={`${below ? "below" : "above"}-${right ? "right" : "left"}`}
      aria-hidden="true"
    >
      <strong>{name}</strong>
      <dl>
        {(
          [
            [common("measured"), measured],
            [common("computed"), computed],
          ] as const
        ).map(([how, figures]) => [
          <dt key={how} className="charts-how">
            {how}
          </dt>,
          ...figures.flatMap(([label, value]) => [<dt key={label}>{label}</dt>, <dd key={`${label} is`}>{value}</dd>]),
        ])}
      </dl>
    </div>
  );
}
