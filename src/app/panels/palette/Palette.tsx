/** The palette: every method of the studio. Beside the page where there is room, else a sheet over it. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useView } from "../../stores/use-studio";
import { Methods } from "./Methods";
import { useNarrow } from "./use-narrow";
import "./palette.css";

export function Palette() {
  const { t } = useTranslation("palette");
  const narrow = useNarrow();
  if (narrow) return <Sheet />;
  return (
    <section className="palette-panel" aria-label={t("label")}>
      <Methods draggable />
    </section>
  );
}

/** A dialog: the browser keeps the focus in it, closes it on Escape, and gives the focus back. */
function Sheet() {
  const { t } = useTranslation("palette");
  const { t: common } = useTranslation("common");
  const open = useView((view) => view.paletteOpen);
  const set = useView((view) => view.set);
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => set({ paletteOpen: false });
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open === open) return;
    if (open) element.showModal();
    else element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="palette-sheet"
      aria-label={t("add")}
      onClose={close}
      // A press beside the sheet lands on the dialog itself.
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      <div className="palette-panel">
        <header className="palette-sheet-head">
          <h2>{t("add")}</h2>
          <button type="button" className="button plain" onClick={close}>
            {common("close")}
          </button>
        </header>
        {open && <Methods draggable={false} onAdded={close} />}
      </div>
    </dialog>
  );
}
