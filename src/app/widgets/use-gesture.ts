/** One gesture of the person on a field, from touching it to letting go: what changes meanwhile is one step to undo. */
import { useRef } from "react";

/** Counts over the page, so that no two fields share a name. */
let gestures = 0;

export interface Gesture {
  /** For `DocumentState.edit`: edits in a row with the same name are one step to undo. */
  name(): string;
  /** What changes from now on is a step of its own. */
  begin(): void;
}

export function useGesture(): Gesture {
  const current = useRef(0);
  const begin = () => void (current.current = ++gestures);
  return {
    name: () => {
      if (current.current === 0) begin();
      return `field-${current.current}`;
    },
    begin,
  };
}
