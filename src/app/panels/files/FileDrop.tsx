/** Files dropped anywhere on the page, and the panels at the side: what was found, what is missing, what is asked. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStudio } from "../../stores/use-studio";
import { droppedFiles, hasFiles } from "./dropped-files";
import { examine } from "./examine";
import { FoundFiles } from "./FoundFiles";
import { InterruptedRun } from "./InterruptedRun";
import { MissingFiles } from "./MissingFiles";
import "./files.css";

export function FileDrop() {
  const over = useDrop();
  const { t } = useTranslation("files");
  return (
    <>
      {over && (
        <div className="files-over">
          <div>
            <p>{t("dropHere")}</p>
            <p className="small">{t("nothingSent")}</p>
          </div>
        </div>
      )}
      <div className="files-panels">
        <InterruptedRun />
        <MissingFiles />
        <FoundFiles />
      </div>
    </>
  );
}

/** @returns whether files are over the page */
function useDrop(): boolean {
  const studio = useStudio();
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a part comes before leaving the one around it.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const move = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      droppedFiles(event.dataTransfer!)
        .then((files) => examine(studio, files))
        .catch((error: unknown) => studio.notices.getState().fail("filesFailed", error));
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: move, drop };
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        window.removeEventListener(name, listener as EventListener);
      }
    };
  }, [studio]);
  return over;
}
