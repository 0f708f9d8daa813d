/** Keys that do an act from anywhere on the page. */
import { useEffect } from "react";
import { useStudio } from "../stores/use-studio";
import { isField, keyOf } from "./action";
import { actions } from "./actions";

export function useShortcuts(): void {
  const studio = useStudio();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.repeat) return;
      const key = keyOf(event);
      const matching = actions.filter(
        ({ keys, leavesFields }) => keys.includes(key) && !(leavesFields && isField(event.target)),
      );
      if (matching.length === 0) return;
      event.preventDefault();
      matching.find((action) => action.enabled(studio))?.perform(studio);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [studio]);
}
