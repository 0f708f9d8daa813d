/** The studio's charts. They are loaded when the page stands: recharts is as large as the rest of the page together. */
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useOutOfDate } from "../../charts/use-out-of-date";
import { Waiting } from "./Waiting";
import "./charts.css";

const ChartGrid = lazy(async () => ({ default: (await import("./ChartGrid")).ChartGrid }));

export function Charts() {
  const { t } = useTranslation("charts");
  const outOfDate = useOutOfDate();
  return (
    <section className="charts" aria-label={t("label")} data-stale={outOfDate}>
      <Suspense fallback={<AllWaiting />}>
        <ChartGrid />
      </Suspense>
    </section>
  );
}

const AllWaiting = () => (
  <>
    <Waiting chart="accuracy" />
    <Waiting chart="steps" />
    <Waiting chart="bytes" />
  </>
);
