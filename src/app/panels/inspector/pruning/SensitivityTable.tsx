/** The heat map of a scan: a table whose cells say in numbers what their shade says. */
import { type CSSProperties, memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { SensitivityPlan, SensitivityTable as Table } from "../../../../engine/document/sensitivity-plan";
import { formatNumber, formatPercent } from "../../../i18n/format";
import { DataTable } from "../../../widgets/DataTable";

interface Props {
  readonly table: Table;
  readonly plan: SensitivityPlan | null;
}

/** Accuracy lost that is shaded the most, a fraction. */
const darkest = 0.3;

export const SensitivityTable = memo(function SensitivityTable({ table, plan }: Props) {
  const { t } = useTranslation("pruning");
  const { layers, ratios, cells, accuracy, images } = table;
  const found = useMemo(() => new Map(cells.map((cell) => [`${cell.layer} ${cell.ratio}`, cell.accuracy])), [cells]);
  return (
    <>
      <DataTable name="prune-scan" label={t("scanTable")}>
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
                const lost = left === undefined ? undefined : accuracy - left;
                const chosen = plan?.ratios.get(id) === ratio;
                return (
                  <td
                    key={ratio}
                    data-chosen={chosen}
                    style={{ "--lost": `${shade(lost)}%` } as CSSProperties}
                    title={left === undefined ? undefined : formatPercent(left, 1)}
                  >
                    {lost === undefined
                      ? ""
                      : formatNumber(100 * lost, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}
                    {chosen && <span className="unseen"> {t("planChosen")}</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </DataTable>
      <p className="small quiet">
        {t("scanOf", { accuracy: formatPercent(accuracy, 1), images: formatNumber(images) })}
      </p>
    </>
  );
});

/** 0 to 60: what stands on it stays legible. */
const shade = (lost: number | undefined): number =>
  lost === undefined ? 0 : Math.round(60 * Math.min(1, Math.max(0, lost) / darkest));
