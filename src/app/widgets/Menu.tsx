/** A button that opens a small panel below it; Escape and a click elsewhere close it. */
import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  readonly label: ReactNode;
  /** Said by a screen reader in the place of the label. */
  readonly name?: string;
  readonly children: ReactNode;
  /** Which side of the button the panel keeps to. */
  readonly side?: "left" | "right";
  readonly className?: string;
}

export function Menu({ label, name, children, side = "left", className = "" }: Props) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const details = ref.current!;
    const onPointer = (event: PointerEvent) => {
      if (details.open && !details.contains(event.target as Node)) details.open = false;
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary")?.focus();
      event.stopPropagation();
    };
    document.addEventListener("pointerdown", onPointer);
    details.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      details.removeEventListener("keydown", onKey);
    };
  }, []);
  return (
    <details className="menu" ref={ref}>
      <summary className="button" aria-label={name}>
        {label}
      </summary>
      <div className={`menu-body ${side} ${className}`}>{children}</div>
    </details>
  );
}
