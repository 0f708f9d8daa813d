/** What a decision quantizes: bits, levels and codes of each layer before and after, and bits of outputs. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../../i18n/format";
import { DataTable } from "../../../widgets/DataTable";
import type { Taken } from "./decisions-shown";

interface Props {
  readonly layers: Taken["layers"];
  readonly activations?: Taken["activations"];
}

export const showsWidths = ({ layers, activations = [] }: Props): boolean =>
  activations.length > 0 || layers.some(({ codes }) => codes !== undefined);

/** Nothing where nothing got another width. */
export function WidthsTable({ layers, activations = [] }: Props) {
  const { t } = useTranslation("pruning");
  const quantized = layers.flatMap(({ layer, codes }) => (codes ? [{ layer, codes }] : []));
  const bits = (width: number) => (width >= 32 ? t("widthFloat") : formatNumber(width));
  const change = (before: string, after: string) => (before === after ? after : t("widthChange", { before, after }));
  return (
    <>
      {quantized.length > 0 && (
        <DataTable name="prune-widths" label={t("widths")}>
          <thead>
            <tr>
              <th scope="col" className="words">
                {t("scanLayer")}
              </th>
              <th scope="col">{t("widthColumn")}</th>
              <th scope="col">{t("levelsColumn")}</th>
              <th scope="col">{t("codesColumn")}</th>
            </tr>
          </thead>
          <tbody>
            {quantized.map(({ layer, codes: { before, after } }) => (
              <tr key={layer}>
                <th scope="row" className="words">
                  {layer}
                </th>
                <td>{change(bits(before.bits), bits(after.bits))}</td>
                <td>{change(formatNumber(before.levels), formatNumber(after.levels))}</td>
                <td>{change(formatNumber(before.codes), formatNumber(after.codes))}</td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      )}
      {activations.length > 0 && (
        <dl className="inspector-figures">
          {activations.map(({ node, before, after }) => (
            <div key={node}>
              <dt>{t("widthOutput", { node })}</dt>
              <dd>{change(bits(before), bits(after))}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
