/** The data that the network learns from and is tested on. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { useDocument, useFiles, useLibrary, useStudio } from "../../stores/use-studio";
import { Menu } from "../../widgets/Menu";
import { chooseFiles } from "./dropped-files";
import { examine } from "./examine";
import { MenuItem, MenuList } from "./MenuList";
import { chooseData, dataOf, missingFiles, shapeText } from "./sources";
import { StoredFiles } from "./StoredFiles";

export function DataMenu() {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const id = useDocument((state) => state.document.dataset.id);
  const library = useLibrary((state) => state);
  const facts = useFiles((state) => state.facts);
  const missing = useDocument(({ document }) =>
    missingFiles(document, library.stored).some(({ kind }) => kind === "data"),
  );
  const { datasets, zoo } = library;
  const { name } = dataOf(id, library, facts);
  const detail = missing && zoo.length > 0 ? t("missing") : null;

  const choose = (next: string) => {
    const { document, notices } = studio;
    const { source } = document.getState().document.model;
    document.getState().edit(chooseData(next, dataOf(next, library, facts).counts));
    const trainedOn = zoo.find((entry) => source === `zoo:${entry.id}`)?.dataset;
    if (trainedOn !== undefined && trainedOn !== next) {
      const data = dataOf(trainedOn, library, facts).name;
      notices.getState().tell({ tone: "info", key: "networkOfOtherData", values: { data } });
    }
  };

  return (
    <Menu
      className="files-menu-body"
      name={t("dataMenu", { name: detail ? `${name}, ${detail}` : name })}
      label={
        <>
          <span className="small quiet">{t("data")}</span>
          <span className="files-name">{name}</span>
          {detail && <span className="small quiet files-detail">{detail}</span>}
          <span aria-hidden="true">▾</span>
        </>
      }
    >
      <MenuList title={t("datasets")}>
        {datasets.length === 0 && <li className="quiet">{t("loadingList")}</li>}
        {datasets.map(({ id: next, title, shape, classes, counts }) => (
          <MenuItem
            key={next}
            current={id === next}
            onChoose={() => choose(next)}
            facts={[
              t("images", { train: formatNumber(counts.train), test: formatNumber(counts.test) }),
              shapeText(shape),
              `${t("factClasses")} ${classes.length}`,
            ].join(" · ")}
          >
            {title}
          </MenuItem>
        ))}
      </MenuList>
      <StoredFiles kind="dataset" current={id} onChoose={choose} />
      <MenuList note={t("openDataNote")}>
        <MenuItem onChoose={() => chooseFiles((files) => void examine(studio, files))}>{t("openData")}</MenuItem>
      </MenuList>
    </Menu>
  );
}
