/** What was found in dropped files, shown before anything of it is used. */
import { useTranslation } from "react-i18next";
import { formatSize } from "../../i18n/format";
import type { Reading } from "../../stores/files-store";
import { useFiles, useStudio } from "../../stores/use-studio";
import { closeFound } from "./examine";
import { FoundItem } from "./FoundItem";
import { SidePanel } from "./SidePanel";

export function FoundFiles() {
  const { t } = useTranslation("files");
  const { t: common } = useTranslation("common");
  const studio = useStudio();
  const found = useFiles((state) => state.found);
  const isReading = useFiles((state) => state.reading !== null);
  if (found.length === 0 && !isReading) return null;
  const close = () => void closeFound(studio);
  return (
    <SidePanel title={t("found")} onClose={close}>
      {found.map((item) => (
        <FoundItem key={item.id} found={item} />
      ))}
      <Progress />
      <p className="files-acts">
        <button type="button" className="button" onClick={close}>
          {isReading ? common("cancel") : common("close")}
        </button>
      </p>
    </SidePanel>
  );
}

function Progress() {
  const { t } = useTranslation("files");
  const reading = useFiles((state) => state.reading);
  if (!reading) return null;
  return (
    <div className="files-reading" role="status">
      <p>{t("reading", { name: reading.name })}</p>
      <Bytes reading={reading} />
    </div>
  );
}

function Bytes({ reading: { name, loaded, total } }: { readonly reading: Reading }) {
  const { t } = useTranslation("files");
  if (total === 0 || loaded >= total) return <p className="small quiet">{t("checking")}</p>;
  return (
    <>
      <progress value={loaded} max={total} aria-label={t("reading", { name })} />
      <p className="small quiet">{t("readingOf", { loaded: formatSize(loaded), total: formatSize(total) })}</p>
    </>
  );
}
