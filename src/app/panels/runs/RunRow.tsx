/** One run: its figures, and what can be done with it. */
import { useTranslation } from "react-i18next";
import { combinations } from "../../../survey/combinations";
import { classify } from "../../../engine/document/classify";
import type { MetricId } from "../../../engine/tasks/metrics/catalogue";
import { primaryMetric } from "../../../engine/tasks/metrics/scores";
import { documentEnd } from "../../../engine/document/document";
import { documentFileName, fileName, saveFile } from "../../actions/download";
import { csvType } from "../../charts/csv";
import { pointsCsv } from "../../charts/point-csv";
import { useMetricWords } from "../../charts/use-metric";
import { formatBytes, formatDuration, formatNumber, formatRatio } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import { useLanguage, useSay } from "../../i18n/i18n";
import type { Run } from "../../stores/run-store";
import { useRuns, useStudio } from "../../stores/use-studio";
import { runJson } from "./run-export";

interface Props {
  readonly run: Run;
  /** By which all runs of the table are scored; undefined where they are several. */
  readonly metric: MetricId | undefined;
  readonly name: string;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
}

/** Drawn again with every point; the others are not. */
export function CurrentRow(props: Omit<Props, "run">) {
  const current = useRuns((runs) => runs.current);
  return current && <RunRow run={current} current {...props} />;
}

export function RunRow({
  run,
  metric,
  name,
  chosen,
  onChoose,
  current = false,
}: Props & { readonly current?: boolean }) {
  const { t } = useTranslation("runs");
  const language = useLanguage();
  const wordsOf = useMetricWords();
  const hidden = useRuns((runs) => runs.hidden.has(run.id));
  const toggle = useRuns((runs) => runs.toggle);
  const last = run.points.at(-1);
  return (
    <tr data-current={current}>
      <td>
        <label className="runs-check">
          <input type="checkbox" checked={chosen} onChange={() => onChoose(run.id)} />
          <span className="unseen">{t("compareRun", { run: name })}</span>
        </label>
      </td>
      <td>
        <label className="runs-check">
          <input type="checkbox" checked={current || !hidden} disabled={current} onChange={() => toggle(run.id)} />
          <span className="unseen">{t("showRun", { run: name })}</span>
        </label>
      </td>
      <th scope="row" className="words runs-name">
        {name}
        <span className="small quiet">
          {[current ? t("current") : null, run.shipped ? t("shipped") : t(`phase_${run.phase}`)]
            .filter((part) => part !== null)
            .join(" · ")}
        </span>
      </th>
      {last ? (
        <>
          <td>
            {metric === undefined && `${wordsOf(primaryMetric(last)).name} `}
            {formatScore(last, 1)}
          </td>
          <td>{formatRatio(last.compressionRatio)}</td>
          <td>{formatBytes(last.sizeBytes)}</td>
          <td>{formatBytes(last.fileBytes)}</td>
        </>
      ) : (
        <td colSpan={4} className="quiet">
          {t("noPoint")}
        </td>
      )}
      <td>
        {last && last.step < documentEnd(run.document)
          ? `${formatNumber(last.step)} / ${formatNumber(documentEnd(run.document))}`
          : formatNumber(documentEnd(run.document))}
      </td>
      <td>{run.seconds === null ? "–" : formatDuration(1000 * run.seconds)}</td>
      <td className="words">{run.backend ?? "–"}</td>
      <td className="words">
        {run.shipped
          ? "–"
          : new Date(run.startedAt).toLocaleString(language, { dateStyle: "short", timeStyle: "short" })}
      </td>
      <td className="words">
        <Codes run={run} />
      </td>
      <td className="words">
        <Acts run={run} name={name} current={current} />
      </td>
    </tr>
  );
}

function Codes({ run }: { readonly run: Run }) {
  const say = useSay();
  return (
    <ul className="runs-codes">
      {classify(run.document).map((id) => (
        <li key={id}>
          {combinations[id].code}
          <span className="unseen">: {say(combinations[id].name)}</span>
        </li>
      ))}
    </ul>
  );
}

function Acts({ run, name, current }: { readonly run: Run; readonly name: string; readonly current: boolean }) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation("common");
  const { document: documents, runs } = useStudio();
  const { artefact, document, points } = run;
  return (
    <span className="runs-acts">
      <button
        type="button"
        className="button"
        aria-label={t("openRun", { run: name })}
        onClick={() => documents.getState().open(document)}
      >
        {t("open")}
      </button>
      <button
        type="button"
        className="button"
        disabled={artefact === null}
        title={artefact === null ? t("noFile") : undefined}
        aria-label={t("fileRun", { run: name })}
        onClick={() =>
          artefact && saveFile(artefact.bytes, fileName(document.name, "csnet"), "application/octet-stream")
        }
      >
        {t("file")}
      </button>
      <button
        type="button"
        className="button"
        disabled={points.length === 0}
        aria-label={t("csvRun", { run: name })}
        onClick={() => saveFile(pointsCsv(points), fileName(document.name, "csv"), csvType)}
      >
        {t("csv")}
      </button>
      <button
        type="button"
        className="button"
        aria-label={t("jsonRun", { run: name })}
        onClick={() => saveFile(runJson(run), documentFileName(`${document.name} run`), "application/json")}
      >
        {t("json")}
      </button>
      {!current && (
        <button
          type="button"
          className="button"
          aria-label={t("removeRun", { run: name })}
          onClick={() => runs.getState().remove(run.id)}
        >
          {common("remove")}
        </button>
      )}
    </span>
  );
}
