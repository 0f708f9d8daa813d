/** The document itself: its name, new and kept ones, saving and sharing it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { downloadCurrent, hasFile } from "../../actions/download";
import { defaultDocument, emptyDocument } from "../../edits/default-document";
import { rename } from "../../edits/document-edits";
import { useDocument, useRuns, useStudio } from "../../stores/use-studio";
import { Menu } from "../../widgets/Menu";
import { copyLink, exportLayersModel, saveDocument } from "./document-acts";
import { chooseFiles } from "./dropped-files";
import { examine } from "./examine";
import { LinkByHand } from "./LinkByHand";
import { MenuItem, MenuList } from "./MenuList";
import { RecentDocuments } from "./RecentDocuments";
import "./files.css";

export function DocumentMenu() {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const [link, setLink] = useState<string | null>(null);
  const { shelf } = studio.keeping.getState();
  // Whether there is a file changes with the run.
  useRuns(({ current }) => current !== null && (current.artefact !== null || current.boundaries.length > 0));
  const file = hasFile(studio);
  const noFile = file ? {} : { facts: t("noRunYet"), blocked: true };

  return (
    <>
      <span
        className="files-document"
        // The list is read when the menu opens: other tabs write to it too.
        onClickCapture={() => void studio.keeping.getState().shelf.refresh()}
      >
        <Menu
          side="right"
          className="files-menu-body"
          name={t("document")}
          label={
            <>
              {t("document")} <span aria-hidden="true">▾</span>
            </>
          }
        >
          <NameField />
          <MenuList>
            <MenuItem onChoose={() => shelf.openNew(emptyDocument)}>{t("newEmpty")}</MenuItem>
            <MenuItem onChoose={() => shelf.openNew(defaultDocument)}>{t("newExample")}</MenuItem>
            <MenuItem onChoose={() => chooseFiles((files) => void examine(studio, files))}>{t("open")}</MenuItem>
          </MenuList>
          <MenuList>
            <MenuItem onChoose={() => saveDocument(studio)}>{t("saveJson")}</MenuItem>
            <MenuItem {...noFile} onChoose={() => void downloadCurrent(studio)}>
              {t("downloadNetwork")}
            </MenuItem>
            <MenuItem {...noFile} onChoose={() => void exportLayersModel(studio)}>
              {t("exportTfjs")}
            </MenuItem>
            <MenuItem onChoose={() => void copyLink(studio).then(setLink)}>{t("copyLink")}</MenuItem>
          </MenuList>
          <RecentDocuments />
        </Menu>
      </span>
      {link !== null && (
        <div className="files-panels">
          <LinkByHand link={link} onClose={() => setLink(null)} />
        </div>
      )}
    </>
  );
}

function NameField() {
  const { t } = useTranslation("files");
  const { document } = useStudio();
  const name = useDocument((state) => state.document.name);
  return (
    <label className="files-field">
      <span className="small quiet">{t("documentName")}</span>
      <input
        className="field"
        value={name}
        maxLength={200}
        onChange={({ target }) => document.getState().edit(rename(target.value), "rename")}
      />
    </label>
  );
}
