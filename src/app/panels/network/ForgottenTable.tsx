/** What was forgotten: how well each class is known, before and now. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { primaryMetric } from "../../../engine/tasks/metrics/scores";
import { type ClassAccuracy, forgotten } from "../../charts/forgotten";
import { useMetricWords } from "../../charts/use-metric";
import { formatNumber, formatPercent } from "../../i18n/format";
import type { Boundary } from "../../stores/run-store";
import { useLibrary } from "../../stores/use-studio";
import { DataTable } from "../../widgets/DataTable";

interface Props {
  readonly original: Boundary | null;
  readonly boundary: Boundary;
  readonly datasetId: string;
}

export const ForgottenTable = memo(function ForgottenTable({ original, boundary, datasetId }: Props) {
  const { t } = useTranslation("network");
  const classes = useLibrary(({ datasets }) => datasets.find(({ id }) => id === datasetId)?.classes);
  const nameOf = (index: number) => classes?.[index] ?? t("classNumber", { number: index });
  const { id, label, name } = useMetricWords()(primaryMetric(boundary.point));
  if (boundary.confusion.length === 0) return null;
  return (
    <section className="network-forgotten" aria-labelledby="network-forgotten">
      <h2 id="network-forgotten">{t("forgotten")}</h2>
      <p className="small quiet">
        {t("forgottenHint", { metric: name, images: formatNumber(boundary.point.testImages) })}
      </p>
      <DataTable label={t("forgottenCaption", { metric: label })} name="network">
        <thead>
          <tr>
            <th scope="col" className="words">
              {t("class")}
            </th>
            <th scope="col">{t("classBefore")}</th>
            <th scope="col">{t("classNow")}</th>
            <th scope="col">{t("change")}</th>
            <th scope="col" className="words">
              {t("confused")}
            </th>
          </tr>
        </thead>
        <tbody>
          {forgotten(original?.confusion ?? null, boundary.confusion, id).map((row) => (
            <Row key={row.index} row={row} nameOf={nameOf} />
          ))}
        </tbody>
      </DataTable>
    </section>
  );
});

function Row({ row, nameOf }: { readonly row: ClassAccuracy; readonly nameOf: (index: number) => string }) {
  const { t } = useTranslation("network");
  const { before, now, takenFor } = row;
  const say = (value: number | null) => (value === null ? "–" : formatPercent(value, 1));
  const change = before === null || now === null ? null : 100 * (now - before);
  return (
    <tr>
      <th scope="row" className="words">
        {nameOf(row.index)}
      </th>
      <td>{say(before)}</td>
      <td>{say(now)}</td>
      <td>
        <span className="network-change" data-lost={change !== null && change < -0.05}>
          {change === null
            ? "–"
            : formatNumber(change, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" })}
        </span>
      </td>
      <td className="words">
        {takenFor
          ? t("confusedAs", { name: nameOf(takenFor.index), percent: formatPercent(takenFor.share, 1) })
          : t("never")}
      </td>
    </tr>
  );
}
