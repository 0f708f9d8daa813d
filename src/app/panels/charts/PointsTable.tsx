/** The points of the run at hand in words: for whoever cannot see the picture, and for other programs. */
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isMetricId, metricInfo, type MetricId } from "../../../engine/tasks/metrics/catalogue";
import { figureOf } from "../../../engine/tasks/metrics/scores";
import { fileName, saveFile } from "../../actions/download";
import { csvType } from "../../charts/csv";
import { pointsCsv } from "../../charts/point-csv";
import { useCurrentPoints, useReferenceDocument } from "../../charts/runs-shown";
import { shownFigures, useMetricWords } from "../../charts/use-metric";
import { usePointNames } from "../../charts/use-names";
import { formatBytes, formatCount, formatNumber, formatRatio } from "../../i18n/format";
import { formatMetric } from "../../i18n/format-metric";
import type { Point } from "../../stores/run-store";
import { useRuns } from "../../stores/use-studio";
import { DataTable } from "../../widgets/DataTable";

export function PointsTable() {
  const { t } = useTranslation("charts");
  const [open, setOpen] = useState(false);
  const any = useRuns(({ current }) => (current?.points.length ?? 0) > 0);
  if (!any) return null;
  return (
    <details className="charts-more" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="small">{t("asTable")}</summary>
      {open && <Opened />}
    </details>
  );
}

function Opened() {
  const { t } = useTranslation("charts");
  const points = useCurrentPoints();
  const document = useReferenceDocument();
  // The same array for all rows until another run comes: only then are they drawn again.
  const told = points[0] ? [...shownFigures(points[0]).map(([id]) => id), "loss" as const].join() : "";
  const figures = useMemo(() => told.split(",").filter(isMetricId), [told]);
  const save = () => saveFile(pointsCsv(points), fileName(document.name, "csv"), csvType);
  return (
    <>
      <button type="button" className="button" onClick={save}>
        {t("downloadCsv")}
      </button>
      <DataTable label={t("tableCaption")} name="charts">
        <Head figures={figures} />
        <tbody>
          {points.map((point, i) => (
            <Row key={i} point={point} figures={figures} />
          ))}
        </tbody>
      </DataTable>
    </>
  );
}

const columns = [
  ["images", "measured"],
  ["ratio", "computed"],
  ["bytes", "measured"],
  ["fileBytes", "measured"],
  ["parameters", "computed"],
  ["nonZero", "computed"],
  ["macs", "computed"],
  ["bops", "computed"],
  ["latency", "measured"],
] as const;

function Head({ figures }: { readonly figures: readonly MetricId[] }) {
  const wordsOf = useMetricWords();
  const { t } = useTranslation("charts");
  const { t: common } = useTranslation("common");
  return (
    <thead>
      <tr>
        <th scope="col">{t("step")}</th>
        <th scope="col">{t("clip")}</th>
        {figures.map((id) => (
          <th key={id} scope="col">
            {wordsOf(id).label} <span className="charts-how">{common(metricInfo(id).origin)}</span>
          </th>
        ))}
        {columns.map(([label, how]) => (
          <th key={label} scope="col">
            {t(label)} <span className="charts-how">{common(how)}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

const Row = memo(function Row({ point, figures }: { readonly point: Point; readonly figures: readonly MetricId[] }) {
  const document = useReferenceDocument();
  const names = usePointNames();
  return (
    <tr>
      <th scope="row">{formatNumber(point.step)}</th>
      <td className="words">
        {point.clip === null && point.step === 0 ? names.point(point, document) : names.clip(point, document)}
      </td>
      {figures.map((id) => (
        <td key={id}>{formatMetric(id, figureOf(point, id) ?? NaN)}</td>
      ))}
      <td>{formatNumber(point.testImages)}</td>
      <td>{formatRatio(point.compressionRatio)}</td>
      <td>{formatBytes(point.sizeBytes)}</td>
      <td>{formatBytes(point.fileBytes)}</td>
      <td>{formatNumber(point.parameters)}</td>
      <td>{formatNumber(point.nonZero)}</td>
      <td>{formatCount(point.macs)}</td>
      <td>{formatCount(point.bops)}</td>
      <td>{point.latencyMs === null ? "–" : `${formatNumber(point.latencyMs, { maximumSignificantDigits: 3 })} ms`}</td>
    </tr>
  );
});
