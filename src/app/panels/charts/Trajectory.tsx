/** The run at hand in the picture: its path, its points, and what the first and the latest of them are called. */
import { memo } from "react";
import { usePlotArea } from "recharts";
import { type BlockFamily, familyOf } from "../../../engine/blocks/block";
import type { TimelineDocument } from "../../../engine/document/document";
import { scoreOf } from "../../../engine/tasks/metrics/scores";
import { dotsPath, linesPath, marksPath } from "../../charts/path";
import { along, type Box, placeLabel, textWidth } from "../../charts/place-labels";
import type { TradeOff } from "../../charts/pareto";
import type { Stretch } from "../../charts/trajectory";
import { useToPlace } from "../../charts/use-to-place";
import { clipOf } from "../../edits/clip-edits";
import type { Point } from "../../stores/run-store";
import { KindLine, markOf } from "./KindLine";

interface Props {
  readonly points: readonly Point[];
  readonly stretches: readonly Stretch<Point>[];
  readonly document: TimelineDocument;
}

export const Trajectory = memo(function Trajectory({ points, stretches, document }: Props) {
  const toPlace = useToPlace();
  if (!toPlace) return null;
  const placeOf = (point: Point) => toPlace(point.compressionRatio, scoreOf(point));
  const between = points.filter((point) => point.clip === null && point.step > 0);
  const boundaries = new Map<BlockFamily, Point[]>();
  for (const point of points) {
    const clip = clipOf(document, point.clip);
    if (!clip) continue;
    const kind = familyOf(clip.block);
    boundaries.set(kind, [...(boundaries.get(kind) ?? []), point]);
  }
  const [first, last] = [points[0], points.at(-1)];
  return (
    <g className="charts-trajectory">
      {stretches.map(({ kinds, lines }) => (
        <KindLine key={kinds.join()} kinds={kinds} d={linesPath(lines.map((line) => line.map(placeOf)))} />
      ))}
      <path className="charts-between" d={dotsPath(between.map(placeOf))} />
      {[...boundaries].map(([kind, own]) => (
        <path
          key={kind}
          className="charts-boundary"
          data-kind={kind}
          d={marksPath(own.map(placeOf), markOf(kind), 4.5)}
        />
      ))}
      {first && <path className="charts-original" d={marksPath([placeOf(first)], "circle", 5)} />}
      {last && last !== first && <path className="charts-latest" d={marksPath([placeOf(last)], "circle", 5.5)} />}
    </g>
  );
});

export interface Label {
  readonly at: TradeOff;
  readonly lines: readonly string[];
  /** Of a line, not of a result. */
  readonly quiet?: boolean;
}

interface LabelsProps {
  /** The first is placed first. */
  readonly labels: readonly Label[];
  /** What they should keep off. */
  readonly lines: readonly (readonly TradeOff[])[];
}

const fontSize = 11.5;
const lineHeight = 15;

export const Labels = memo(function Labels({ labels, lines: drawnLines }: LabelsProps) {
  const toPlace = useToPlace();
  const plot = usePlotArea();
  if (!toPlace || !plot) return null;
  const dots = labels.map(({ at }) => toPlace(at.compressionRatio, scoreOf(at)));
  const drawn = drawnLines.flatMap((line) =>
    along(line.map((point) => toPlace(point.compressionRatio, scoreOf(point)))),
  );
  const taken: Box[] = [];
  const boxes = labels.map(({ lines }, i) => {
    const size = {
      width: Math.max(...lines.map((line) => textWidth(line, fontSize))),
      height: lineHeight * lines.length,
    };
    const others = dots.filter((_, k) => k !== i).map(({ x, y }) => ({ x: x - 6, y: y - 6, width: 12, height: 12 }));
    const box = placeLabel(dots[i]!, size, plot, [...taken, ...others], drawn);
    taken.push(box);
    return box;
  });
  return labels.map(({ lines, quiet }, i) => (
    <text key={i} className={quiet ? "charts-label quiet-label" : "charts-label"} x={boxes[i]!.x} y={boxes[i]!.y}>
      {lines.map((line, row) => (
        <tspan
          key={row}
          x={boxes[i]!.x}
          dy={row === 0 ? fontSize : lineHeight}
          className={row > 0 ? "second" : undefined}
        >
          {line}
        </tspan>
      ))}
    </text>
  ));
});
