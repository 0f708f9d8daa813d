/** Which units of a group are shown, and how a key moves among them. */

/** More would be too many to look at. */
export const mostCells = 96;

/**
 * All, by their numbers; of a large group those on both sides of the decision, the lowest score first.
 * @param going how many units go
 */
export function shownUnits(scores: Float32Array, going: number): number[] {
  const units = Array.from(scores.keys());
  if (units.length <= mostCells) return units;
  units.sort((a, b) => scores[a]! - scores[b]! || a - b);
  const first = Math.max(0, Math.min(going - mostCells / 2, units.length - mostCells));
  return units.slice(first, first + mostCells);
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
