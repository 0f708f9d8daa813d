/** A clip's schedule as a small curve with its first and last value in words. */
import { useTranslation } from "react-i18next";
import type { Clip } from "../../../engine/document/document";
import { formatNumber } from "../../i18n/format";
import { Curve } from "../../widgets/Curve";
import { fieldText } from "../../widgets/format-value";
import { decisionsOf, learningRateOf, sparsityStair } from "./schedule-curve";

export function SparsityCurve({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation("inspector");
  const decisions = decisionsOf(clip);
  const first = decisions?.[0];
  const last = decisions?.at(-1);
  if (!decisions || !first || !last) return null;
  const shown = (sparsity: number) => formatNumber(sparsity, { minimumFractionDigits: 2, maximumFractionDigits: 3 });
  const words =
    decisions.length === 1
      ? t("curveOnce", { step: formatNumber(first.step), value: shown(first.sparsity) })
      : t("curveRounds", {
          rounds: decisions.length,
          first: shown(first.sparsity),
          from: formatNumber(first.step),
          last: shown(last.sparsity),
          to: formatNumber(last.step),
        });
  return <Curve label={t("curveSparsity")} words={words} {...sparsityStair(clip, decisions)} />;
}

export function RateCurve({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation("inspector");
  const rate = learningRateOf(clip);
  if (!rate) return null;
  const at = (share: number) => fieldText(Number((rate.peak * share).toPrecision(3)), "rate");
  const words = t("curveRateWords", { first: at(rate.points[0]?.y ?? 1), last: at(rate.points.at(-1)?.y ?? 1) });
  return <Curve label={t("curveRate")} words={words} points={rate.points} />;
}
