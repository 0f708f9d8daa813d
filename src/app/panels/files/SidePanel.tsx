/**
 * A dialog at the side that leaves the rest of the page usable. It takes the focus when it comes and gives it back when it
 * goes; Escape closes it.
 */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import "./files.css";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function SidePanel({ title, onClose, children }: Props) {
  const { t } = useTranslation("common");
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      const { activeElement } = document;
      const free = activeElement === null || activeElement === document.body;
      if (free && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div
      className="files-panel"
      role="dialog"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="button plain" aria-label={t("close")} onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </div>
  );
}
