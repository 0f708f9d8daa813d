/** The kept documents, latest first: open one, remove one. One that cannot be read is listed and can be removed. */
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../i18n/i18n";
import type { KeptDocument } from "../../stores/keeping-store";
import { useKeeping } from "../../stores/use-studio";
import { MenuItem, MenuList } from "./MenuList";

/** As many as are looked through at a glance. */
const most = 12;

export function RecentDocuments() {
  const { t } = useTranslation("keeping");
  const documents = useKeeping((state) => state.documents);
  return (
    <MenuList title={t("recent")} {...(documents.length === 0 ? { note: t("recentNone") } : {})}>
      {documents.slice(0, most).map((kept) => (
        <Recent key={kept.id} kept={kept} />
      ))}
    </MenuList>
  );
}

function Recent({ kept }: { readonly kept: KeptDocument }) {
  const { t } = useTranslation("keeping");
  const language = useLanguage();
  const atHand = useKeeping((state) => state.documentId === kept.id);
  const shelf = useKeeping((state) => state.shelf);
  const { id, name, clips, savedAt, problem } = kept;
  const saved = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(savedAt);
  const shown = name ?? t("unreadable");
  const remove = t("removeDocument", { name: shown });
  return (
    <MenuItem
      current={atHand}
      blocked={problem !== null}
      onChoose={() => void shelf.open(id)}
      facts={[problem ? problem.message : t("clips", { number: clips }), saved, ...(atHand ? [t("atHand")] : [])].join(
        " · ",
      )}
      extra={
        !atHand && (
          <button
            type="button"
            className="button plain"
            aria-label={remove}
            title={remove}
            onClick={() => void shelf.remove(id)}
          >
            ✕
          </button>
        )
      }
    >
      {shown}
    </MenuItem>
  );
}
