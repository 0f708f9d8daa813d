/** Where the points of a small curve lie in its box. */

/** Both in [0, 1]; y goes upwards. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly width: number;
  readonly height: number;
  /** Left free on every side. */
  readonly margin: number;
}

const short = (value: number) => Number(value.toFixed(2));

export function curvePath(points: readonly CurvePoint[], { width, height, margin }: Box) {
  const places = points.map(({ x, y }) => ({
    x: short(margin + x * (width - 2 * margin)),
    y: short(height - margin - y * (height - 2 * margin)),
  }));
  return { places, d: places.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("") };
}
