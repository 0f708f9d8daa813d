/** Scores a file: on the test images of the timeline inside it, which gives what its run gave; else on the data at hand. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type EngineErrorData, toErrorData } from "../../../engine/core/errors";
import { primaryMetric } from "../../../engine/tasks/metrics/scores";
import type { TimelineDocument } from "../../../engine/document/document";
import type { FileScore } from "../../../worker/protocol";
import { useMetricWords } from "../../charts/use-metric";
import { formatNumber } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import { useFiles, useLibrary, useStudio } from "../../stores/use-studio";
import { Failure } from "./Failure";
import { dataOf } from "./sources";

interface Props {
  readonly bytes: Uint8Array;
  readonly document: TimelineDocument | null;
}

type State =
  | { readonly is: "idle" }
  | { readonly is: "busy" }
  | { readonly is: "done"; readonly score: FileScore }
  | { readonly is: "failed"; readonly error: EngineErrorData };

export function EvaluateFile({ bytes, document: inside }: Props) {
  const { t } = useTranslation("files");
  const { engine, document } = useStudio();
  const [state, setState] = useState<State>({ is: "idle" });
  const evaluate = async () => {
    if (state.is === "busy") return;
    setState({ is: "busy" });
    const dataset = document.getState().document.dataset.id;
    try {
      const score = await engine.call("evaluate", { bytes, ...(inside ? {} : { dataset }) });
      setState({ is: "done", score });
    } catch (error) {
      setState({ is: "failed", error: toErrorData(error) });
    }
  };
  return (
    <div className="files-evaluate">
      <button type="button" className="button" aria-disabled={state.is === "busy"} onClick={() => void evaluate()}>
        {t("evaluate")}
      </button>
      {state.is === "busy" && <Busy />}
      {state.is === "done" && <Score score={state.score} />}
      {state.is === "failed" && <Failure error={state.error} />}
    </div>
  );
}

function Busy() {
  const { t } = useTranslation("files");
  const { engine } = useStudio();
  const [load, setLoad] = useState<{ readonly loaded: number; readonly total: number | null } | null>(null);
  useEffect(
    () =>
      engine.on("load", ({ runId, loaded, total }) => {
        if (runId === null) setLoad({ loaded, total });
      }),
    [engine],
  );
  return (
    <div role="status">
      <p className="small quiet">{t("evaluating")}</p>
      {load?.total && load.loaded < load.total ? (
        <progress value={load.loaded} max={load.total} aria-label={t("evaluating")} />
      ) : (
        <progress aria-label={t("evaluating")} />
      )}
    </div>
  );
}

function Score({ score }: { readonly score: FileScore }) {
  const { t } = useTranslation("files");
  const library = useLibrary((state) => state);
  const facts = useFiles((state) => state.facts);
  const { loss, images, dataset } = score;
  const { name } = useMetricWords()(primaryMetric(score));
  return (
    <p role="status">
      {t("evaluated", {
        metric: name,
        score: formatScore(score),
        loss: formatNumber(loss, { maximumSignificantDigits: 4 }),
        images: formatNumber(images),
        data: dataOf(dataset, library, facts).name,
      })}
    </p>
  );
}
