/** What every field of a form takes besides its value. */
export interface FieldReset {
  /** Said and shown on hover: what it resets to. */
  readonly label: string;
  onReset(): void;
}

export interface FieldProps {
  readonly label: string;
  /** Unit, range, or whatever else helps to fill it in. */
  readonly hint?: string;
  /** Why it makes no difference now; it is greyed then. */
  readonly disabled?: string | undefined;
  /** Present where the value is not the default. */
  readonly reset?: FieldReset | undefined;
}

/** Ids of what describes a field, as `aria-describedby` wants them. */
export const describedBy = (...ids: readonly (string | false | undefined)[]): string | undefined =>
  ids.filter((id) => typeof id === "string").join(" ") || undefined;
