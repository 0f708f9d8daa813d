/** The items of a menu: arrows move between them, and doing one closes the menu. */
import type { KeyboardEvent, ReactNode } from "react";

interface Props {
  readonly title?: string;
  readonly note?: string;
  readonly children: ReactNode;
}

/** Closes the menu that an element lies in; the focus goes back to its button. */
export function closeMenu(element: Element): void {
  const menu = element.closest("details");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

function onArrow(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const body = event.currentTarget.closest(".menu-body") ?? event.currentTarget;
  const items = [...body.querySelectorAll<HTMLElement>("button:not(:disabled)")];
  const place = items.indexOf(document.activeElement as HTMLElement);
  const next = items[(place + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length];
  next?.focus();
  event.preventDefault();
}

export function MenuList({ title, note, children }: Props) {
  return (
    <section className="files-menu" onKeyDown={onArrow}>
      {title && <h3 className="panel-title">{title}</h3>}
      <ul>{children}</ul>
      {note && <p className="small quiet">{note}</p>}
    </section>
  );
}

interface ItemProps {
  readonly children: ReactNode;
  /** Beside it, quieter. */
  readonly facts?: ReactNode;
  /** Whether it is the one that is in use. */
  readonly current?: boolean;
  /** Why it cannot be done now. */
  readonly blocked?: boolean;
  readonly onChoose: () => void;
  /** A second button behind it. */
  readonly extra?: ReactNode;
}

export function MenuItem({ children, facts, current = false, blocked = false, onChoose, extra }: ItemProps) {
  return (
    <li className="files-item">
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        aria-disabled={blocked}
        onClick={({ currentTarget }) => {
          if (blocked) return;
          closeMenu(currentTarget);
          onChoose();
        }}
      >
        <span>
          {current && <span aria-hidden="true">✓ </span>}
          {children}
        </span>
        {facts && <span className="small quiet">{facts}</span>}
      </button>
      {extra}
    </li>
  );
}
