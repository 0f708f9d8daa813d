/** Whether the page is one column; the same width as in `layout.css`. */
import { useSyncExternalStore } from "react";

const query = "(max-width: 60rem)";

function subscribe(onChange: () => void): () => void {
  const list = matchMedia(query);
  list.addEventListener("change", onChange);
  return () => list.removeEventListener("change", onChange);
}

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(query).matches);
