/** Every run that is kept: what each came to, what it did differently from the one before, and two side by side. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isMetricId, type MetricId } from "../../../engine/tasks/metrics/catalogue";
import { primaryMetric } from "../../../engine/tasks/metrics/scores";
import { useMetricWords } from "../../charts/use-metric";
import { useRunNames } from "../../charts/use-run-names";
import { useRuns } from "../../stores/use-studio";
import { DataTable } from "../../widgets/DataTable";
import { choose, type Chosen } from "./chosen";
import { Comparison } from "./Comparison";
import { CurrentRow, RunRow } from "./RunRow";
import "./runs.css";

export function Runs() {
  const { t } = useTranslation("runs");
  const any = useRuns(({ current, earlier }) => current !== null || earlier.length > 0);
  return (
    <section className="runs" aria-label={t("label")}>
      {any ? <Table /> : <p className="runs-empty quiet">{t("empty")}</p>}
    </section>
  );
}

/** Undefined where the runs are scored by several. */
function useSharedMetric(): MetricId | undefined {
  const ids = useRuns(({ current, earlier }) =>
    [...new Set([current, ...earlier].flatMap((run) => (run?.points[0] ? [primaryMetric(run.points[0])] : [])))].join(),
  );
  return ids === "" ? "accuracy" : isMetricId(ids) ? ids : undefined;
}

function Table() {
  const { t } = useTranslation("runs");
  const earlier = useRuns((runs) => runs.earlier);
  const currentId = useRuns(({ current }) => current?.id);
  const names = useRunNames();
  const [chosen, setChosen] = useState<Chosen>([]);
  const kept = chosen.filter((id) => names.has(id));
  const nameOf = (id: string) => names.get(id) ?? id;
  const metric = useSharedMetric();
  const wordsOf = useMetricWords();
  const columns = ["ratio", "bytes", "fileBytes", "steps", "time"] as const;
  return (
    <>
      <header>
        <h2>{t("title")}</h2>
        <p className="small quiet">{t("hint")}</p>
      </header>
      <DataTable label={t("caption")} name="runs">
        <thead>
          <tr>
            <th scope="col">{t("compare")}</th>
            <th scope="col">{t("onChart")}</th>
            <th scope="col" className="words">
              {t("name")}
            </th>
            <th scope="col">{metric ? wordsOf(metric).label : t("score")}</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(column)}
              </th>
            ))}
            {(["backend", "when", "codes", "acts"] as const).map((column) => (
              <th key={column} scope="col" className="words">
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {currentId !== undefined && (
            <CurrentRow
              metric={metric}
              name={nameOf(currentId)}
              chosen={kept.includes(currentId)}
              onChoose={(id) => setChosen(choose(kept, id))}
            />
          )}
          {earlier.map((run) => (
            <RunRow
              key={run.id}
              run={run}
              metric={metric}
              name={nameOf(run.id)}
              chosen={kept.includes(run.id)}
              onChoose={(id) => setChosen(choose(kept, id))}
            />
          ))}
        </tbody>
      </DataTable>
      {kept.length === 1 && <p className="small quiet">{t("compareHint")}</p>}
      {kept.length === 2 && <Comparison ids={kept} names={names} onClose={() => setChosen([])} />}
    </>
  );
}
