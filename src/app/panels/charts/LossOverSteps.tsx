/** The training loss and its parts at each step, each named at its end. */
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePlotArea } from "recharts";
import { type BlockFamily, familyOf } from "../../../engine/blocks/block";
import { documentEnd } from "../../../engine/document/document";
import { clipOfPart } from "../../../engine/document/loss-parts";
import { type AxisPair, rangeFromZero, stepRange } from "../../charts/axes";
import { linesPath } from "../../charts/path";
import { spread, textWidth } from "../../charts/place-labels";
import { Plot } from "../../charts/Plot";
import { useReferenceDocument } from "../../charts/runs-shown";
import { useToPlace } from "../../charts/use-to-place";
import { clipOf } from "../../edits/clip-edits";
import { formatCount, formatNumber } from "../../i18n/format";
import { useLanguage, useSay } from "../../i18n/i18n";
import { drawnLosses, type LossLine, lossLines, noLosses } from "../../stores/loss-history";
import { useRuns } from "../../stores/use-studio";
import { partLabels } from "../../widgets/clip-words";

/** Of the task's own loss, and of runs that an earlier version saved, whose parts had no clip. */
const known = {
  "hard labels": ["loss_hard", "train"],
  "soft labels": ["loss_soft", "distill"],
} as const satisfies Record<string, readonly [string, BlockFamily]>;

interface NamedLine extends LossLine {
  readonly label: string;
  /** Null of the total. */
  readonly kind: BlockFamily | null;
}

export function LossOverSteps() {
  const { t } = useTranslation("charts");
  const losses = useRuns(({ current }) => current?.losses ?? noLosses);
  const document = useReferenceDocument();
  const end = documentEnd(document);
  const sayWords = useSay();
  const lines = useMemo(() => {
    const labels = partLabels(document, losses.names, sayWords);
    return lossLines(drawnLosses(losses)).map((line): NamedLine => {
      if (line.name === null) return { ...line, label: t("loss_total"), kind: null };
      const words = known[line.name as keyof typeof known] as (typeof known)[keyof typeof known] | undefined;
      if (words) return { ...line, label: t(words[0]), kind: words[1] };
      const clip = clipOf(document, clipOfPart(line.name)?.clip ?? null);
      return { ...line, label: labels.get(line.name)!, kind: clip ? familyOf(clip.block) : "distill" };
    });
  }, [losses, document, sayWords, t]);
  const language = useLanguage();
  // New functions for each language: the axes are drawn again for them.
  const say = useMemo(() => {
    void language;
    return { step: (step: number) => formatNumber(step), loss: (value: number) => lossTick(value) };
  }, [language]);
  const axes = useMemo((): AxisPair => {
    const last = Math.max(end, ...lines.map(({ steps }) => steps.at(-1) ?? 0));
    const largest = Math.max(0, ...lines.flatMap(({ values }) => values));
    return {
      x: { ...stepRange(last), scale: "linear", say: say.step },
      y: { ...rangeFromZero(largest), scale: "linear", say: say.loss },
    };
  }, [lines, end, say]);
  const ends = lines.map(({ label, values }) => `${label} ${lossValue(values.at(-1) ?? 0)}`);
  const widest = Math.max(0, ...ends.map((text) => textWidth(text, 11.5)));
  // In large steps: another width is another frame, and the last digit comes and goes.
  const right = lines.length === 0 ? 12 : 16 * Math.ceil((14 + widest) / 16);
  const step = Math.max(0, ...lines.map(({ steps }) => steps.at(-1) ?? 0));
  return (
    <div
      className="charts-picture"
      role="img"
      aria-label={
        lines.length === 0 ? t("noLoss") : t("lossSpoken", { step: formatNumber(step), parts: ends.join(", ") })
      }
    >
      <Plot {...axes} right={right}>
        <Lines lines={lines} ends={ends} />
      </Plot>
      {lines.length === 0 && <p className="charts-empty small quiet">{t("noLoss")}</p>}
    </div>
  );
}

/** Losses that diverge are large. */
const lossTick = (value: number) => (value < 1000 ? formatNumber(value) : formatCount(value));
const lossValue = (value: number) => formatNumber(value, { maximumSignificantDigits: 2 });

const Lines = memo(function Lines({
  lines,
  ends,
}: {
  readonly lines: readonly NamedLine[];
  readonly ends: readonly string[];
}) {
  const toPlace = useToPlace();
  const plot = usePlotArea();
  if (!toPlace || !plot) return null;
  const paths = lines.map(({ steps, values }) => steps.map((step, i) => toPlace(step, values[i]!)));
  const heights = spread(
    paths.map((path) => path.at(-1)?.y ?? 0),
    14,
    plot.y + 6,
    plot.y + plot.height - 8,
  );
  // The total last: thin, on top of a part that it is nearly equal to.
  const drawn = lines.map(({ name, kind }, i) => (
    <g key={name ?? ""} data-kind={kind ?? undefined} className="charts-loss">
      <path d={linesPath([paths[i]!])} strokeDasharray={kind === "train" ? "4 3" : undefined} />
      <text x={(paths[i]!.at(-1)?.x ?? 0) + 6} y={heights[i]! + 4}>
        {ends[i]}
      </text>
    </g>
  ));
  return drawn.reverse();
});
