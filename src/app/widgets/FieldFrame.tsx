/** What stands around the control of a field: label, reset, hint, why it is greyed, what is wrong. */
import type { ReactNode } from "react";
import type { FieldReset } from "./field";
import "./field.css";

interface Props {
  readonly id: string;
  readonly label: string;
  /** Whether the label is of a control with `id`; a group is named by the label instead. */
  readonly group?: boolean;
  readonly reset?: FieldReset | undefined;
  /** In the label's line. */
  readonly control: ReactNode;
  /** Below it, over the whole width. */
  readonly below?: ReactNode;
  readonly hint?: string | undefined;
  readonly disabled?: string | undefined;
  readonly problem?: string | undefined;
}

export function FieldFrame({ id, label, group = false, reset, control, below, hint, disabled, problem }: Props) {
  return (
    <div className="field-frame" data-disabled={disabled !== undefined}>
      <div className="field-line">
        {group ? (
          <span className="field-label" id={`${id}-label`}>
            {label}
          </span>
        ) : (
          <label className="field-label" htmlFor={id}>
            {label}
          </label>
        )}
        {reset && (
          <button
            type="button"
            className="field-reset"
            aria-label={reset.label}
            title={reset.label}
            onClick={reset.onReset}
          >
            <span aria-hidden="true">↺</span>
          </button>
        )}
        {control}
      </div>
      {below}
      {(disabled ?? hint) !== undefined && (
        <p className="small quiet" id={`${id}-hint`}>
          {disabled ?? hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="small field-problem" id={`${id}-problem`}>
          <span aria-hidden="true">✕ </span>
          {problem}
        </p>
      )}
    </div>
  );
}
