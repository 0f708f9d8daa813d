/** What `validate` finds about a clip, in words, with other clips and parameters by their names. */
import type { TFunction } from "i18next";
import type { TimelineDocument } from "../../../engine/document/document";
import type { Finding, Severity } from "../../../engine/document/finding";
import type { Language } from "../../i18n/i18n";
import { paramLabel } from "../../widgets/clip-words";
import { nameOfClip } from "./clip-label";

/** `Warning: nothing trains after this pruning.` */
export function findingText(
  { severity, code, clipId, details }: Finding,
  document: TimelineDocument,
  language: Language,
  t: TFunction<"findings">,
): string {
  const values: Record<string, string | number> = { clip: clipId ? nameOfClip(clipId, document, language) : "" };
  for (const [key, value] of Object.entries(details ?? {})) {
    if (typeof value === "number") values[key] = value;
    else if (key === "other" || key === "teacher") values[key] = nameOfClip(String(value), document, language);
    else if (key === "parameter") values[key] = paramLabel(document, clipId, String(value), (words) => words[language]);
    else values[key] = String(value);
  }
  return `${t(severity)}: ${t(code, values)}`;
}

/** The gravest that deserves a mark on the clip; hints do not. */
export function markOf(findings: readonly Finding[]): Exclude<Severity, "hint"> | null {
  if (findings.some(({ severity }) => severity === "error")) return "error";
  return findings.some(({ severity }) => severity === "warning") ? "warning" : null;
}
