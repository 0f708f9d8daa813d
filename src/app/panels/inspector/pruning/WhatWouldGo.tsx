/** What the clip's first decision would remove, unit by unit, each of which can be kept, or to what width it would quantize. */
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Clip } from "../../../../engine/document/document";
import type { DecisionPreview } from "../../../../worker/protocol";
import { keepUnit } from "../../../edits/layer-edits";
import { sameContent } from "../../../edits/same-content";
import { formatNumber, formatPercent } from "../../../i18n/format";
import { useDocument, useStudies, useStudio } from "../../../stores/use-studio";
import { StudyError } from "./StudyError";
import { StudyProgress } from "./StudyProgress";
import { UnitCells } from "./UnitCells";
import { WidthsTable } from "./WidthsTable";

type Decided = Extract<DecisionPreview, { state: "decided" }>;

interface Props {
  readonly clip: Clip;
  /** Or it only quantizes. */
  readonly prunes: boolean;
}

export function WhatWouldGo({ clip, prunes }: Props) {
  const { t } = useTranslation("pruning");
  const { studies, document: store } = useStudio();
  const preview = useStudies(({ previews }) => previews[clip.id]);
  const document = useDocument((state) => state.document);
  const ask = (mayTrain: boolean) => void studies.getState().preview(clip.id, store.getState().document, mayTrain);
  const running = preview?.phase === "running";
  const answer = preview?.answer;
  const old = preview !== undefined && !running && !sameContent(preview.document, document);
  return (
    <div role="group" className="inspector-group" aria-labelledby="prune-preview">
      <h3 className="panel-title" id="prune-preview">
        {t(prunes ? "preview" : "previewWidths")}
      </h3>
      <p className="small quiet">{t(prunes ? "previewHint" : "previewWidthsHint")}</p>
      {preview?.error && <StudyError error={preview.error} />}
      {answer?.state === "later" && <p className="small">{t(prunes ? "previewLater" : "previewWidthsLater")}</p>}
      {answer?.state === "needs-run" && !running && !old && (
        <p className="small">{t("previewNeedsRun", { steps: formatNumber(answer.steps) })}</p>
      )}
      {answer?.state === "decided" && <Decision clip={clip} answer={answer} />}
      {old && <p className="small inspector-old">⚠ {t("previewOld")}</p>}
      {running ? (
        <StudyProgress what="previews" clipId={clip.id} progress={preview.progress} />
      ) : (
        <div className="inspector-acts">
          {answer?.state === "needs-run" && !old ? (
            <button type="button" className="button" onClick={() => ask(true)}>
              {t("previewTrain")}
            </button>
          ) : (
            <button type="button" className="button" onClick={() => ask(false)}>
              {t(preview ? "previewAgain" : "previewAsk")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Decision({ clip, answer }: { readonly clip: Clip; readonly answer: Decided }) {
  const { t } = useTranslation("pruning");
  const { studies, document } = useStudio();
  const { id } = clip;
  const keep = useCallback(
    (group: string, unit: number, kept: boolean) => {
      document.getState().edit(keepUnit(id, group, unit, kept));
      // Which other goes in its place is the criterion's to say; what the clip finds is kept, so that this is quick.
      void studies.getState().preview(id, document.getState().document, true);
    },
    [id, document, studies],
  );
  const going = useMemo(() => new Map(answer.groups.map((group) => [group.id, new Set(group.going)])), [answer]);
  const pruned = answer.layers.filter(({ weights }) => weights.removed > 0);
  const widths = <WidthsTable layers={answer.layers} activations={answer.activations} />;
  if (answer.groups.length === 0) {
    return (
      <>
        {pruned.length > 0 && (
          <dl className="inspector-figures">
            {pruned.map(({ layer, weights: { removed, before } }) => (
              <div key={layer}>
                <dt>{layer}</dt>
                <dd>{t("previewWeights", { removed: formatNumber(removed), before: formatNumber(before) })}</dd>
              </div>
            ))}
          </dl>
        )}
        {widths}
      </>
    );
  }
  return (
    <>
      <ul className="prune-groups">
        {answer.groups.map((group) => {
          const said = clip.layers?.[group.id];
          const kept = said?.keep?.length ?? 0;
          return (
            <li key={group.id}>
              <p className="prune-group">
                <span>{group.producers.join(" + ")}</span>
                <span className="small quiet">
                  {t("groupGoing", { count: group.going.length, units: formatNumber(group.scores.length) })}
                  {kept > 0 && ` · ${t("groupKept", { count: kept })}`}
                  {said?.sparsity !== undefined && ` · ${t("groupOwn", { share: formatPercent(said.sparsity, 0) })}`}
                </span>
              </p>
              <UnitCells group={group} going={going.get(group.id)!} kept={said?.keep} onKeep={keep} />
            </li>
          );
        })}
      </ul>
      <p className="prune-key small quiet">
        <span>
          <span className="prune-cell" data-state="goes" aria-hidden="true" /> {t("keyGoes")}
        </span>
        <span>
          <span className="prune-cell" data-state="kept" aria-hidden="true" /> {t("keyKept")}
        </span>
        <span>
          <span className="prune-cell" data-state="stays" aria-hidden="true" /> {t("keyStays")}
        </span>
        {answer.groups.some(({ scoredBy }) => scoredBy === "magnitude") && <span>{t("keyMagnitude")}</span>}
      </p>
      {widths}
    </>
  );
}
