/** The main figure of the points of the run at hand, in the order of time. */
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { metricInfo } from "../../../engine/tasks/metrics/catalogue";
import { scoreOf } from "../../../engine/tasks/metrics/scores";
import { documentEnd } from "../../../engine/document/document";
import { type AxisPair, scoreRange, stepRange } from "../../charts/axes";
import { dotsPath, linesPath, marksPath } from "../../charts/path";
import { Plot } from "../../charts/Plot";
import { useCurrentPoints, useReferenceDocument } from "../../charts/runs-shown";
import { type Stretch, stretchesOf } from "../../charts/trajectory";
import { useMetric } from "../../charts/use-metric";
import { useToPlace } from "../../charts/use-to-place";
import { formatNumber } from "../../i18n/format";
import { formatMetric, formatScore } from "../../i18n/format-metric";
import { useLanguage } from "../../i18n/i18n";
import type { Point } from "../../stores/run-store";
import { KindLine } from "./KindLine";

export function AccuracyOverSteps() {
  const { t } = useTranslation("charts");
  const points = useCurrentPoints();
  const document = useReferenceDocument();
  const stretches = useMemo(() => stretchesOf(points, document), [points, document]);
  const language = useLanguage();
  const { id, label } = useMetric();
  // New functions for each language: the axes are drawn again for them.
  const say = useMemo(() => {
    void language;
    return {
      step: (step: number) => formatNumber(step),
      score: (value: number) =>
        metricInfo(id).unit === "fraction"
          ? `${formatNumber(100 * value, { maximumFractionDigits: 1 })} %`
          : formatMetric(id, value),
    };
  }, [language, id]);
  const axes = useMemo(
    (): AxisPair => ({
      x: {
        ...stepRange(Math.max(documentEnd(document), points.at(-1)?.step ?? 0)),
        scale: "linear",
        say: say.step,
      },
      y: {
        ...scoreRange(points.map(scoreOf), 4, metricInfo(id).range),
        scale: "linear",
        say: say.score,
      },
    }),
    [points, document, say, id],
  );
  const last = points.at(-1);
  return (
    <div
      className="charts-picture"
      role="img"
      aria-label={
        last
          ? t("scoreSpoken", { metric: label, count: points.length, score: formatScore(last, 1) })
          : `${t("scoreOverSteps", { metric: label })}: ${t("noPoints")}`
      }
    >
      <Plot {...axes}>
        <Path points={points} stretches={stretches} />
      </Plot>
      {!last && <p className="charts-empty small quiet">{t("noPoints")}</p>}
    </div>
  );
}

interface Props {
  readonly points: readonly Point[];
  readonly stretches: readonly Stretch<Point>[];
}

const Path = memo(function Path({ points, stretches }: Props) {
  const toPlace = useToPlace();
  if (!toPlace) return null;
  const placeOf = (point: Point) => toPlace(point.step, scoreOf(point));
  const boundaries = points.filter(({ clip, step }) => clip !== null || step === 0);
  return (
    <>
      {stretches.map(({ kinds, lines }) => (
        <KindLine key={kinds.join()} kinds={kinds} d={linesPath(lines.map((line) => line.map(placeOf)))} />
      ))}
      <path className="charts-between" d={dotsPath(points.map(placeOf))} />
      <path className="charts-latest" d={marksPath(boundaries.map(placeOf), "circle", 4)} />
    </>
  );
});
