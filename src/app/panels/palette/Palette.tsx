import { useTranslation } from "react-i18next";
import "./palette.css";

export function Palette() {
  const { t } = useTranslation("palette");
  return <section aria-label={t("label")}>{t("label")}</section>;
}
