/**
 * What is typed into a number field: applied as soon as it is a good value, kept beside the value while it is not. What
 * was typed is forgotten when the value changes from elsewhere.
 */
import { useState } from "react";
import { heldProblem, type NumberProblem, type NumberRange, type Parsed } from "./parse-number";

/** Undefined where an empty field means something. */
export type FieldValue = number | string | undefined;

interface Options {
  readonly value: FieldValue;
  readonly range: NumberRange;
  /** How the value is written. */
  readonly text: (value: number) => string;
  readonly parse: (typed: string) => Parsed;
  /** Whether an empty field is a value. */
  readonly blank: boolean;
  onChange(value: number | undefined): void;
}

export interface NumberDraft {
  readonly text: string;
  readonly problem: NumberProblem | undefined;
  /** Whether the problem is of what was typed, not of what the document holds. */
  readonly typed: boolean;
  type(text: string): void;
  /** Writes a good value as it is written; a wrong one stays to be mended. */
  settle(): void;
  /** Forgets what was typed. */
  drop(): void;
}

export function useNumberDraft({ value, range, text, parse, blank, onChange }: Options): NumberDraft {
  const [draft, setDraft] = useState<{ readonly text: string; readonly value: FieldValue } | null>(null);
  const live = draft && Object.is(draft.value, value) ? draft : null;

  const read = (typed: string): { value?: number | undefined; problem?: NumberProblem | undefined } =>
    blank && typed.trim() === "" ? {} : parse(typed);
  const typed = live ? read(live.text) : undefined;
  const held = value === undefined ? undefined : heldProblem(value, range);
  const written = value === undefined ? "" : typeof value === "number" ? text(value) : value;

  return {
    text: live?.text ?? written,
    problem: typed ? typed.problem : held,
    typed: typed?.problem !== undefined,
    type(next) {
      const { value: good, problem } = read(next);
      setDraft({ text: next, value: problem ? value : good });
      if (!problem && good !== value) onChange(good);
    },
    settle() {
      if (!typed?.problem || typed.problem.kind === "empty") setDraft(null);
    },
    drop: () => setDraft(null),
  };
}
