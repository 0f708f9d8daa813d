/** What the picture shows, and what is to be known about it: out of date, failed, computed elsewhere. */
import { useTranslation } from "react-i18next";
import { useReferenceDocument } from "../../charts/runs-shown";
import { useMetric } from "../../charts/use-metric";
import { useOutOfDate } from "../../charts/use-out-of-date";
import { formatNumber } from "../../i18n/format";
import { useLibrary, useRuns } from "../../stores/use-studio";

export function AccuracyHead() {
  const { t } = useTranslation("charts");
  const outOfDate = useOutOfDate();
  const phase = useRuns(({ current }) => current?.phase);
  const shipped = useRuns(({ current }) => current?.shipped === true);
  const backend = useRuns(({ current }) => current?.backend ?? null);
  return (
    <header>
      <h2>{t("scoreTitle", { metric: useMetric().label })}</h2>
      <EachPoint />
      {shipped && <p className="charts-tag small">{backend === null ? t("shipped") : t("shippedOn", { backend })}</p>}
      {outOfDate && <p className="charts-tag charts-warning small">{t("outOfDate")}</p>}
      {phase === "cancelled" && <p className="charts-tag small">{t("stopped")}</p>}
      {phase === "failed" && <Failed />}
    </header>
  );
}

function EachPoint() {
  const { t } = useTranslation("charts");
  const { dataset, liveTest } = useReferenceDocument();
  const told = useRuns(({ current }) => current?.points[0]?.testImages);
  const all = useLibrary(({ datasets }) => datasets.find(({ id }) => id === dataset.id)?.counts.test);
  const images = told ?? dataset.test ?? all;
  if (images === undefined) return null;
  const live = Math.min(liveTest, images);
  const values = { images: formatNumber(images), live: formatNumber(live) };
  return <p className="small quiet">{t(live < images ? "eachPointLive" : "eachPoint", values)}</p>;
}

function Failed() {
  const { t } = useTranslation("charts");
  const { t: errors } = useTranslation("errors");
  const error = useRuns(({ current }) => current?.error);
  if (!error) return null;
  return (
    <p className="charts-tag charts-error small">
      <strong>{t("failed")}</strong> {errors(error.code)} <span className="quiet">{error.message}</span>
    </p>
  );
}

/** In the place of a trajectory that has not begun. */
export function EmptyHint() {
  const { t } = useTranslation("charts");
  const phase = useRuns(({ current }) => current?.phase);
  const empty = useRuns(({ current }) => !current || current.points.length === 0);
  if (!empty || phase === "failed" || phase === "cancelled") return null;
  return <p className="charts-empty quiet">{t(phase === undefined ? "pressRun" : "firstPoint")}</p>;
}
