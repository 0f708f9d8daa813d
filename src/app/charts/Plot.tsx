/**
 * The frame of every chart: two axes with ticks and lines across, drawn by recharts. What lies in it is drawn by its
 * children, a path for each line or cloud, so that ten redraws a second cost few elements.
 */
import { memo, type ReactNode, useMemo, useRef } from "react";
import { CartesianGrid, ComposedChart, useXAxisScale, useYAxisScale, XAxis, YAxis } from "recharts";
import type { AxisRange } from "./axes";
import type { Place } from "./path";
import { useSize } from "./use-size";
import "./plot.css";

export interface Axis extends AxisRange {
  readonly scale: "linear" | "log";
  readonly say: (tick: number) => string;
}

interface Props {
  readonly x: Axis;
  readonly y: Axis;
  /** Room for words at the right of the plot, in pixels. */
  readonly right?: number;
  readonly children?: ReactNode;
}

const tick = { fill: "var(--quiet)", fontSize: 11 } as const;
const line = { stroke: "var(--line-strong)" } as const;
const noLine = false;

export const Plot = memo(function Plot({ x, y, right = 12, children }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const size = useSize(ref);
  return (
    <div className="plot" ref={ref}>
      {size && (
        <ComposedChart
          width={size.width}
          height={size.height}
          margin={{ top: 8, right, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="2 4" />
          {/* Without a key recharts takes the axis for one of places in an array. */}
          <XAxis
            dataKey="x"
            type="number"
            scale={x.scale}
            domain={[...x.domain]}
            ticks={[...x.ticks]}
            tickFormatter={x.say}
            tick={tick}
            tickLine={line}
            axisLine={line}
            tickSize={4}
            height={24}
            interval="preserveStart"
            allowDataOverflow
          />
          <YAxis
            type="number"
            scale={y.scale}
            domain={[...y.domain]}
            ticks={[...y.ticks]}
            tickFormatter={y.say}
            tick={tick}
            tickLine={noLine}
            axisLine={line}
            tickSize={4}
            width={46}
            interval="preserveStart"
            allowDataOverflow
          />
          {children}
        </ComposedChart>
      )}
    </div>
  );
});

/** Of children of a plot: from values to pixels. Undefined before the plot is laid out. */
export function useToPlace(): ((x: number, y: number) => Place) | undefined {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  return useMemo(
    () => (xScale && yScale ? (x, y) => ({ x: xScale(x) ?? 0, y: yScale(y) ?? 0 }) : undefined),
    [xScale, yScale],
  );
}
