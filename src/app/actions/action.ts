/** An act of the person as one object: what it is called, what key does it, when it can be done, what it does. */
import type { Catalogue } from "../i18n/catalogue";
import type { Studio } from "../stores/studio";

export interface Action {
  readonly id: string;
  /** In the catalogue's area `bar`. */
  readonly label: keyof Catalogue["bar"];
  /** As `keyOf` gives them. Several keys may do the same. */
  readonly keys: readonly string[];
  /** Whether the key is left to a field that is being typed in. */
  readonly leavesFields: boolean;
  enabled(studio: Studio): boolean;
  perform(studio: Studio): void;
}

/** `Mod+Shift+Z`: Mod is Control, or Command on a Mac. */
export function keyOf(event: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "key">): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [
    event.ctrlKey || event.metaKey ? "Mod" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey ? "Shift" : "",
    key === " " ? "Space" : key,
  ]
    .filter((part) => part !== "")
    .join("+");
}

/** Whether an element is typed in. */
export const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.tagName === "TEXTAREA" ||
    target.tagName === "SELECT" ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type)));
