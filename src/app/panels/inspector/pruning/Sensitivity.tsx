/** What each layer can do without, as a table that fills, and ratios chosen from it. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { number } from "../../../../engine/blocks/params";
import {
  ratiosForBudget,
  ratiosWithinLoss,
  type SensitivityPlan,
  type SensitivityTable as Table,
} from "../../../../engine/document/sensitivity-plan";
import type { Clip } from "../../../../engine/document/document";
import { clearLayerRatios, setLayerRatios } from "../../../edits/layer-edits";
import { sameContent } from "../../../edits/same-content";
import { useMetricWords } from "../../../charts/use-metric";
import { formatNumber, formatPercent } from "../../../i18n/format";
import { formatMetric } from "../../../i18n/format-metric";
import { useDocument, useStudies, useStudio } from "../../../stores/use-studio";
import { ChoiceField } from "../../../widgets/ChoiceField";
import { SliderField } from "../../../widgets/SliderField";
import { SensitivityTable } from "./SensitivityTable";
import { StudyError } from "./StudyError";
import { StudyProgress } from "./StudyProgress";

const ways = ["loss", "bytes", "macs"] as const;
type Way = (typeof ways)[number];

const fields = {
  loss: number({ min: 0, max: 0.2, default: 0.01, step: 0.005, unit: "fraction" }),
  share: number({ min: 0, max: 1, default: 0.5, step: 0.05, unit: "fraction" }),
};

export function Sensitivity({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation("pruning");
  const { studies, document: store } = useStudio();
  const scan = useStudies(({ scans }) => scans[clip.id]);
  const document = useDocument((state) => state.document);
  const withoutRatios = useMemo(() => clearLayerRatios(clip.id)(document), [clip.id, document]);
  const scanned = scan?.document;
  // Ratios of layers are what the scan is for: they do not make it old.
  const old = useMemo(
    () => scanned !== undefined && !sameContent(clearLayerRatios(clip.id)(scanned), withoutRatios),
    [scanned, withoutRatios, clip.id],
  );
  const [way, setWay] = useState<Way>("loss");
  const [settings, setSettings] = useState<Readonly<Record<Way, number>>>({ loss: 0.01, bytes: 0.5, macs: 0.5 });
  const base = scan?.base ?? null;
  const cells = scan?.cells;
  const table = useMemo<Table | null>(() => (base && cells ? { ...base, cells } : null), [base, cells]);
  const plan = useMemo(
    () =>
      table &&
      (way === "loss"
        ? ratiosWithinLoss(table, settings.loss)
        : ratiosForBudget(table, { of: way, share: settings[way] })),
    [table, way, settings],
  );
  const all = base ? base.layers.length * base.ratios.length : 0;
  const done = base && cells && { words: t("scanDone", { done: cells.length, all }), share: cells.length / all };
  const own = Object.entries(clip.layers ?? {}).filter(([, layer]) => layer.sparsity !== undefined);
  return (
    <div role="group" className="inspector-group" aria-labelledby="prune-scan">
      <h3 className="panel-title" id="prune-scan">
        {t("scan")}
      </h3>
      <p className="small quiet">{t("scanHint")}</p>
      {own.length > 0 && (
        <div className="prune-own">
          <p className="small">
            {t("ownRatios", {
              layers: own.map(([id, { sparsity }]) => `${id} ${formatPercent(sparsity ?? 0, 0)}`).join(", "),
            })}
          </p>
          <button type="button" className="button" onClick={() => store.getState().edit(clearLayerRatios(clip.id))}>
            {t("ownRatiosClear")}
          </button>
        </div>
      )}
      {scan?.error && <StudyError error={scan.error} />}
      {table && <SensitivityTable table={table} plan={plan} />}
      {scan?.phase === "stopped" && <p className="small quiet">{t("scanStopped")}</p>}
      {old && scan?.phase !== "running" && <p className="small inspector-old">⚠ {t("previewOld")}</p>}
      {scan?.phase === "running" ? (
        <StudyProgress what="scans" clipId={clip.id} progress={scan.progress} {...(done ? { done } : {})} />
      ) : (
        <div className="inspector-acts">
          <button
            type="button"
            className="button"
            onClick={() => void studies.getState().scan(clip.id, store.getState().document)}
          >
            {t(scan ? "scanAgain" : "scanStart")}
          </button>
        </div>
      )}
      {table && table.cells.length > 0 && plan && (
        <>
          <ChoiceField
            label={t("planBy")}
            value={way}
            options={ways
              .filter((option) => option !== "macs" || table.kind === "structured")
              .map((option) => ({ value: option, label: t(`planBy_${option}`) }))}
            onChange={(next) => setWay(ways.find((known) => known === next) ?? "loss")}
          />
          <SliderField
            label={t(way === "loss" ? "planLoss" : way === "bytes" ? "planBytes" : "planMacs")}
            value={settings[way]}
            number={way === "loss" ? fields.loss : fields.share}
            onChange={(value) => setSettings({ ...settings, [way]: value })}
          />
          <Plan table={table} plan={plan} />
          <div className="inspector-acts">
            <button
              type="button"
              className="button"
              aria-disabled={plan.ratios.size === 0}
              onClick={() => plan.ratios.size > 0 && store.getState().edit(setLayerRatios(clip.id, plan.ratios))}
            >
              {t("planUse")}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

function Plan({ table: { metric, bytes, macs }, plan }: { readonly table: Table; readonly plan: SensitivityPlan }) {
  const { t } = useTranslation("pruning");
  const { name } = useMetricWords()(metric);
  if (plan.ratios.size === 0) return <p className="small">{t("planNone")}</p>;
  return (
    <div className="small" role="status">
      {!plan.reached && <p className="inspector-old">⚠ {t("planOutOfReach")}</p>}
      <p>{[...plan.ratios].map(([id, ratio]) => `${id} ${formatNumber(ratio)}`).join(" · ")}</p>
      <p className="quiet">
        {t("planEstimate", {
          bytes: formatPercent(plan.savedBytes / bytes, 0),
          macs: formatPercent(plan.savedMacs / macs, 0),
          metric: name,
          loss: formatMetric(metric, plan.loss, 1),
        })}
      </p>
    </div>
  );
}
