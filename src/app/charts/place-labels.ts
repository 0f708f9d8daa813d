/** Where labels of dots go, so that they cover neither each other nor, as far as that is possible, what is drawn. */
import type { Place } from "./path";

export interface Box extends Place {
  readonly width: number;
  readonly height: number;
}

/** About as wide as the browser draws it; Chinese characters are square. */
export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const character of text) em += character.codePointAt(0)! > 0x2e7f ? 1 : 0.6;
  return em * fontSize;
}

/** Between a dot's middle and its label. */
const gap = 10;

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const holds = (box: Box, { x, y }: Place): boolean =>
  x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

/**
 * The box of a label. Of the places around its dot the one that covers least; of equal ones the first: right and above,
 * where a falling trajectory is not.
 * @param taken boxes that must not be covered
 * @param drawn places that should not be
 */
export function placeLabel(
  dot: Place,
  size: { readonly width: number; readonly height: number },
  plot: Box,
  taken: readonly Box[],
  drawn: readonly Place[],
): Box {
  const { width, height } = size;
  const columns = { right: dot.x + gap, left: dot.x - gap - width, middle: dot.x - width / 2 };
  const rows = {
    above: dot.y - gap - height,
    beside: dot.y - height / 2,
    below: dot.y + gap,
    higher: dot.y - 3 * gap - 2 * height,
    lower: dot.y + 3 * gap + height,
  };
  const candidates = (
    [
      ["right", "above"],
      ["right", "beside"],
      ["right", "below"],
      ["left", "above"],
      ["left", "below"],
      ["left", "beside"],
      ["middle", "above"],
      ["middle", "below"],
      ["right", "higher"],
      ["right", "lower"],
      ["left", "higher"],
      ["left", "lower"],
      ["middle", "higher"],
      ["middle", "lower"],
    ] as const
  ).map(([column, row]) => ({ x: columns[column], y: rows[row], width, height }));
  const cost = (box: Box): number =>
    outside(box, plot) +
    100 * taken.filter((other) => overlap(box, other)).length +
    drawn.filter((place) => holds(box, place)).length;
  const best = candidates.reduce((least, box) => (cost(box) < cost(least) ? box : least));
  return {
    ...best,
    x: within(best.x, plot.x, plot.x + plot.width - width),
    y: within(best.y, plot.y, plot.y + plot.height - height),
  };
}

const within = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** Pixels that stick out, so many that no other cost matters. */
const outside = (box: Box, plot: Box): number =>
  1000 *
  (Math.max(0, plot.x - box.x) +
    Math.max(0, box.x + box.width - plot.x - plot.width) +
    Math.max(0, plot.y - box.y) +
    Math.max(0, box.y + box.height - plot.y - plot.height));

/**
 * Heights of labels beside line ends: as near to the ends as they can be, `apart` from each other, within the plot.
 * In the order of `ends`.
 */
export function spread(ends: readonly number[], apart: number, low: number, high: number): readonly number[] {
  const order = ends.map((_, i) => i).sort((a, b) => ends[a]! - ends[b]!);
  const placed = new Array<number>(ends.length).fill(0);
  let free = low;
  for (const i of order) {
    placed[i] = Math.max(free, ends[i]!);
    free = placed[i] + apart;
  }
  let most = high;
  for (const i of order.reverse()) {
    placed[i] = Math.min(most, placed[i]!);
    most = placed[i] - apart;
  }
  return placed;
}

/** Places along lines, near enough to each other that no label lies between two of them. */
export function along(line: readonly Place[], apart = 8): readonly Place[] {
  return line.flatMap((to, i) => {
    const from = line[i - 1];
    if (!from) return [to];
    const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / apart));
    return Array.from({ length: count }, (_, k) => ({
      x: from.x + ((to.x - from.x) * (k + 1)) / count,
      y: from.y + ((to.y - from.y) * (k + 1)) / count,
    }));
  });
}
