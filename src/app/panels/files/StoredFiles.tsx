/** The person's own networks or data sets, each with a way to forget it. */
import { useTranslation } from "react-i18next";
import { formatNumber, formatSize } from "../../i18n/format";
import { useFiles, useLibrary, useStudio } from "../../stores/use-studio";
import type { StoredItem } from "../../../worker/protocol";
import { MenuItem, MenuList } from "./MenuList";
import { dataOf, networkOf } from "./sources";

interface Props {
  readonly kind: StoredItem["kind"];
  readonly current: string;
  readonly onChoose: (source: string) => void;
}

export function StoredFiles({ kind, current, onChoose }: Props) {
  const { t } = useTranslation("files");
  const { engine, library: store, notices } = useStudio();
  const library = useLibrary((state) => state);
  const facts = useFiles((state) => state.facts);
  const items = library.stored.filter((item) => item.kind === kind);
  if (items.length === 0) return null;

  const forget = async (source: string) => {
    try {
      await engine.call("forget", { source });
    } catch (error) {
      notices.getState().fail("forgetFailed", error);
    }
    await store.getState().refreshStored();
  };
  const known = (source: string): { readonly name: string; readonly detail: string | null } => {
    if (kind === "model") {
      const { name, parameters } = networkOf(source, library, facts);
      return { name, detail: parameters === null ? null : t("params", { number: formatNumber(parameters) }) };
    }
    const { name, counts } = dataOf(source, library, facts);
    const detail = counts && t("images", { train: formatNumber(counts.train), test: formatNumber(counts.test) });
    return { name, detail };
  };

  return (
    <MenuList title={t("yours")}>
      {items.map(({ source, bytes }) => {
        const { name, detail } = known(source);
        return (
          <MenuItem
            key={source}
            current={source === current}
            onChoose={() => onChoose(source)}
            facts={[detail, formatSize(bytes)].filter(Boolean).join(" · ")}
            extra={
              <button
                type="button"
                className="button plain"
                aria-label={t("forget", { name })}
                title={t("forget", { name })}
                onClick={() => void forget(source)}
              >
                ✕
              </button>
            }
          >
            {name}
          </MenuItem>
        );
      })}
    </MenuList>
  );
}
