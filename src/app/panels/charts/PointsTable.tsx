/** The points of the run at hand in words: for whoever cannot see the picture, and for other programs. */
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileName, saveFile } from "../../actions/download";
import { csvType } from "../../charts/csv";
import { pointsCsv } from "../../charts/point-csv";
import { useCurrentPoints, useReferenceDocument } from "../../charts/runs-shown";
import { usePointNames } from "../../charts/use-names";
import { formatBytes, formatCount, formatNumber, formatPercent, formatRatio } from "../../i18n/format";
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
  const save = () => saveFile(pointsCsv(points), fileName(document.name, "csv"), csvType);
  return (
    <>
      <button type="button" className="button" onClick={save}>
        {t("downloadCsv")}
      </button>
      <DataTable label={t("tableCaption")} name="charts">
        <Head />
        <tbody>
          {points.map((point, i) => (
            <Row key={i} point={point} />
          ))}
        </tbody>
      </DataTable>
    </>
  );
}

const columns = [
  ["accuracy", "measured"],
  ["images", "measured"],
  ["loss", "measured"],
  ["ratio", "computed"],
  ["bytes", "measured"],
  ["fileBytes", "measured"],
  ["parameters", "computed"],
  ["nonZero", "computed"],
  ["macs", "computed"],
  ["bops", "computed"],
  ["latency", "measured"],
] as const;

function Head() {
  const { t } = useTranslation("charts");
  const { t: common } = useTranslation("common");
  return (
    <thead>
      <tr>
        <th scope="col">{t("step")}</th>
        <th scope="col">{t("clip")}</th>
        {columns.map(([label, how]) => (
          <th key={label} scope="col">
            {t(label)} <span className="charts-how">{common(how)}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

const Row = memo(function Row({ point }: { readonly point: Point }) {
  const document = useReferenceDocument();
  const names = usePointNames();
  return (
    <tr>
      <th scope="row">{formatNumber(point.step)}</th>
      <td className="words">
        {point.clip === null && point.step === 0 ? names.point(point, document) : names.clip(point, document)}
      </td>
      <td>{formatPercent(point.accuracy)}</td>
      <td>{formatNumber(point.testImages)}</td>
      <td>{formatNumber(point.loss, { maximumSignificantDigits: 3 })}</td>
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
