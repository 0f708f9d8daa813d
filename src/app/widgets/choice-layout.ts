/** Whether choices fit side by side in a narrow column. */

const most = 3;
/** Of a column of 240 pixels, in widths of a Latin letter. */
const mostLetters = 30;

/** A Chinese character is as wide as two letters. */
const widthOf = (text: string): number => [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0);

export function fitsSideBySide(labels: readonly string[]): boolean {
  const widths = labels.map(widthOf);
  // All are as wide as the widest.
  return labels.length <= most && labels.length * Math.max(0, ...widths) <= mostLetters;
}
