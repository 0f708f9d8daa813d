/**
 * Names of the parts of a loss: the task's own has one without a clip, that of a clip's term or figure is
 * `<clip>:<term>`, as clip ids hold no colon. Two clips of one block are two parts.
 */

export const partName = (clip: string, term: string): string => `${clip}:${term}`;

/** The clip and its term; undefined of the task's own loss, and of what an earlier version called by one word. */
export function clipOfPart(name: string): { readonly clip: string; readonly term: string } | undefined {
  const colon = name.indexOf(":");
  return colon < 0 ? undefined : { clip: name.slice(0, colon), term: name.slice(colon + 1) };
}
