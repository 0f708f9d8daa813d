/** Earlier runs behind the one at hand, and the best that all of them came to: faint, one path for each sort. */
import { memo } from "react";
import { scoreOf } from "../../../engine/tasks/metrics/scores";
import { dotsPath, linesPath } from "../../charts/path";
import { staircase, type TradeOff } from "../../charts/pareto";
import { useToPlace } from "../../charts/use-to-place";
import type { Run } from "../../stores/run-store";

export const EarlierPaths = memo(function EarlierPaths({ runs }: { readonly runs: readonly Run[] }) {
  const toPlace = useToPlace();
  if (!toPlace || runs.length === 0) return null;
  const lines = runs.map(({ points }) => points.map((point) => toPlace(point.compressionRatio, scoreOf(point))));
  return (
    <g>
      <path className="charts-earlier" d={linesPath(lines)} />
      <path className="charts-earlier-final" d={dotsPath(lines.flatMap((line) => line.slice(-1)))} />
    </g>
  );
});

export const ParetoFront = memo(function ParetoFront({ front }: { readonly front: readonly TradeOff[] }) {
  const toPlace = useToPlace();
  if (!toPlace || front.length < 2) return null;
  const line = staircase(front).map((point) => toPlace(point.compressionRatio, scoreOf(point)));
  return <path className="charts-front" d={linesPath([line])} />;
});
