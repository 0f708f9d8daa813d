import { describe, expect, it } from "vitest";
import { keyOf } from "./action";
import { actions } from "./actions";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {}) =>
  keyOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

describe("the name of a key", () => {
  it.each([
    [press("z", { ctrlKey: true }), "Mod+Z"],
    [press("z", { metaKey: true }), "Mod+Z"],
    [press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Shift+Z"],
    [press("Enter", { ctrlKey: true }), "Mod+Enter"],
    [press(" "), "Space"],
    [press("ArrowLeft", { altKey: true, shiftKey: true }), "Alt+Shift+ArrowLeft"],
  ])("%s", (got, expected) => expect(got).toBe(expected));
});

describe("the acts", () => {
  it("have names of their own, and keys that a keyboard gives", () => {
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
    for (const { keys } of actions) {
      for (const key of keys) expect(key).toMatch(/^(Mod\+)?(Alt\+)?(Shift\+)?([A-Z0-9.?]|[A-Z][a-zA-Z]+)$/);
    }
  });
});
