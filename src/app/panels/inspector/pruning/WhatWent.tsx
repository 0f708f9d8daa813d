/** What a clip's decisions did in the run at hand: bars of all layers, and pictures of one. */
import { memo, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMetricWords } from "../../../charts/use-metric";
import { formatNumber, formatPercent } from "../../../i18n/format";
import { formatMetric } from "../../../i18n/format-metric";
import { useDocument, useRuns } from "../../../stores/use-studio";
import { ChoiceField } from "../../../widgets/ChoiceField";
import { outcomeState } from "../clip-outcome";
import { barOf, decisionsOfClip, layerStories, type Taken, type TakenBack } from "./decisions-shown";
import { LayerPicture } from "./LayerPicture";
import { showsWidths, WidthsTable } from "./WidthsTable";

/** What the parts of a bar are. */
const keys = [
  ["kept", "layerKept"],
  ["went", "layerWent"],
  ["gone", "layerGone"],
] as const;

interface Props {
  readonly clipId: string;
  /** Or it only quantizes. */
  readonly prunes: boolean;
}

export function WhatWent({ clipId, prunes }: Props) {
  const { t } = useTranslation("pruning");
  // Decisions are few; a point or a loss changes neither of these. They may wait until the charts are drawn.
  const decisions = useDeferredValue(useRuns(({ current }) => current?.decisions));
  const executed = useRuns(({ current }) => current?.document);
  const document = useDocument((state) => state.document);
  const own = useMemo(() => decisions && decisionsOfClip(decisions, clipId), [decisions, clipId]);
  if (!own || !executed || own.taken.length === 0) return null;
  const old = outcomeState(executed, document, clipId) === "old";
  return (
    <div role="group" className="inspector-group" aria-labelledby="prune-went">
      <h3 className="panel-title" id="prune-went">
        {t(prunes ? "went" : "wentWidths")}
      </h3>
      {old && <p className="small inspector-old">⚠ {t("wentOld")}</p>}
      <Story key={clipId} taken={own.taken} takenBack={own.takenBack} />
    </div>
  );
}

const Story = memo(function Story({
  taken,
  takenBack,
}: {
  readonly taken: readonly Taken[];
  readonly takenBack: TakenBack | undefined;
}) {
  const { t } = useTranslation("pruning");
  const wordsOf = useMetricWords();
  // Null follows the latest, while the run goes on.
  const [chosen, setChosen] = useState<number | null>(null);
  const [layer, setLayer] = useState<string | null>(null);
  const at = Math.min(chosen ?? taken.length - 1, taken.length - 1);
  const decision = taken[at]!;
  const stories = useMemo(() => layerStories(taken, at), [taken, at]);
  const weights = decision.layers.reduce(
    (sum, { weights: w }) => ({ before: sum.before + w.before, removed: sum.removed + w.removed }),
    { before: 0, removed: 0 },
  );
  // Of any of its decisions: a clip that removes nothing anywhere has no bars.
  const removes = taken.some(({ layers }) =>
    layers.some(({ weights: w, units: u }) => w.removed + u.removed.length > 0),
  );
  const units = decision.layers.reduce((sum, each) => sum + each.units.removed.length, 0);
  const shown =
    decision.layers.find((each) => each.layer === layer && each.picture) ??
    decision.layers.reduce<Taken["layers"][number] | undefined>(
      (most, each) => (each.picture && each.weights.removed > (most?.weights.removed ?? 0) ? each : most),
      undefined,
    );
  const when = ({ round, step }: Taken) =>
    round === null
      ? t("wentEnd", { step: formatNumber(step) })
      : t("wentRound", { round: round + 1, step: formatNumber(step) });
  return (
    <>
      {taken.length > 1 ? (
        <ChoiceField
          label={t("wentDecision")}
          value={String(at)}
          options={taken.map((each, n) => ({ value: String(n), label: when(each) }))}
          onChange={(next) => setChosen(Number(next))}
        />
      ) : (
        <p className="small">
          {t("wentDecision")} {when(decision)}
        </p>
      )}
      {removes && (
        <p className="small">
          {t("wentCount", {
            removed: formatNumber(weights.removed),
            before: formatNumber(weights.before),
            units: formatNumber(units),
          })}
        </p>
      )}
      {takenBack?.round === decision.round && (
        <p className="small inspector-old" role="status">
          ⚠{" "}
          {t("takenBack", {
            step: formatNumber(takenBack.step),
            metric: wordsOf(takenBack.metric).name,
            reference: formatMetric(takenBack.metric, takenBack.reference, 1),
            score: formatMetric(takenBack.metric, takenBack.score, 1),
            allowed: formatPercent(takenBack.allowed, 1),
          })}
        </p>
      )}
      {showsWidths(decision) && <WidthsTable layers={decision.layers} activations={decision.activations} />}
      {removes && (
        <>
          <ul className="prune-layers">
            {stories.map((story) => {
              const { layer: id, kept, first, removed } = story;
              const traced = decision.layers.find((each) => each.layer === id);
              return (
                <li key={id}>
                  <button
                    type="button"
                    aria-pressed={shown?.layer === id}
                    disabled={!traced?.picture}
                    aria-label={t("layerBar", {
                      layer: id,
                      kept: formatNumber(kept),
                      first: formatNumber(first),
                      removed: formatNumber(removed),
                    })}
                    onClick={() => setLayer(id)}
                  >
                    <span className="prune-layer-name">{id}</span>
                    <span className="prune-bar" style={{ backgroundImage: barOf(story, at) }} />
                    <span className="small">{formatPercent(first > 0 ? kept / first : 0, 0)}</span>
                  </button>
                </li>
              );
            })}
          </ul>
          <p className="prune-key small quiet">
            {keys.map(([part, key]) => (
              <span key={key}>
                <span className="prune-swatch" data-part={part} aria-hidden="true" /> {t(key)}
              </span>
            ))}
          </p>
        </>
      )}
      {shown?.picture && <LayerPicture layer={shown.layer} picture={shown.picture} />}
    </>
  );
});
