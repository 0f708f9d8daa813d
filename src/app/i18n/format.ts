/** Numbers, sizes and times as a reader of either language writes them. The unit is part of the text. */
import { currentLanguage, type Language } from "./i18n";

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language}${JSON.stringify(options)}`;
  let found = formatters.get(key);
  if (!found) formatters.set(key, (found = new Intl.NumberFormat(language, options)));
  return found;
}

export const formatNumber = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  formatter(currentLanguage(), options).format(value);

/** `0.9164` -> `91.64 %` */
export const formatPercent = (fraction: number, digits = 2): string =>
  `${formatNumber(100 * fraction, { minimumFractionDigits: digits, maximumFractionDigits: digits })} %`;

/** `43.81` -> `43.8×` */
export const formatRatio = (ratio: number): string =>
  `${formatNumber(ratio, { minimumFractionDigits: ratio < 10 ? 2 : 1, maximumFractionDigits: ratio < 10 ? 2 : 1 })}×`;

/** Exact, to the byte. */
export const formatBytes = (bytes: number): string => `${formatNumber(bytes)} B`;

/** `1_724_983` -> `1.7 MB`; decimal units. */
export function formatSize(bytes: number): string {
  const [value, unit] = bytes < 1e3 ? [bytes, "B"] : bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${formatNumber(value, { maximumFractionDigits: value < 100 ? 1 : 0 })} ${unit}`;
}

/** `140_138` -> `140 k`; for counts of parameters, MACs and bit operations. */
export function formatCount(count: number): string {
  for (const [size, unit] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (count >= size) return `${formatNumber(count / size, { maximumSignificantDigits: 3 })} ${unit}`;
  }
  return formatNumber(count);
}

/** `41_200` -> `41 s`, `125_000` -> `2 min 5 s` */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
