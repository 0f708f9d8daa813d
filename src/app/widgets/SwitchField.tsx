/** Something that is on or off. */
import { useId } from "react";
import { describedBy, type FieldProps } from "./field";
import { FieldFrame } from "./FieldFrame";

interface Props extends FieldProps {
  readonly value: boolean;
  readonly problem?: string | undefined;
  onChange(value: boolean): void;
}

export function SwitchField({ label, value, hint, disabled, reset, problem, onChange }: Props) {
  const id = useId();
  const described = describedBy((disabled ?? hint) !== undefined && `${id}-hint`, problem && `${id}-problem`);
  return (
    <FieldFrame
      {...{ id, label, reset, hint, disabled, problem }}
      control={
        <input
          id={id}
          className="field-check"
          type="checkbox"
          checked={value}
          disabled={disabled !== undefined}
          aria-describedby={described}
          onChange={(event) => onChange(event.target.checked)}
        />
      }
    />
  );
}
