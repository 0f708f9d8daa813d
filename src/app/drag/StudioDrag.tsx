/** Drag and drop between palette and timeline: sensors begin, the session decides, a small label follows the pointer. */
import { DragDropProvider, useDragDropMonitor } from "@dnd-kit/react";
import { type ReactNode, useRef, useState } from "react";
import { blockName } from "../edits/clip-names";
import { useSay } from "../i18n/i18n";
import { useStudio } from "../stores/use-studio";
import { createDragSession, type DragItem, type DragKey, type DragSession, type PointerAt } from "./drag-session";
import { sensors } from "./sensors";
import { DragContext } from "./use-drag";
import "./drag.css";

/** Feedback, words and scrolling are the studio's own: a draft on the timeline, in the page's language, at its edges. */
const noPlugins: never[] = [];

export function StudioDrag({ children }: { readonly children: ReactNode }) {
  const studio = useStudio();
  const [session] = useState(() => createDragSession(studio));
  return (
    <DragContext value={session}>
      <DragDropProvider plugins={noPlugins} sensors={sensors}>
        {children}
        <Follower session={session} />
      </DragDropProvider>
    </DragContext>
  );
}

/** Less than this is a press, in pixels. */
const leastDistance = 4;

const arrows: Readonly<Record<string, DragKey["direction"]>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

const pointerOf = (event: Event | undefined | null): PointerAt | null =>
  event instanceof PointerEvent ? { x: event.clientX, y: event.clientY, free: event.altKey } : null;

/** Steers the session by what the sensors tell, and shows the name of a method that is not over the timeline yet. */
function Follower({ session }: { readonly session: DragSession }) {
  const say = useSay();
  const [block, setBlock] = useState<string | null>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const last = useRef<PointerAt | null>(null);
  const travelled = useRef(false);
  const frame = useRef(0);

  const follow = (at: PointerAt) => {
    last.current = at;
    session.move(at);
    document.documentElement.toggleAttribute("data-drag-over", session.isOver());
    if (ghost.current) ghost.current.style.transform = `translate(${at.x + 12}px, ${at.y + 12}px)`;
  };
  /** While the pointer waits near an edge of the timeline, this goes on below it. */
  const scroll = () => {
    frame.current = requestAnimationFrame(scroll);
    if (last.current && session.scrollNear(last.current)) follow(last.current);
  };
  const finish = () => {
    cancelAnimationFrame(frame.current);
    last.current = null;
    delete document.documentElement.dataset["dragging"];
    document.documentElement.removeAttribute("data-drag-over");
    setBlock(null);
  };

  useDragDropMonitor({
    onDragStart({ operation, nativeEvent }) {
      const item = operation.source?.data["item"] as DragItem | undefined;
      if (!item) return;
      const { x, y } = operation.position.initial;
      const pointer = nativeEvent instanceof PointerEvent;
      travelled.current = !pointer;
      session.start(item, pointer ? { x, y, free: false } : null);
      if (!pointer) return;
      document.documentElement.dataset["dragging"] = item.act === "start" || item.act === "end" ? "edge" : "whole";
      if (item.act === "add") setBlock(item.block);
      frame.current = requestAnimationFrame(scroll);
      const at = pointerOf(nativeEvent);
      if (at && Math.hypot(at.x - x, at.y - y) >= leastDistance) {
        travelled.current = true;
        follow(at);
      }
    },
    onDragMove({ operation, nativeEvent }) {
      if (nativeEvent instanceof KeyboardEvent) {
        const direction = arrows[nativeEvent.key];
        if (direction) session.key({ direction, far: nativeEvent.shiftKey, fine: nativeEvent.altKey });
        return;
      }
      const at = pointerOf(nativeEvent);
      if (!at) return;
      const { x, y } = operation.position.initial;
      travelled.current ||= Math.hypot(at.x - x, at.y - y) >= leastDistance;
      if (travelled.current) follow(at);
    },
    onDragEnd({ operation, nativeEvent, canceled }) {
      const item = operation.source?.data["item"] as DragItem | undefined;
      const at = pointerOf(nativeEvent);
      // The last move may not have been told: it waits for a frame that comes after the drop.
      if (at && !canceled) {
        const { x, y } = operation.position.initial;
        travelled.current ||= Math.hypot(at.x - x, at.y - y) >= leastDistance;
        if (travelled.current) follow(at);
      }
      if (canceled) session.cancel();
      else if (travelled.current || !item) session.drop();
      else session.tap(item);
      finish();
    },
  });

  return (
    <div ref={ghost} className="drag-ghost" aria-hidden="true" hidden={block === null}>
      {block !== null && say(blockName(block))}
    </div>
  );
}
