/** What a clip did in the run that is shown, once the run has passed it. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { primaryMetric } from "../../../engine/tasks/metrics/scores";
import { useMetricWords } from "../../charts/use-metric";
import { formatBytes, formatNumber, formatRatio } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import { useSay } from "../../i18n/i18n";
import { useDocument, useRuns } from "../../stores/use-studio";
import { clipName } from "../../widgets/clip-words";
import { clipOutcome, outcomeState } from "./clip-outcome";

export function ClipOutcome({ clipId }: { readonly clipId: string }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const wordsOf = useMetricWords();
  // Boundaries are few; a point or a loss changes neither of these.
  const boundaries = useRuns(({ current }) => current?.boundaries);
  const executed = useRuns(({ current }) => current?.document);
  const document = useDocument((state) => state.document);
  const state = useMemo(() => executed && outcomeState(executed, document, clipId), [executed, document, clipId]);
  const outcome = boundaries && executed && clipOutcome({ document: executed, boundaries }, clipId);
  if (!outcome || !state) return null;
  const { before, after, beside } = outcome;
  const change = (show: (value: number) => string, from: number, to: number) =>
    t("outcomeFrom", { before: show(from), after: show(to) });
  return (
    <div role="group" className="inspector-group" aria-labelledby="inspector-outcome">
      <h3 className="panel-title" id="inspector-outcome">
        {t("outcome")}
      </h3>
      {state === "old" && <p className="small inspector-old">⚠ {t("outcomeOld")}</p>}
      {state === "cut" && <p className="small quiet">{t("outcomeCut")}</p>}
      <dl className="inspector-figures" data-old={state === "old"}>
        <div>
          <dt>{wordsOf(primaryMetric(after)).label}</dt>
          <dd>{t("outcomeFrom", { before: formatScore(before, 1), after: formatScore(after, 1) })}</dd>
        </div>
        <div>
          <dt>{t("outcomeBytes")}</dt>
          <dd>{change(formatBytes, before.sizeBytes, after.sizeBytes)}</dd>
        </div>
        <div>
          <dt>{t("outcomeRatio")}</dt>
          <dd>{change(formatRatio, before.compressionRatio, after.compressionRatio)}</dd>
        </div>
      </dl>
      <p className="small quiet">
        {t("outcomeMeasured", { images: formatNumber(after.testImages) })}
        {beside.length > 0 &&
          ` · ${t("outcomeBeside", { clips: beside.map((id) => clipName(executed, id, say)).join(", ") })}`}
      </p>
    </div>
  );
}
