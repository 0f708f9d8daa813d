/** The link to the document, where the browser does not let the page copy it. */
import { useTranslation } from "react-i18next";
import { SidePanel } from "./SidePanel";

export function LinkByHand({ link, onClose }: { readonly link: string; readonly onClose: () => void }) {
  const { t } = useTranslation("files");
  return (
    <SidePanel title={t("copyLink")} onClose={onClose}>
      <label className="files-field">
        <span>{t("copyByHand")}</span>
        <input
          className="field"
          aria-label={t("link")}
          readOnly
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
    </SidePanel>
  );
}
