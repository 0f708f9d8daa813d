/** Moves the focus to the inspector's heading, where what had it is gone. */
export const focusInspector = (): void =>
  void requestAnimationFrame(() => document.getElementById("inspector-title")?.focus());
