/** One of a few: buttons side by side where they fit, a list to open otherwise. */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { fitsSideBySide } from "./choice-layout";
import { describedBy, type FieldProps } from "./field";
import { FieldFrame } from "./FieldFrame";

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface OptionGroup {
  readonly label: string;
  readonly options: readonly Option[];
}

interface Props extends FieldProps {
  readonly value: string;
  readonly options: readonly Option[];
  /** Further ones, under a heading each; they are always in a list. */
  readonly groups?: readonly OptionGroup[];
  onChange(value: string): void;
}

export function ChoiceField({ label, value, options, groups = [], hint, disabled, reset, onChange }: Props) {
  const { t } = useTranslation("inspector");
  const id = useId();
  const known = [...options, ...groups.flatMap((group) => group.options)].some((option) => option.value === value);
  const problem = known ? undefined : `${t("problemChoice", { got: value })} ${t("cannotRun")}`;
  const described = describedBy(
    (disabled ?? hint) !== undefined && `${id}-hint`,
    problem !== undefined && `${id}-problem`,
  );
  const common = { id, label, reset, hint, disabled, problem };
  if (groups.length === 0 && fitsSideBySide(options.map((option) => option.label))) {
    return (
      <FieldFrame
        {...common}
        group
        control={null}
        below={
          <div
            className="field-segments"
            role="radiogroup"
            aria-labelledby={`${id}-label`}
            aria-describedby={described}
          >
            {options.map((option) => (
              <label key={option.value}>
                <input
                  type="radio"
                  name={id}
                  value={option.value}
                  checked={option.value === value}
                  disabled={disabled !== undefined}
                  onChange={() => onChange(option.value)}
                />
                <span>{option.label}</span>
              </label>
            ))}
          </div>
        }
      />
    );
  }
  const list = (all: readonly Option[]) =>
    all.map((option) => (
      <option key={option.value} value={option.value}>
        {option.label}
      </option>
    ));
  return (
    <FieldFrame
      {...common}
      control={
        <select
          id={id}
          className="field field-select"
          value={value}
          disabled={disabled !== undefined}
          aria-invalid={problem !== undefined}
          aria-describedby={described}
          onChange={(event) => onChange(event.target.value)}
        >
          {!known && <option value={value}>{t("unknownOption", { value })}</option>}
          {list(options)}
          {groups
            .filter((group) => group.options.length > 0)
            .map((group) => (
              <optgroup key={group.label} label={group.label}>
                {list(group.options)}
              </optgroup>
            ))}
        </select>
      }
    />
  );
}
