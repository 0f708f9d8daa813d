/** The heat map of a scan: a table whose cells say in numbers what their shade says. */
import { type CSSProperties, memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { SensitivityPlan, SensitivityTable as Table } from "../../../../engine/document/sensitivity-plan";
import { merit, metricInfo } from "../../../../engine/tasks/metrics/catalogue";
import { useMetricWords } from "../../../charts/use-metric";
import { formatNumber } from "../../../i18n/format";
import { formatMetric } from "../../../i18n/format-metric";
import { DataTable } from "../../../widgets/DataTable";

interface Props {
  readonly table: Table;
  readonly plan: SensitivityPlan | null;
}

/** Score lost that is shaded the most. */
const darkest = 0.3;

export const SensitivityTable = memo(function SensitivityTable({ table, plan }: Props) {
  const { t } = useTranslation("pruning");
  const { layers, ratios, cells, metric, score, images } = table;
  const { label, name } = useMetricWords()(metric);
  const scale = metricInfo(metric).unit === "fraction" ? 100 : 1;
  const found = useMemo(() => new Map(cells.map((cell) => [`${cell.layer} ${cell.ratio}`, cell.score])), [cells]);
  return (
    <>
      <DataTable name="prune-scan" label={t("scanTable", { metric: label })}>
        <thead>
          <tr>
            <th scope="col" className="words">
              {t("scanLayer")}
            </th>
            {ratios.map((ratio) => (
              <th key={ratio} scope="col">
                {formatNumber(ratio)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {layers.map(({ id }) => (
            <tr key={id}>
              <th scope="row" className="words">
                {id}
              </th>
              {ratios.map((ratio) => {
                const left = found.get(`${id} ${ratio}`);
                const lost = left === undefined ? undefined : merit(metric, score) - merit(metric, left);
                const chosen = plan?.ratios.get(id) === ratio;
                return (
                  <td
                    key={ratio}
                    data-chosen={chosen}
                    style={{ "--lost": `${shade(lost)}%` } as CSSProperties}
                    title={left === undefined ? undefined : formatMetric(metric, left, 1)}
                  >
                    {lost === undefined
                      ? ""
                      : formatNumber(scale * lost, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}
                    {chosen && <span className="unseen"> {t("planChosen")}</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </DataTable>
      <p className="small quiet">
        {t("scanOf", { metric: name, score: formatMetric(metric, score, 1), images: formatNumber(images) })}
      </p>
    </>
  );
});

/** 0 to 60: what stands on it stays legible. */
const shade = (lost: number | undefined): number =>
  lost === undefined ? 0 : Math.round(60 * Math.min(1, Math.max(0, lost) / darkest));
