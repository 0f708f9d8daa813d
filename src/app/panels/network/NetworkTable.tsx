import { useTranslation } from "react-i18next";
import "./network.css";

export function NetworkTable() {
  const { t } = useTranslation("network");
  return <section aria-label={t("label")}>{t("label")}</section>;
}
