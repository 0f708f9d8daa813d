/** How panels take part in a drag: what can be dragged, and where the timeline is. */
import { useDragOperation, useDraggable } from "@dnd-kit/react";
import { createContext, useContext, useMemo } from "react";
import type { DragItem, DragSession } from "./drag-session";

export const DragContext = createContext<DragSession | null>(null);

export function useDragSession(): DragSession {
  const session = useContext(DragContext);
  if (!session) throw new Error("expected a DragContext around this component, got none");
  return session;
}

/** Makes an element a handle of `act` on a block or a clip. Gives the ref that the element takes. */
export function useDragHandle(
  act: DragItem["act"],
  target: string,
  options: { readonly disabled?: boolean } = {},
): (element: Element | null) => void {
  const data = useMemo(
    () => ({ item: act === "add" ? { act, block: target } : { act, clip: target } }) satisfies { item: DragItem },
    [act, target],
  );
  const { ref } = useDraggable({ id: `${act}:${target}`, data, disabled: options.disabled === true });
  return ref;
}

/** What is being dragged, or null. */
export function useDragged(): DragItem | null {
  const { source } = useDragOperation();
  return (source?.data["item"] as DragItem | undefined) ?? null;
}
