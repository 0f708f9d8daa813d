/** A document names files of the person's that this browser does not have, as one from a link may: asks for them. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDocument, useLibrary, useStudio } from "../../stores/use-studio";
import { chooseFiles } from "./dropped-files";
import { examine } from "./examine";
import { SidePanel } from "./SidePanel";
import { missingFiles, storedName } from "./sources";

export function MissingFiles() {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const stored = useLibrary((library) => library.stored);
  const isRead = useLibrary((library) => library.zoo.length > 0);
  // As text: a list would be another one each time.
  const key = useDocument(({ document }) => JSON.stringify(missingFiles(document, stored)));
  const [dismissed, setDismissed] = useState("");
  const missing = missingFiles(studio.document.getState().document, stored);
  if (!isRead || missing.length === 0 || key === dismissed) return null;
  return (
    <SidePanel title={t("missingTitle")} onClose={() => setDismissed(key)}>
      <p>{t("missingWhat")}</p>
      <ul className="files-missing">
        {missing.map(({ kind, source }) => (
          <li key={source}>
            <span>{t(kind === "network" ? "missingNetwork" : "missingData", { name: storedName(source) })}</span>
            <button
              type="button"
              className="button"
              onClick={() => chooseFiles((files) => void examine(studio, files))}
            >
              {t("chooseFile")}
            </button>
          </li>
        ))}
      </ul>
    </SidePanel>
  );
}
