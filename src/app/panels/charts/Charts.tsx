import { useTranslation } from "react-i18next";
import "./charts.css";

export function Charts() {
  const { t } = useTranslation("charts");
  return <section aria-label={t("label")}>{t("label")}</section>;
}
