/** One row for each layer: what it is, how it is stored, what it weighs. */
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCodecWords } from "../../charts/use-codec-words";
import { formatBytes, formatCount, formatNumber, formatPercent, formatRatio } from "../../i18n/format";
import { DataTable } from "../../widgets/DataTable";
import { type LayerRow, nextSorting, sorted, type Sorting, type SortKey, totalsOf } from "./layer-rows";

interface Props {
  readonly rows: readonly LayerRow[];
  readonly sizeBytes: number;
  readonly macs: ReadonlyMap<string, number> | null;
}

const columns = [
  ["id", "layer"],
  ["op", "op"],
  [null, "shape"],
  ["parameters", "parameters"],
  ["nonZero", "nonZero"],
  ["sparsity", "sparsity"],
  ["codec", "codec"],
  ["before", "before"],
  ["now", "now"],
  ["ratio", "ratio"],
  ["share", "share"],
] as const satisfies readonly (readonly [SortKey | null, string])[];

const words: readonly string[] = ["layer", "op", "shape", "codec"];

export const LayersTable = memo(function LayersTable({ rows, sizeBytes, macs }: Props) {
  const { t } = useTranslation("network");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  return (
    <DataTable label={t("caption")} hint={t("sortHint")} name="network">
      <thead>
        <tr>
          {columns.map(([key, label]) => (
            <th
              key={label}
              scope="col"
              className={words.includes(label) ? "words" : undefined}
              aria-sort={
                key === null ? undefined : sorting?.key !== key ? "none" : sorting.down ? "descending" : "ascending"
              }
            >
              {key === null ? (
                t(label)
              ) : (
                <button type="button" onClick={() => setSorting(nextSorting(sorting, key))}>
                  {t(label)}
                  <span aria-hidden="true">{sorting?.key !== key ? "" : sorting.down ? " ↓" : " ↑"}</span>
                </button>
              )}
            </th>
          ))}
          {macs && <th scope="col">{t("macs")}</th>}
        </tr>
      </thead>
      <tbody>
        {sorted(rows, sorting).map((row) => (
          <Row key={row.id} row={row} macs={macs} />
        ))}
      </tbody>
      <Foot rows={rows} sizeBytes={sizeBytes} macs={macs} />
    </DataTable>
  );
});

const dash = "–";

function Row({ row, macs }: { readonly row: LayerRow; readonly macs: Props["macs"] }) {
  const { t } = useTranslation("network");
  const sayCodec = useCodecWords();
  return (
    <tr>
      <th scope="row" className="words">
        {row.id}
      </th>
      <td className="words">{t(`op_${row.op}`)}</td>
      <td className="words">{row.shape.join("×")}</td>
      <td>{row.gone ? dash : formatNumber(row.parameters)}</td>
      <td>{row.gone ? dash : formatNumber(row.nonZero)}</td>
      <td>
        {!row.gone && (
          <span className="network-hint" data-kind={row.sparsity > 0.005 ? "prune" : undefined}>
            {formatPercent(row.sparsity, 1)}
          </span>
        )}
      </td>
      <td className="words">
        <span className="network-hint" data-kind={row.bits !== null && row.bits < 16 ? "quantize" : undefined}>
          {row.gone ? t("gone") : sayCodec(row.codec)}
        </span>
      </td>
      <td>{row.before === null ? dash : formatBytes(row.before)}</td>
      <td>{formatBytes(row.now)}</td>
      <td>{row.ratio === null ? dash : formatRatio(row.ratio)}</td>
      <td>
        <span className="network-share">
          <span style={{ width: `${(100 * row.share).toFixed(1)}%` }} />
        </span>
        {formatPercent(row.share, 1)}
      </td>
      {macs && <td>{macs.has(row.id) ? formatCount(macs.get(row.id)!) : dash}</td>}
    </tr>
  );
}

function Foot({ rows, sizeBytes, macs }: Props) {
  const { t } = useTranslation("network");
  const total = totalsOf(rows, sizeBytes);
  const allMacs = macs && [...macs.values()].reduce((sum, one) => sum + one, 0);
  return (
    <tfoot>
      {total.activations > 0 && (
        <tr>
          <th scope="row" className="words" colSpan={8}>
            {t("activations")}
          </th>
          <td>{formatBytes(total.activations)}</td>
          <td>{dash}</td>
          <td>{formatPercent(sizeBytes > 0 ? total.activations / sizeBytes : 0, 1)}</td>
          {macs && <td />}
        </tr>
      )}
      <tr className="network-total">
        <th scope="row" className="words" colSpan={3}>
          {t("total")}
        </th>
        <td>{formatNumber(total.parameters)}</td>
        <td>{formatNumber(total.nonZero)}</td>
        <td>{formatPercent(total.sparsity, 1)}</td>
        <td />
        <td>{total.before === null ? dash : formatBytes(total.before)}</td>
        <td>{formatBytes(total.now)}</td>
        <td>{total.ratio === null ? dash : formatRatio(total.ratio)}</td>
        <td>{formatPercent(1, 1)}</td>
        {allMacs !== null && <td>{formatCount(allMacs)}</td>}
      </tr>
    </tfoot>
  );
}
