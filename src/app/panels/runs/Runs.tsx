import { useTranslation } from "react-i18next";
import "./runs.css";

export function Runs() {
  const { t } = useTranslation("runs");
  return <section aria-label={t("label")}>{t("label")}</section>;
}
