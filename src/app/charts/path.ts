/** The `d` of SVG paths: a whole trajectory or a whole cloud of points is one element, however many points it has. */

export interface Place {
  readonly x: number;
  readonly y: number;
}

const near = (value: number) => Math.round(10 * value) / 10;
const pair = ({ x, y }: Place) => `${near(x)} ${near(y)}`;

/** Each line on its own: they are not joined. */
export const linesPath = (lines: readonly (readonly Place[])[]): string =>
  lines
    .filter((line) => line.length > 0)
    .map((line) => `M${line.map(pair).join("L")}`)
    .join("");

/** Lines of no length: with round ends they are drawn as dots as wide as the line. */
export const dotsPath = (places: readonly Place[]): string => places.map((place) => `M${pair(place)}h0`).join("");

export type Mark = "circle" | "square" | "diamond" | "triangle";

/** Filled marks of one shape. @param r half their width */
export const marksPath = (places: readonly Place[], mark: Mark, r: number): string =>
  places.map((place) => shapes[mark](place, r)).join("");

const shapes: Readonly<Record<Mark, (place: Place, r: number) => string>> = {
  circle: ({ x, y }, r) => `M${near(x - r)} ${near(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  square: ({ x, y }, r) => `M${near(x - r)} ${near(y - r)}h${2 * r}v${2 * r}h${-2 * r}z`,
  diamond: ({ x, y }, r) =>
    `M${near(x - 1.3 * r)} ${near(y)}l${1.3 * r} ${-1.3 * r} ${1.3 * r} ${1.3 * r} ${-1.3 * r} ${1.3 * r}z`,
  triangle: ({ x, y }, r) => `M${near(x - 1.2 * r)} ${near(y + r)}h${2.4 * r}l${-1.2 * r} ${-2.2 * r}z`,
};
