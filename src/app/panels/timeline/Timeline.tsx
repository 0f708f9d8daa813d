import { useTranslation } from "react-i18next";
import "./timeline.css";

export function Timeline() {
  const { t } = useTranslation("timeline");
  return <section aria-label={t("label")}>{t("label")}</section>;
}
