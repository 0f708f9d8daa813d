/**
 * The page's words in both languages, through i18next. The catalogue holds both side by side (`catalogue.ts`), so that a
 * missing one does not compile; what the survey and the blocks bring along as `Words` is said by `useSay`.
 */
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Words } from "../../survey/words";
import { catalogue, type Catalogue } from "./catalogue";

export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** As they are called in themselves. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", zh: "中文" };

type Resources = { readonly [N in keyof Catalogue]: { readonly [K in keyof Catalogue[N]]: string } };

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: Resources;
  }
}

const inLanguage = (language: Language): Resources =>
  Object.fromEntries(
    Object.entries(catalogue).map(([area, entries]) => [
      area,
      Object.fromEntries(Object.entries<Words>(entries).map(([key, words]) => [key, words[language]])),
    ]),
  ) as Resources;

/** What a browser asks for, as far as there is a choice. */
export const preferredLanguage = (wanted: readonly string[]): Language =>
  wanted
    .find((tag) => /^(en|zh)\b/i.test(tag))
    ?.toLowerCase()
    .startsWith("zh")
    ? "zh"
    : "en";

/** Synchronous: the words are in the bundle. */
export function startI18n(language: Language): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    supportedLngs: languages,
    resources: { en: inLanguage("en"), zh: inLanguage("zh") },
    defaultNS: "common",
    initAsync: false,
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export const currentLanguage = (): Language => (i18next.language === "zh" ? "zh" : "en");

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "zh" ? "zh" : "en";
}

/** Says what the survey, a block or a combination brings along in both languages. */
export function useSay(): (words: Words) => string {
  const language = useLanguage();
  return (words) => words[language];
}
