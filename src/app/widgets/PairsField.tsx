/** Pairs of layers, each chosen from two lists, or typed where the network's layers are not known. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { describedBy, type FieldProps } from "./field";
import { FieldFrame } from "./FieldFrame";

type Pair = readonly [student: string, teacher: string];

interface Props extends FieldProps {
  readonly value: readonly Pair[];
  /** Layers of the student and of the teacher; empty where they are not known. */
  readonly students: readonly string[];
  readonly teachers: readonly string[];
  readonly most: number;
  readonly problem?: string | undefined;
  onChange(value: readonly Pair[]): void;
}

export function PairsField({
  label,
  value,
  students,
  teachers,
  most,
  hint,
  disabled,
  reset,
  problem,
  onChange,
}: Props) {
  const { t } = useTranslation("inspector");
  const id = useId();
  const [fresh, setFresh] = useState<Pair>(["", ""]);
  const described = describedBy((disabled ?? hint) !== undefined && `${id}-hint`, problem && `${id}-problem`);
  const off = disabled !== undefined;
  const end = (side: 0 | 1, name: string, held: string, change: (layer: string) => void) => {
    const known = side === 0 ? students : teachers;
    const own = { "aria-label": name, className: "field", disabled: off };
    if (known.length === 0) {
      return <input {...own} value={held} autoComplete="off" onChange={(event) => change(event.target.value.trim())} />;
    }
    return (
      <select {...own} value={held} onChange={(event) => change(event.target.value)}>
        {!known.includes(held) && <option value={held}>{held}</option>}
        {known.map((layer) => (
          <option key={layer}>{layer}</option>
        ))}
      </select>
    );
  };
  const full = value.length >= most;
  const ready = fresh[0] !== "" && fresh[1] !== "" && !full;
  return (
    <FieldFrame
      {...{ id, label, reset, hint, disabled, problem }}
      group
      control={null}
      below={
        <ol className="field-pairs" role="group" aria-labelledby={`${id}-label`} aria-describedby={described}>
          {value.map(([student, teacher], i) => {
            const number = i + 1;
            const put = (pair: Pair) => onChange(value.with(i, pair));
            return (
              // A pair has no name but its place: two of them may be the same.
              <li key={i}>
                {end(0, t("pairStudent", { number }), student, (layer) => layer && put([layer, teacher]))}
                <span aria-hidden="true">↔</span>
                {end(1, t("pairTeacher", { number }), teacher, (layer) => layer && put([student, layer]))}
                <button
                  type="button"
                  className="button"
                  aria-label={t("pairRemove", { number })}
                  disabled={off}
                  onClick={() => onChange(value.toSpliced(i, 1))}
                >
                  <span aria-hidden="true">✕</span>
                </button>
              </li>
            );
          })}
          <li>
            {end(0, t("pairNewStudent"), fresh[0], (layer) => setFresh([layer, fresh[1]]))}
            <span aria-hidden="true">↔</span>
            {end(1, t("pairNewTeacher"), fresh[1], (layer) => setFresh([fresh[0], layer]))}
            <button
              type="button"
              className="button"
              disabled={off || !ready}
              onClick={() => {
                onChange([...value, fresh]);
                setFresh(["", ""]);
              }}
            >
              {t("pairAdd")}
            </button>
          </li>
        </ol>
      }
    />
  );
}
