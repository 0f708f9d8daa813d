/** A small curve in words and as a line: how a setting goes over the length of a clip. */
import { curvePath, type CurvePoint } from "./curve-path";
import "./curve.css";

interface Props {
  readonly label: string;
  /** What the line says, in words. */
  readonly words: string;
  readonly points: readonly CurvePoint[];
  /** Marked; they must be points of the line. */
  readonly marks?: readonly CurvePoint[];
}

const width = 220;
const height = 40;
const margin = 3;

export function Curve({ label, words, points, marks = [] }: Props) {
  const box = { width, height, margin };
  return (
    <figure className="curve">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}: ${words}`}>
        <path d={curvePath(points, box).d} />
        {curvePath(marks, box).places.map(({ x, y }) => (
          <circle key={x} cx={x} cy={y} r={1.8} />
        ))}
      </svg>
      <figcaption className="small quiet">{words}</figcaption>
    </figure>
  );
}
