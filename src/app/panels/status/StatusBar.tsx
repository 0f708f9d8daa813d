/** Facts about the page that hold all the time: what is kept, the seed, where the latest point lies. */
import { useTranslation } from "react-i18next";
import { primaryMetric } from "../../../engine/tasks/metrics/scores";
import { useMetricWords } from "../../charts/use-metric";
import { formatRatio } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import { useDocument, useKeeping, useRuns } from "../../stores/use-studio";
import "./status.css";

const savedLabels = { saved: "saved", saving: "saving", failed: "notSaved", memory: "memoryOnly" } as const;

export function StatusBar() {
  const { t } = useTranslation("status");
  const wordsOf = useMetricWords();
  const seed = useDocument((state) => state.document.seed);
  const saved = useKeeping((keeping) => keeping.state);
  const point = useRuns((runs) => runs.current?.points.at(-1));
  return (
    <section className="status-line" aria-label={t("label")}>
      <span data-state={saved}>{t(savedLabels[saved])}</span>
      <span>{t("seed", { seed })}</span>
      <span>{t("requests")}</span>
      {point && (
        <span className="status-point">
          {t("at", {
            step: point.step,
            metric: wordsOf(primaryMetric(point)).name,
            score: formatScore(point, 1),
            ratio: formatRatio(point.compressionRatio),
          })}
        </span>
      )}
    </section>
  );
}
