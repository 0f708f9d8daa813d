/** What runs are called: by what differs from the run before, so that a list of runs reads as what was tried. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { isBlockId } from "../../engine/blocks/catalog";
import type { BlockWords } from "../../engine/blocks/block";
import { blockWords } from "../../engine/blocks/words";
import type { Words } from "../../survey/words";
import { formatNumber } from "../i18n/format";
import { useSay } from "../i18n/i18n";
import type { Run } from "../stores/run-store";
import { useRuns } from "../stores/use-studio";
import { type Difference, type FieldName, nameParts, type Value } from "./run-differences";
import { useBlockName } from "./use-names";

/** By id. */
export function useRunNames(): ReadonlyMap<string, string> {
  const current = useRuns((runs) => runs.current?.document);
  const currentId = useRuns((runs) => runs.current?.id);
  const earlier = useRuns((runs) => runs.earlier);
  const sayDifference = useDifferenceWords();
  const { t } = useTranslation("runs");
  return useMemo(() => {
    type Named = Pick<Run, "id" | "document">;
    const all: readonly Named[] = [...(current && currentId ? [{ id: currentId, document: current }] : []), ...earlier];
    return new Map(
      all.map(({ id, document }, i) => {
        const parts = nameParts(document, all[i + 1]?.document);
        if (parts === "again") return [id, t("again", { name: document.name })];
        if (parts === "name") return [id, document.name];
        const more = parts.more > 0 ? ` ${t("andMore", { count: parts.more })}` : "";
        return [id, parts.shown.map(sayDifference).join(t("comma")) + more];
      }),
    );
  }, [current, currentId, earlier, sayDifference, t]);
}

/** A difference as a short text. */
export function useDifferenceWords(): (difference: Difference) => string {
  const { t } = useTranslation("runs");
  const say = useSay();
  const blockName = useBlockName();
  const sayFields = useFieldWords();
  return useMemo(
    () => (difference) => {
      const change = (name: string, from: Value, to: Value) =>
        t("change", { name, from: sayValue(from, t("none")), to: sayValue(to, t("none")) });
      switch (difference.what) {
        case "order":
          return t("order");
        case "added":
          return t("added", { name: blockName(difference.block) });
        case "removed":
          return t("removed", { name: blockName(difference.block) });
        case "field":
          return change(sayFields(difference.field), difference.from, difference.to);
        case "parameter": {
          const { block, parameter } = difference;
          const words = parameterWords(block, parameter);
          const sayOption = (value: Value) => {
            const option = words?.options?.[String(value)];
            return option ? say(option) : value;
          };
          return change(words ? say(words.label) : parameter, sayOption(difference.from), sayOption(difference.to));
        }
        case "start":
        case "steps":
        case "teacher":
        case "samples":
          return change(
            t("ofClip", { clip: blockName(difference.block), what: t(`clip_${difference.what}`) }),
            difference.from,
            difference.to,
          );
      }
    },
    // The names follow the language, and `t` changes with it.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
    [t],
  );
}

export function useFieldWords(): (field: FieldName) => string {
  const { t } = useTranslation("runs");
  return (field) => t(`field_${field}`);
}

export const sayValue = (value: Value, none: string): string =>
  value === null ? none : typeof value === "number" ? formatNumber(value, { maximumSignificantDigits: 6 }) : value;

interface ParameterWords {
  readonly label: Words;
  readonly options?: Readonly<Record<string, Words>>;
}

function parameterWords(block: string, parameter: string): ParameterWords | undefined {
  if (!isBlockId(block)) return undefined;
  const { params }: BlockWords = blockWords[block];
  return (params as Readonly<Record<string, ParameterWords>>)[parameter];
}
