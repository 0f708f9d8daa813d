/** A list that is typed, with commas or spaces between its entries. It is applied when it is good, and kept while it is not. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { describedBy, type FieldProps } from "./field";
import { FieldFrame } from "./FieldFrame";

interface Props extends FieldProps {
  readonly value: readonly (number | string)[];
  /** What is wrong with the entries, in words; undefined where they can be applied. */
  problemOf(entries: readonly string[]): string | undefined;
  onChange(entries: readonly string[]): void;
}

const entriesOf = (text: string): string[] => text.split(/[\s,，、;；]+/).filter((entry) => entry !== "");
const textOf = (value: Props["value"]): string => value.join(", ");

export function ListField({ label, value, hint, disabled, reset, problemOf, onChange }: Props) {
  const { t } = useTranslation("inspector");
  const id = useId();
  const [draft, setDraft] = useState<{ readonly text: string; readonly of: string } | null>(null);
  const held = textOf(value);
  // What was typed is forgotten when the value changes from elsewhere.
  const typed = draft?.of === held ? draft.text : undefined;
  const problem = problemOf(entriesOf(typed ?? held));
  const said = problem && `${problem} ${typed === undefined ? t("cannotRun") : t("notApplied", { value: held })}`;
  const described = describedBy((disabled ?? hint) !== undefined && `${id}-hint`, said && `${id}-problem`);
  return (
    <FieldFrame
      {...{ id, label, reset, hint, disabled, problem: said }}
      control={
        <input
          id={id}
          className="field field-list"
          value={typed ?? held}
          disabled={disabled !== undefined}
          aria-invalid={said !== undefined}
          aria-describedby={described}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            const text = event.target.value;
            const entries = entriesOf(text);
            const good = problemOf(entries) === undefined;
            setDraft({ text, of: good ? textOf(entries) : held });
            if (good) onChange(entries);
          }}
          onBlur={() => problem === undefined && setDraft(null)}
        />
      }
    />
  );
}
