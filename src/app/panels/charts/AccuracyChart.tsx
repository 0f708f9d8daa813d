/** The picture: what the task scores against compression, of the run at hand while it goes on and of those before it. */
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { metricInfo, type MetricId } from "../../../engine/tasks/metrics/catalogue";
import { scoreOf } from "../../../engine/tasks/metrics/scores";
import { type AxisPair, ratioRange, scoreRange } from "../../charts/axes";
import { outcomeOf, paretoFront, staircase } from "../../charts/pareto";
import { Plot } from "../../charts/Plot";
import { useCurrentPoints, useEarlierRuns, useReferenceDocument } from "../../charts/runs-shown";
import { stretchesOf } from "../../charts/trajectory";
import { useMetric } from "../../charts/use-metric";
import { usePointNames } from "../../charts/use-names";
import { useRunNames } from "../../charts/use-run-names";
import { formatBytes, formatNumber, formatRatio } from "../../i18n/format";
import { formatMetric, formatScore } from "../../i18n/format-metric";
import { useLanguage } from "../../i18n/i18n";
import { isActive } from "../../stores/run-store";
import { useRuns } from "../../stores/use-studio";
import { AccuracyHead, EmptyHint } from "./AccuracyHead";
import { EarlierPaths, ParetoFront } from "./EarlierRuns";
import { Legend } from "./Legend";
import { createPointReader, type Target } from "./point-reader";
import { PointsTable } from "./PointsTable";
import { PointSlider, ReadPoint } from "./ReadPoint";
import { type Label, Labels, Trajectory } from "./Trajectory";

export function AccuracyChart() {
  return (
    <div className="charts-card charts-main">
      <AccuracyHead />
      <Picture />
      <PointsTable />
    </div>
  );
}

function Picture() {
  const { t } = useTranslation("charts");
  const points = useCurrentPoints();
  const document = useReferenceDocument();
  const { drawn, others } = useEarlierRuns();
  const last = useRuns(({ current }) => (isActive(current) ? "now" : current?.phase === "done" ? "final" : "last"));
  const figures = useRef<HTMLDivElement>(null);
  const [reader] = useState(createPointReader);

  const { name, meaning } = useMetric();
  const axes = useAxes();
  const stretches = useMemo(() => stretchesOf(points, document), [points, document]);
  const outcomes = useMemo(
    () => [points, ...drawn.map((run) => run.points)].flatMap((one) => outcomeOf(one) ?? []),
    [points, drawn],
  );
  const runs = outcomes.length;
  const original = points[0] ?? drawn[0]?.points[0];
  const front = useMemo(() => paretoFront([...(original ? [original] : []), ...outcomes]), [original, outcomes]);
  const targets = useTargets();
  const labels = useMemo(() => {
    const [first, latest] = [points[0], points.at(-1)];
    const said: Label[] = [];
    if (first) {
      const values = { score: formatScore(first, 1), bytes: formatBytes(first.sizeBytes) };
      said.push({ at: first, lines: [t("original", values)] });
    }
    if (latest && latest !== first) {
      const values = { score: formatScore(latest, 1), ratio: formatRatio(latest.compressionRatio) };
      const measured = { bytes: formatBytes(latest.sizeBytes), images: formatNumber(latest.testImages) };
      said.push({ at: latest, lines: [t(last, values), t("nowMeasured", measured)] });
    }
    const corner = runs > 1 ? staircase(front)[1] : undefined;
    if (corner) said.push({ at: corner, lines: [t("front", { count: runs })], quiet: true });
    return said;
  }, [points, last, front, runs, t]);
  const lines = useMemo(() => (runs > 1 ? [points, staircase(front)] : [points]), [points, front, runs]);

  return (
    <>
      <p className="charts-y small quiet">↑ {t("scoreAxis", { metric: name, meaning })}</p>
      <PointSlider reader={reader} targets={targets}>
        <Plot {...axes} right={16}>
          <EarlierPaths runs={drawn} />
          {runs > 1 && <ParetoFront front={front} />}
          <Trajectory points={points} stretches={stretches} document={document} />
          <Labels labels={labels} lines={lines} />
          <ReadPoint reader={reader} targets={targets} container={figures} />
        </Plot>
        <EmptyHint />
        <div ref={figures} />
      </PointSlider>
      <p className="charts-x small quiet">{t("ratioAxis")} →</p>
      <Legend
        stretches={stretches}
        earlier={drawn.length}
        front={runs > 1 && front.length > 1 ? runs : 0}
        others={others}
      />
    </>
  );
}

const scoreTick = (id: MetricId, value: number) =>
  formatMetric(id, value, value * 100 === Math.round(value * 100) ? 0 : 1);

function useAxes(): AxisPair {
  const language = useLanguage();
  const points = useCurrentPoints();
  const { drawn } = useEarlierRuns();
  const { id } = useMetric();
  // New functions for each language: the axes are drawn again for them.
  const say = useMemo(() => {
    void language;
    return {
      score: (value: number) => scoreTick(id, Number(value.toPrecision(6))),
      ratio: (value: number) => `${formatNumber(value)}×`,
    };
  }, [language, id]);
  return useMemo(() => {
    const all = [points, ...drawn.map((run) => run.points)].flat();
    return {
      x: { ...ratioRange(all.map((point) => point.compressionRatio)), scale: "log", say: say.ratio },
      y: { ...scoreRange(all.map(scoreOf), 6, metricInfo(id).range), scale: "linear", say: say.score },
    };
  }, [points, drawn, say, id]);
}

/** Points of the run at hand, then the results of those before it. */
function useTargets(): readonly Target[] {
  const { t } = useTranslation("charts");
  const points = useCurrentPoints();
  const document = useReferenceDocument();
  const { drawn } = useEarlierRuns();
  const names = usePointNames();
  const runNames = useRunNames();
  return [
    ...drawn.flatMap((run) =>
      run.points.slice(-1).map((point) => ({
        point,
        document: run.document,
        name: t("pointFinal", { run: runNames.get(run.id) ?? run.document.name }),
      })),
    ),
    ...points.map((point) => ({ point, document, name: names.point(point, document) })),
  ];
}
