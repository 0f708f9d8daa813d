/**
 * What begins and steers a drag. A pointer: a mouse that moves, a finger that rests, so that a page can still be
 * scrolled by touch. The keyboard: Space lifts and drops; what an arrow does is decided in steps, not in pixels.
 */
import { KeyboardSensor, PointerSensor } from "@dnd-kit/react";

export class StepKeyboardSensor extends KeyboardSensor {
  /** Tells that a key was pressed and leaves the place alone: the session reads the key from the event. */
  protected override handleMove(_direction: "up" | "down" | "left" | "right", event: KeyboardEvent): void {
    event.preventDefault();
    this.manager.actions.move({ event, to: { ...this.manager.dragOperation.position.current } });
  }
}

export const sensors = [
  PointerSensor,
  {
    plugin: StepKeyboardSensor,
    options: {
      keyboardCodes: {
        // Enter does what a click does.
        start: ["Space"],
        cancel: ["Escape"],
        end: ["Space", "Enter", "Tab"],
        up: ["ArrowUp"],
        down: ["ArrowDown"],
        left: ["ArrowLeft"],
        right: ["ArrowRight"],
      },
    },
  },
];
