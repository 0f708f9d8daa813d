import { useTranslation } from "react-i18next";
import "./inspector.css";

export function Inspector() {
  const { t } = useTranslation("inspector");
  return <section aria-label={t("label")}>{t("label")}</section>;
}
