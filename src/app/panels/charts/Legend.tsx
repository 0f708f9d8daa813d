/** What the looks of the lines in the picture mean: those that occur in it. */
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BlockFamily } from "../../../engine/blocks/block";
import type { Stretch, Step } from "../../charts/trajectory";
import { marksPath } from "../../charts/path";
import { KindLine, markOf } from "./KindLine";

interface Props {
  readonly stretches: readonly Stretch<Step>[];
  /** How many earlier runs are drawn. */
  readonly earlier: number;
  /** How many runs the front is of; 0 where none is drawn. */
  readonly front: number;
  readonly others: number;
}

export const Legend = memo(function Legend({ stretches, earlier, front, others }: Props) {
  const { t } = useTranslation("charts");
  const { t: common } = useTranslation("common");
  if (stretches.length + earlier + others === 0) return null;
  const marks = marked(stretches);
  return (
    <ul className="charts-legend small quiet" aria-label={t("legend")}>
      {stretches.map(({ kinds }) => (
        <li key={kinds.join()}>
          <Sample>
            <KindLine kinds={kinds} d="M1 6H31" />
          </Sample>
          {kinds.map((kind) => common(kind)).join(" + ")}
        </li>
      ))}
      {marks.length > 0 && (
        <li>
          <Sample width={16 * marks.length}>
            {marks.map((kind, i) => (
              <path
                key={kind}
                className="charts-boundary"
                data-kind={kind}
                d={marksPath([{ x: 7 + 16 * i, y: 6 }], markOf(kind), 4)}
              />
            ))}
          </Sample>
          {t("markEnd")}
        </li>
      )}
      {earlier > 0 && (
        <li>
          <Sample>
            <path className="charts-earlier" d="M1 6H31" />
            <path className="charts-earlier-final" d="M28 6h0" />
          </Sample>
          {t("legendEarlier")}
        </li>
      )}
      {front > 0 && (
        <li>
          <Sample>
            <path className="charts-front" d="M1 6H31" />
          </Sample>
          {t("front", { count: front })}
        </li>
      )}
      {others > 0 && <li>{t("notDrawn", { count: others })}</li>}
    </ul>
  );
});

/** Families whose boundaries have a mark of their own. */
const marked = (stretches: Props["stretches"]): readonly BlockFamily[] =>
  (["prune", "quantize", "distill"] as const).filter((kind) => stretches.some(({ kinds }) => kinds.includes(kind)));

function Sample({ width = 32, children }: { readonly width?: number; readonly children: ReactNode }) {
  return (
    <svg width={width} height={12} aria-hidden="true">
      {children}
    </svg>
  );
}
