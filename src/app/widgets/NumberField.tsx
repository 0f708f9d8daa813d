/**
 * A number that is typed, in whatever way people write numbers; arrow keys go up and down. Good values are applied at
 * once, wrong ones are not and are said beside the field.
 */
import { type KeyboardEvent, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { NumberParam } from "../../engine/blocks/params";
import { inspector } from "../i18n/catalogue/inspector";
import { describedBy, type FieldProps } from "./field";
import { FieldFrame } from "./FieldFrame";
import { fieldText, formatValue, plainNumber, rangeText, unitSuffix } from "./format-value";
import { parseNumber } from "./parse-number";
import { useGesture } from "./use-gesture";
import { type FieldValue, useNumberDraft } from "./use-number-draft";

export interface NumberFieldProps extends FieldProps {
  /** Undefined for an empty field, where `blank` allows it; text where a document holds something else. */
  readonly value: FieldValue;
  readonly number: Pick<NumberParam, "min" | "max" | "step" | "integer" | "unit" | "off">;
  /** What an empty field means. */
  readonly blank?: string;
  /** In the place of the unit. */
  readonly suffix?: string;
  /** @param gesture name of what should be one step to undo */
  onChange(value: number | undefined, gesture: string): void;
  readonly below?: ReactNode;
}

const offWords = Object.values(inspector.off);

/** In the field's steps, from where the value is; a step is at least the last digit. */
function stepped(value: number, by: number, { min, max, step, integer }: NumberFieldProps["number"]): number {
  const next = Number((value + by * step).toPrecision(12));
  return Math.min(max, Math.max(min, integer ? Math.round(next) : next));
}

/** React takes numbers alone for these, and writes small ones with an exponent: it is given text. */
const attribute = (value: number) => plainNumber(value) as unknown as number;

export function NumberField(props: NumberFieldProps) {
  const { label, value, number, blank, suffix, hint, disabled, reset, onChange, below } = props;
  const { t } = useTranslation("inspector");
  const id = useId();
  const gesture = useGesture();
  const change = (next: number | undefined) => onChange(next, gesture.name());
  const draft = useNumberDraft({
    value,
    range: number,
    text: (shown) => (shown === number.off ? t("off") : fieldText(shown, number.unit)),
    parse: (typed) => parseNumber(typed, number, { fraction: number.unit === "fraction", offWords }),
    blank: blank !== undefined,
    onChange: change,
  });
  const { problem } = draft;
  const range = hint ?? rangeText(number, t);
  const good = typeof value === "number";
  const stays = good ? formatValue(value, number, t) : (blank ?? String(value));
  const says =
    problem &&
    `${t(`problem_${problem.kind}`, { expected: rangeText(number, t), got: problem.got })} ${
      draft.typed ? t("notApplied", { value: stays }) : t("cannotRun")
    }`;

  const onKey = (event: KeyboardEvent) => {
    const direction = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (direction !== undefined && good && value !== number.off) {
      event.preventDefault();
      draft.drop();
      const next = stepped(value, direction, number);
      if (next !== value) change(next);
    } else if (event.key === "Enter") {
      draft.settle();
      gesture.begin();
    } else if (event.key === "Escape") draft.drop();
  };

  const unit = suffix ?? (value === number.off ? "" : unitSuffix(number.unit, t));
  return (
    <FieldFrame
      id={id}
      label={label}
      reset={reset}
      hint={range}
      disabled={disabled}
      problem={says}
      below={below}
      control={
        <span className="field-number">
          <input
            id={id}
            className="field"
            type="text"
            role="spinbutton"
            inputMode={number.integer ? "numeric" : "decimal"}
            autoComplete="off"
            spellCheck={false}
            disabled={disabled !== undefined}
            value={draft.text}
            placeholder={blank}
            aria-valuenow={good ? attribute(value) : undefined}
            aria-valuemin={attribute(number.min)}
            aria-valuemax={attribute(number.max)}
            aria-valuetext={good ? formatValue(value, number, t) : undefined}
            aria-invalid={problem !== undefined}
            aria-describedby={describedBy(`${id}-hint`, problem !== undefined && `${id}-problem`)}
            onFocus={gesture.begin}
            onChange={(event) => draft.type(event.target.value)}
            onBlur={() => {
              draft.settle();
              gesture.begin();
            }}
            onKeyDown={onKey}
          />
          {unit !== "" && <span className="small quiet">{unit}</span>}
        </span>
      }
    />
  );
}
