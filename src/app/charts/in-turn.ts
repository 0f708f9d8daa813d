/** Work that nobody waits for, one piece after the other, each when the main thread has nothing else to do. */

/** @param idle calls back when there is time */
export function turns(idle: (work: () => void) => void): (work: () => void) => () => void {
  const waiting: (() => void)[] = [];
  const next = (): void => {
    waiting.shift()?.();
    if (waiting.length > 0) idle(next);
  };
  return (work) => {
    waiting.push(work);
    if (waiting.length === 1) idle(next);
    return () => {
      const place = waiting.indexOf(work);
      // The one that was asked for next stays as a turn that does nothing.
      if (place >= 0) waiting[place] = () => undefined;
    };
  };
}

/** So long a page that has always something to do keeps a piece waiting, in milliseconds. */
const patience = 300;

/** Takes its turn. @returns gives it up */
export const inTurn = turns((work) => {
  // Not in every browser.
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: patience });
  else setTimeout(work, 16);
});
