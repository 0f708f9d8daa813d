/** Two axes: a line, short lines and words at the ticks, and faint lines across from those of the y axis. */
import { memo } from "react";
import { usePlotArea } from "recharts";
import type { AxisPair } from "./axes";
import { textWidth } from "./place-labels";
import { useToPlace } from "./use-to-place";

/** For the words below and at the left, and for half a letter above, in pixels. */
export const room = { top: 8, bottom: 24, left: 46 } as const;

const fontSize = 11;
const tickLength = 4;
/** Between two words. */
const gap = 5;
/** So far words may stand out at the right. */
const spare = 12;

export const PlotAxes = memo(function PlotAxes({ x, y }: AxisPair) {
  const area = usePlotArea();
  const toPlace = useToPlace();
  if (!area || !toPlace) return null;
  const [bottom, right] = [area.y + area.height, area.x + area.width];
  const rows = y.ticks.map((tick) => ({ tick, at: toPlace(x.domain[0], tick).y }));
  const columns = fitting(
    x.ticks.map((tick) => ({ at: toPlace(tick, y.domain[0]).x, words: x.say(tick) })),
    right + spare,
  );
  return (
    <g className="plot-axes">
      <path className="plot-across" d={rows.map(({ at }) => `M${area.x} ${at}H${right}`).join("")} />
      <path
        className="plot-lines"
        d={
          `M${area.x} ${area.y}V${bottom}H${right}` + columns.map(({ at }) => `M${at} ${bottom}v${tickLength}`).join("")
        }
      />
      <g textAnchor="middle">
        {columns.map(({ at, words }) => (
          <text key={at} x={at} y={bottom + tickLength + fontSize + 1}>
            {words}
          </text>
        ))}
      </g>
      <g textAnchor="end">
        {rows.map(({ tick, at }) => (
          <text key={tick} x={area.x - tickLength - 2} y={at + 0.35 * fontSize}>
            {y.say(tick)}
          </text>
        ))}
      </g>
    </g>
  );
});

interface Column {
  readonly at: number;
  readonly words: string;
}

/** Those whose words touch neither the ones before nor the picture's ends. @param to its right end */
function fitting(columns: readonly Column[], to: number): Column[] {
  const fit: Column[] = [];
  let free = 0;
  for (const column of columns) {
    const half = textWidth(column.words, fontSize) / 2;
    if (column.at - half < free || column.at + half > to) continue;
    fit.push(column);
    free = column.at + half + gap;
  }
  return fit;
}
