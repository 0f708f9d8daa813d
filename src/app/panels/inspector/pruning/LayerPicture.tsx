/** One layer at one decision: its kernel before and after as heat maps, its weights by size. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../../i18n/format";
import type { Taken } from "./decisions-shown";
import { histogramPath } from "./decisions-shown";
import { WeightMap } from "./WeightMap";

type Picture = NonNullable<Taken["layers"][number]["picture"]>;

interface Props {
  readonly layer: string;
  readonly picture: Picture;
}

const short = { maximumSignificantDigits: 3 } as const;

export const LayerPicture = memo(function LayerPicture({ layer, picture: { map, histogram } }: Props) {
  const { t } = useTranslation("pruning");
  const label = (when: string) => t("mapLabel", { layer, when, rows: map.rows, columns: map.columns });
  return (
    <>
      <div className="prune-maps">
        <figure>
          <figcaption className="small quiet">{t("mapBefore")}</figcaption>
          <WeightMap map={map} values={map.before} struck={map.removed} label={label(t("mapBefore"))} />
        </figure>
        <figure>
          <figcaption className="small quiet">{t("mapAfter")}</figcaption>
          <WeightMap map={map} values={map.after} label={label(t("mapAfter"))} />
        </figure>
      </div>
      <p className="small quiet">{t("mapHint")}</p>
      <Histogram layer={layer} histogram={histogram} />
    </>
  );
});

function Histogram({ layer, histogram }: { readonly layer: string; readonly histogram: Picture["histogram"] }) {
  const { t } = useTranslation("pruning");
  const { kept, removed, largest, threshold } = histogram;
  const most = kept.reduce((max, count, bin) => Math.max(max, count, removed[bin]!), 1);
  const sum = (counts: Uint32Array) => formatNumber(counts.reduce((total, count) => total + count, 0));
  const words = t("histogram", { layer, kept: sum(kept), removed: sum(removed) });
  return (
    <figure className="prune-histogram">
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label={words}>
        <path className="prune-kept" d={histogramPath(kept, most)} />
        <path className="prune-removed" d={histogramPath(removed, most)} />
        {threshold !== null && <path className="prune-threshold" d={`M${threshold / largest} 0V1`} />}
      </svg>
      <figcaption className="small quiet">
        {words} ·{" "}
        {threshold === null ? t("histogramNone") : t("histogramThreshold", { value: formatNumber(threshold, short) })} ·{" "}
        {t("histogramAxis", { largest: formatNumber(largest, short) })}
      </figcaption>
    </figure>
  );
}
