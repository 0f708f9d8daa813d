/** Where values lie in a plot, in pixels. */
import { useMemo } from "react";
import { useXAxisScale, useYAxisScale } from "recharts";
import type { Place } from "./path";

/** Of children of a plot: from values to pixels. Undefined before the plot is laid out. */
export function useToPlace(): ((x: number, y: number) => Place) | undefined {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  return useMemo(
    () => (xScale && yScale ? (x, y) => ({ x: xScale(x) ?? 0, y: yScale(y) ?? 0 }) : undefined),
    [xScale, yScale],
  );
}
