/** What runs are called: by what differs from the run before, so that a list of runs reads as what was tried. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { paramWords } from "../edits/clip-names";
import { formatNumber } from "../i18n/format";
import { useSay } from "../i18n/i18n";
import type { Run } from "../stores/run-store";
import { useRuns } from "../stores/use-studio";
import { type Difference, nameParts, type Value } from "./run-differences";
import { useBlockName } from "./use-names";

/** By id. */
export function useRunNames(): ReadonlyMap<string, string> {
  const { t } = useTranslation("runs");
  const document = useRuns((runs) => runs.current?.document);
  const id = useRuns((runs) => runs.current?.id);
  const earlier = useRuns((runs) => runs.earlier);
  const sayDifference = useDifferenceWords();
  const parts = useMemo(() => {
    const all: readonly Pick<Run, "id" | "document">[] = [...(document && id ? [{ id, document }] : []), ...earlier];
    return all.map((run, i) => ({ run, name: nameParts(run.document, all[i + 1]?.document) }));
  }, [document, id, earlier]);
  return new Map(
    parts.map(({ run, name }) => {
      if (name === "again") return [run.id, t("again", { name: run.document.name })];
      if (name === "name") return [run.id, run.document.name];
      const more = name.more > 0 ? ` ${t("andMore", { count: name.more })}` : "";
      return [run.id, name.shown.map(sayDifference).join(t("comma")) + more];
    }),
  );
}

interface Subject {
  /** What differs. */
  readonly name: string;
  /** A choice in words; other values as they are. */
  readonly sayOption: (value: Value) => Value;
}

const asItIs = (value: Value): Value => value;

/** What a difference is about. */
export function useDifferenceSubject(): (difference: Difference) => Subject {
  const { t } = useTranslation("runs");
  const say = useSay();
  const blockName = useBlockName();
  return (difference) => {
    switch (difference.what) {
      case "order":
        return { name: t("order"), sayOption: asItIs };
      case "added":
      case "removed":
        return { name: blockName(difference.block), sayOption: asItIs };
      case "field":
        return { name: t(`field_${difference.field}`), sayOption: asItIs };
      case "parameter": {
        const words = paramWords(difference.block, difference.parameter);
        return {
          name: words ? say(words.label) : difference.parameter,
          sayOption: (value) => {
            const option = words?.options?.[String(value)];
            return option ? say(option) : value;
          },
        };
      }
      case "start":
      case "steps":
      case "teacher":
      case "samples":
        return {
          name: t("ofClip", { clip: blockName(difference.block), what: t(`clip_${difference.what}`) }),
          sayOption: asItIs,
        };
    }
  };
}

/** A difference as a short text. */
function useDifferenceWords(): (difference: Difference) => string {
  const { t } = useTranslation("runs");
  const subjectOf = useDifferenceSubject();
  return (difference) => {
    const { name, sayOption } = subjectOf(difference);
    if (!("from" in difference)) return difference.what === "order" ? name : t(difference.what, { name });
    const [from, to] = [difference.from, difference.to].map((value) => sayValue(sayOption(value), t("none")));
    return t("change", { name, from, to });
  };
}

export const sayValue = (value: Value, none: string): string =>
  value === null ? none : typeof value === "number" ? formatNumber(value, { maximumSignificantDigits: 6 }) : value;
