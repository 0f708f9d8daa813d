/** Two runs side by side: what was set differently, and what each came to. */
import { useTranslation } from "react-i18next";
import { metricInfo } from "../../../engine/tasks/metrics/catalogue";
import { primaryMetric, scoreOf } from "../../../engine/tasks/metrics/scores";
import { type Difference, differences } from "../../charts/run-differences";
import { sayValue, useDifferenceSubject } from "../../charts/use-run-names";
import { useMetricWords } from "../../charts/use-metric";
import { formatBytes, formatCount, formatDuration, formatNumber, formatRatio } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import type { Point, Run } from "../../stores/run-store";
import { useRuns } from "../../stores/use-studio";
import { DataTable } from "../../widgets/DataTable";

interface Props {
  /** Of two runs. */
  readonly ids: readonly string[];
  readonly names: ReadonlyMap<string, string>;
  readonly onClose: () => void;
}

export function Comparison({ ids, names, onClose }: Props) {
  const { t } = useTranslation("runs");
  const find =
    (id: string | undefined) => (state: { readonly current: Run | null; readonly earlier: readonly Run[] }) =>
      state.current?.id === id ? state.current : state.earlier.find((run) => run.id === id);
  const a = useRuns(find(ids[0]));
  const b = useRuns(find(ids[1]));
  if (!a || !b) return null;
  // The earlier one stands left, whichever was chosen first.
  const [left, right] = a.startedAt <= b.startedAt ? [a, b] : [b, a];
  return (
    <section className="runs-comparison" aria-labelledby="runs-comparison">
      <header>
        <h2 id="runs-comparison">{t("compareTitle")}</h2>
        <button type="button" className="button" onClick={onClose}>
          {t("compareClose")}
        </button>
      </header>
      <DataTable label={t("compareTitle")} name="runs">
        <thead>
          <tr>
            <th scope="col" className="words">
              {t("what")}
            </th>
            <th scope="col">{names.get(left.id)}</th>
            <th scope="col">{names.get(right.id)}</th>
            <th scope="col">{t("difference")}</th>
          </tr>
        </thead>
        <Settings left={left} right={right} />
        <Results left={left} right={right} />
      </DataTable>
    </section>
  );
}

interface Two {
  readonly left: Run;
  readonly right: Run;
}

function Settings({ left, right }: Two) {
  const { t } = useTranslation("runs");
  const subjectOf = useDifferenceSubject();
  const found = differences(left.document, right.document);
  const sides = (difference: Difference): readonly [string, string] => {
    if (!("from" in difference)) {
      return difference.what === "added" ? ["–", "✓"] : difference.what === "removed" ? ["✓", "–"] : ["", ""];
    }
    const { sayOption } = subjectOf(difference);
    return [sayValue(sayOption(difference.from), t("none")), sayValue(sayOption(difference.to), t("none"))];
  };
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4} className="words quiet">
          {found.length > 0 ? t("settings") : t("noDifference")}
        </th>
      </tr>
      {found.map((difference, i) => {
        const [from, to] = sides(difference);
        return (
          <tr key={i}>
            <th scope="row" className="words">
              {subjectOf(difference).name}
            </th>
            <td>{from}</td>
            <td>{to}</td>
            <td />
          </tr>
        );
      })}
    </tbody>
  );
}

const signed = (value: number, digits: number) =>
  formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "exceptZero" });

function Results({ left, right }: Two) {
  const { t } = useTranslation("runs");
  const { t: charts } = useTranslation("charts");
  const [from, to] = [left.points.at(-1), right.points.at(-1)];
  const wordsOf = useMetricWords();
  if (!from || !to) return null;
  const id = primaryMetric(from);
  const same = id === primaryMetric(to);
  const by = scoreOf(to) - scoreOf(from);
  const change = metricInfo(id).unit === "fraction" ? t("points", { change: signed(100 * by, 2) }) : signed(by, 3);
  type Row = readonly [name: string, value: (point: Point) => number, say: (value: number) => string, digits: number];
  const rows: readonly Row[] = [
    [t("ratio"), (point) => point.compressionRatio, formatRatio, 2],
    [charts("bytes"), (point) => point.sizeBytes, formatBytes, 0],
    [charts("fileBytes"), (point) => point.fileBytes, formatBytes, 0],
    [charts("nonZero"), (point) => point.nonZero, (value) => formatNumber(value), 0],
    [charts("parameters"), (point) => point.parameters, (value) => formatNumber(value), 0],
  ];
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4} className="words quiet">
          {t("results")}
        </th>
      </tr>
      <tr>
        <th scope="row" className="words">
          {same ? wordsOf(id).label : t("score")}
        </th>
        {[from, to].map((point, i) => (
          <td key={i}>
            {!same && `${wordsOf(primaryMetric(point)).name} `}
            {formatScore(point)}
          </td>
        ))}
        <td>{same && change}</td>
      </tr>
      {rows.map(([name, value, say, digits]) => (
        <tr key={name}>
          <th scope="row" className="words">
            {name}
          </th>
          <td>{say(value(from))}</td>
          <td>{say(value(to))}</td>
          <td>{signed(value(to) - value(from), digits)}</td>
        </tr>
      ))}
      {(["macs", "bops"] as const).map((name) => (
        <tr key={name}>
          <th scope="row" className="words">
            {charts(name)}
          </th>
          <td>{formatCount(from[name])}</td>
          <td>{formatCount(to[name])}</td>
          <td>{from[name] > 0 && formatRatio(to[name] / from[name])}</td>
        </tr>
      ))}
      <tr>
        <th scope="row" className="words">
          {t("time")}
        </th>
        {[left, right].map(({ id, seconds }) => (
          <td key={id}>{seconds === null ? "–" : formatDuration(1000 * seconds)}</td>
        ))}
        <td />
      </tr>
    </tbody>
  );
}
