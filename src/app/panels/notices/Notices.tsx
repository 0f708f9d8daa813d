/** What happened and no panel shows: in a corner, until it is read. */
import { useTranslation } from "react-i18next";
import type { Notice } from "../../stores/notice-store";
import { useNotices } from "../../stores/use-studio";
import { Icon } from "../../widgets/Icon";
import "./notices.css";

export function Notices() {
  const { t } = useTranslation("notices");
  const { notices, announcement, dismiss } = useNotices((state) => state);
  return (
    <>
      <section className="notices" aria-label={t("label")} aria-live="polite">
        {notices.map((notice) => (
          <Item key={notice.id} notice={notice} onDismiss={() => dismiss(notice.id)} />
        ))}
      </section>
      <p className="unseen" role="status">
        {announcement}
      </p>
    </>
  );
}

function Item({ notice, onDismiss }: { readonly notice: Notice; readonly onDismiss: () => void }) {
  const { t } = useTranslation("notices");
  const { t: meaning } = useTranslation("errors");
  const { tone, key, values, error } = notice;
  return (
    <div className="notice" data-tone={tone}>
      <div>
        <p>
          <strong>{t(key, values ?? {})}</strong> {error && meaning(error.code)}
        </p>
        {error && <p className="small quiet">{error.message}</p>}
      </div>
      <button type="button" className="button plain" aria-label={t("dismiss")} onClick={onDismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
