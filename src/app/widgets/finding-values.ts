/** What the words of a finding name, in the page's language. */
import type { TFunction } from "i18next";
import type { TimelineDocument } from "../../engine/document/document";
import type { Finding } from "../../engine/document/finding";
import type { Words } from "../../survey/words";
import { clipOf, metaOf } from "../edits/clip-edits";
import { formatNumber } from "../i18n/format";
import { paramWords } from "../edits/clip-names";
import { shownParam } from "../edits/param-text";
import { clipName, paramLabel } from "./clip-words";
import { rangeText } from "./format-value";

/** Details that are ids of clips. */
const clipDetails: readonly string[] = ["teacher", "other"];

/** For the words under the finding's code in the area `findings`. */
export function findingValues(
  { clipId, details = {} }: Finding,
  document: TimelineDocument,
  say: (words: Words) => string,
  t: TFunction<"inspector">,
): Record<string, string | number> {
  const clip = clipOf(document, clipId ?? null);
  const known = {
    ...(clipId === undefined ? {} : { clip: clipId }),
    ...(clip?.samples === undefined ? {} : { samples: formatNumber(clip.samples) }),
    ...(document.dataset.train === undefined ? {} : { train: formatNumber(document.dataset.train) }),
  };
  const told = Object.entries(details).map(([name, value]) => {
    if (name === "parameter") return [name, paramLabel(document, clipId, String(value), say)];
    if (clipDetails.includes(name)) return [name, clipName(document, String(value), say)];
    return [name, typeof value === "number" ? formatNumber(value) : String(value)];
  });
  const { parameter } = details;
  const problem = typeof parameter === "string" ? paramValues(document, clipId, parameter, say, t) : {};
  return { ...known, ...(Object.fromEntries(told) as Record<string, string>), ...problem };
}

/** What a parameter may be, and what it is. */
function paramValues(
  document: TimelineDocument,
  clipId: string | undefined,
  name: string,
  say: (words: Words) => string,
  t: TFunction<"inspector">,
): Record<string, string> {
  const clip = clipOf(document, clipId ?? null);
  const param = clip && metaOf(clip)?.params[name];
  if (!clip || !param) return { got: name, expected: t("noSuchParameter") };
  const got = shownParam(clip.params[name] ?? "");
  if (param.type === "number") {
    const whole = param.integer ? t("wholeNumber") : "";
    return { got, expected: [whole, rangeText(param, t)].filter((part) => part !== "").join(", ") };
  }
  if (param.type === "switch") return { got, expected: `${t("on")}, ${t("off")}` };
  if (param.type === "network") return { got, expected: param.origins.join(", ") };
  if (param.type !== "choice") {
    const { least, most } = param;
    const many = t("listCount", { least: formatNumber(least), most: formatNumber(most) });
    return { got, expected: param.type === "numbers" ? `${rangeText(param, t)}; ${many}` : many };
  }
  const options = paramWords(clip.block, name)?.options ?? {};
  const expected = param.options.map((option) => (options[option] ? say(options[option]) : option));
  return { got, expected: expected.join(", ") };
}
