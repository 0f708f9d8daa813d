/**
 * The frame of every chart: a place for each pair of values by recharts, two axes with ticks and lines across by
 * `PlotAxes.tsx`. What lies in it is drawn by its children, a path for each line or cloud, so that ten redraws a second cost
 * few elements. They reach the inside by a context: the frame is drawn again when an axis says something else, not when
 * a point comes.
 */
import { createContext, memo, type ReactNode, useContext, useMemo, useRef } from "react";
import { ComposedChart, XAxis, YAxis } from "recharts";
import type { Axis, AxisPair } from "./axes";
import { PlotAxes, room } from "./PlotAxes";
import { type Size, useSize } from "./use-size";
import "./plot.css";

interface Props extends AxisPair {
  /** Room for words at the right of the plot, in pixels. */
  readonly right?: number;
  readonly children?: ReactNode;
}

const Content = createContext<ReactNode>(null);
const Inside = () => useContext(Content);

export function Plot({ x, y, right = 12, children }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const size = useSize(ref);
  return (
    <div className="plot" ref={ref}>
      {size && (
        <Content value={children}>
          <Frame x={x} y={y} right={right} size={size} />
        </Content>
      )}
    </div>
  );
}

interface FrameProps extends AxisPair {
  readonly right: number;
  readonly size: Size;
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
const sameAxis = (a: Axis, b: Axis): boolean =>
  a.scale === b.scale && a.say === b.say && sameNumbers(a.domain, b.domain) && sameNumbers(a.ticks, b.ticks);
const sameFrame = (a: FrameProps, b: FrameProps): boolean =>
  a.size === b.size && a.right === b.right && sameAxis(a.x, b.x) && sameAxis(a.y, b.y);

/** Recharts' own axes measure each tick in the document, and draw it as five elements: these two only place values. */
const Frame = memo(function Frame({ x, y, right, size }: FrameProps) {
  const margin = useMemo(() => ({ ...room, right }), [right]);
  return (
    <ComposedChart width={size.width} height={size.height} margin={margin} accessibilityLayer={false}>
      {/* Without a key recharts takes the axis for one of places in an array. */}
      <XAxis hide dataKey="x" type="number" scale={x.scale} domain={[...x.domain]} niceTicks="none" allowDataOverflow />
      <YAxis hide type="number" scale={y.scale} domain={[...y.domain]} niceTicks="none" allowDataOverflow />
      <PlotAxes x={x} y={y} />
      <Inside />
    </ComposedChart>
  );
}, sameFrame);
