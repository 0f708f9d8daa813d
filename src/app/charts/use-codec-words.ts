/** Says how a tensor is stored. */
import { useTranslation } from "react-i18next";
import { codecPhrases } from "./codec-words";

export function useCodecWords(): (codec: string) => string {
  const { t } = useTranslation("charts");
  return (codec) =>
    codecPhrases(codec)
      .map(({ key, bits, text }) => (key ? t(key, { bits }) : text))
      .join("");
}
