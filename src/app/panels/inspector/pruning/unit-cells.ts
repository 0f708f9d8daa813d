/** Which units of a group are shown, and how a key moves among them. */

/** More would be too many to look at. */
export const mostCells = 96;

/** All, by their numbers; of a large group those with the lowest scores, the lowest first. */
export function shownUnits(scores: Float32Array): number[] {
  const units = Array.from(scores.keys());
  if (units.length <= mostCells) return units;
  return units.sort((a, b) => scores[a]! - scores[b]! || a - b).slice(0, mostCells);
}

/** Place after a key, or undefined where the key moves nothing. @param columns cells beside each other */
export function placeAfter(key: string, at: number, count: number, columns: number): number | undefined {
  const to = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: count - 1,
  }[key];
  if (to === undefined) return undefined;
  return to < 0 || to >= count ? at : to;
}
