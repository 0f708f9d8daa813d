/** The studio's charts. They are loaded when the page stands: recharts is as large as the rest of the page together. */
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useOutOfDate } from "../../charts/use-out-of-date";
import "./charts.css";

const ChartGrid = lazy(async () => ({ default: (await import("./ChartGrid")).ChartGrid }));

export function Charts() {
  const { t } = useTranslation("charts");
  const outOfDate = useOutOfDate();
  return (
    <section className="charts" aria-label={t("label")} data-stale={outOfDate}>
      <Suspense fallback={<Skeleton />}>
        <ChartGrid />
      </Suspense>
    </section>
  );
}

/** As large as what comes, so that nothing moves when it does. */
function Skeleton() {
  const { t } = useTranslation("charts");
  return (
    <>
      <div className="charts-card charts-main" aria-busy="true">
        <h2>{t("accuracyTitle")}</h2>
        <p className="charts-waiting small quiet">{t("loading")}</p>
      </div>
      <div className="charts-card">
        <h2>{t("lossTitle")}</h2>
      </div>
      <div className="charts-card">
        <h2>{t("bytesTitle")}</h2>
      </div>
    </>
  );
}
