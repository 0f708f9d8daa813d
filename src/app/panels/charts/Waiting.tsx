/** In the place of a chart that is not drawn yet: as large as what comes, so that nothing moves when it does. */
import { useTranslation } from "react-i18next";
import { useMetric } from "../../charts/use-metric";

const titles = { accuracy: "scoreTitle", steps: "lossTitle", bytes: "bytesTitle" } as const;
export type ChartName = keyof typeof titles;

export function Waiting({ chart }: { readonly chart: ChartName }) {
  const { t } = useTranslation("charts");
  const { label } = useMetric();
  const main = chart === "accuracy";
  return (
    <div className={main ? "charts-card charts-main" : "charts-card"} aria-busy="true">
      <h2>{t(titles[chart], { metric: label })}</h2>
      {main && <p className="charts-waiting small quiet">{t("loading")}</p>}
    </div>
  );
}
