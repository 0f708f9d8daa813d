/** Some of a few, in their order: a box to tick for each. What the value holds besides is shown, and can be taken out. */
import { useId } from "react";
import { describedBy, type FieldProps } from "./field";
import { FieldFrame } from "./FieldFrame";

interface Props extends FieldProps {
  readonly value: readonly string[];
  readonly options: readonly string[];
  readonly problem?: string | undefined;
  onChange(value: readonly string[]): void;
}

export function SetField({ label, value, options, hint, disabled, reset, problem, onChange }: Props) {
  const id = useId();
  const described = describedBy((disabled ?? hint) !== undefined && `${id}-hint`, problem && `${id}-problem`);
  const all = [...options, ...value.filter((own) => !options.includes(own))];
  return (
    <FieldFrame
      {...{ id, label, reset, hint, disabled, problem }}
      group
      control={null}
      below={
        <div className="field-set" role="group" aria-labelledby={`${id}-label`} aria-describedby={described}>
          {all.map((option) => (
            <label key={option}>
              <input
                type="checkbox"
                checked={value.includes(option)}
                disabled={disabled !== undefined}
                onChange={(event) => {
                  const { checked } = event.target;
                  onChange(all.filter((other) => (other === option ? checked : value.includes(other))));
                }}
              />
              <span>{option}</span>
            </label>
          ))}
        </div>
      }
    />
  );
}
