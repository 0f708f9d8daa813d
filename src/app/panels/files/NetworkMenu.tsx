/** The network that is compressed: the trained ones, those that are built anew, the person's own. */
import { useTranslation } from "react-i18next";
import { catalog } from "../../../engine/blocks/catalog";
import { type Scores, testScores } from "../../../engine/tasks/metrics/scores";
import { useMetricWords } from "../../charts/use-metric";
import { formatNumber, formatSize } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import { useDocument, useFiles, useLibrary, useStudio } from "../../stores/use-studio";
import { Menu } from "../../widgets/Menu";
import type { ZooEntry } from "../../../worker/protocol";
import { chooseFiles } from "./dropped-files";
import { examine } from "./examine";
import { MenuItem, MenuList } from "./MenuList";
import { chooseNetwork, dataOf, missingFiles, networkOf } from "./sources";
import { StoredFiles } from "./StoredFiles";

/** What a model clip can build can also be begun with. */
const buildIds = catalog.find((meta) => meta.id === "model.replace")?.params.network.options ?? [];

export function NetworkMenu() {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const source = useDocument((state) => state.document.model.source);
  const library = useLibrary((state) => state);
  const facts = useFiles((state) => state.facts);
  const missing = useDocument(({ document }) =>
    missingFiles(document, library.stored).some(({ kind }) => kind === "network"),
  );
  const choice = networkOf(source, library, facts);
  const { zoo, datasets } = library;
  const detail =
    missing && zoo.length > 0
      ? t("missing")
      : !choice.trained
        ? t("untrained")
        : choice.parameters === null
          ? null
          : t("params", { number: formatNumber(choice.parameters) });

  const wordsOf = useMetricWords();
  /** Accuracy is what the note above speaks of; another figure is named. */
  const scoreText = (scores: Partial<Scores>) =>
    scores.metric === undefined ? formatScore(scores) : `${wordsOf(scores.metric).name} ${formatScore(scores)}`;

  const choose = (next: string, entry?: ZooEntry) => {
    const { document, notices } = studio;
    const data = datasets.find(({ id }) => id === entry?.dataset);
    const follows = data !== undefined && data.id !== document.getState().document.dataset.id;
    document.getState().edit(chooseNetwork(next, data));
    if (entry && follows) {
      notices.getState().tell({
        tone: "info",
        key: "dataFollows",
        values: { network: entry.build, data: data.title },
      });
    }
  };
  const images = zoo.reduce((most, entry) => Math.max(most, entry.testImages), 0);

  return (
    <Menu
      className="files-menu-body"
      name={t("networkMenu", { name: detail ? `${choice.name}, ${detail}` : choice.name })}
      label={
        <>
          <span className="small quiet">{t("network")}</span>
          <span className="files-name">{choice.name}</span>
          {detail && <span className="small quiet files-detail">{detail}</span>}
          <span aria-hidden="true">▾</span>
        </>
      }
    >
      <MenuList title={t("trained")} note={t("trainedNote", { images: formatNumber(images) })}>
        {zoo.length === 0 && <li className="quiet">{t("loadingList")}</li>}
        {zoo.map((entry) => (
          <MenuItem
            key={entry.id}
            current={source === `zoo:${entry.id}`}
            onChoose={() => choose(`zoo:${entry.id}`, entry)}
            facts={[
              t("trainedOn", { data: dataOf(entry.dataset, library, facts).name }),
              scoreText(testScores(entry)),
              t("params", { number: formatNumber(entry.parameters) }),
              formatSize(entry.fileBytes),
            ].join(" · ")}
          >
            {entry.build}
          </MenuItem>
        ))}
      </MenuList>
      <MenuList title={t("built")} note={t("builtNote")}>
        <li className="files-built">
          {buildIds.map((id) => (
            <button
              key={id}
              type="button"
              className="button"
              aria-current={source === `build:${id}` ? "true" : undefined}
              onClick={() => choose(`build:${id}`)}
            >
              {source === `build:${id}` && <span aria-hidden="true">✓</span>}
              {id}
            </button>
          ))}
        </li>
      </MenuList>
      <StoredFiles kind="model" current={source} onChoose={(next) => choose(next)} />
      <MenuList note={t("openNetworkNote")}>
        <MenuItem onChoose={() => chooseFiles((files) => void examine(studio, files))}>{t("openNetwork")}</MenuItem>
      </MenuList>
    </Menu>
  );
}
