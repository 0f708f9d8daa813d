/** Reading the fields of a Keras layer's config, with errors that name layer, class, field, value and what would do. */
import { EngineError } from "../../core/errors";
import type { Padding, Pair } from "../../core/network";

const largest = 2 ** 31;

export class LayerConfig {
  constructor(
    readonly layer: string,
    readonly className: string,
    readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /** `null` and absent alike are `undefined`. */
  value(field: string): unknown {
    return Object.hasOwn(this.values, field) ? (this.values[field] ?? undefined) : undefined;
  }

  /** A finite number, or `fallback` when it is absent. */
  number(field: string, fallback?: number): number {
    const value = this.value(field) ?? fallback;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.invalid(field, "a finite number");
  }

  integer(field: string, min: number, fallback?: number): number {
    const value = this.number(field, fallback);
    if (Number.isInteger(value) && value >= min && value <= largest) return value;
    throw this.invalid(field, `a whole number of at least ${min}`);
  }

  boolean(field: string, fallback: boolean): boolean {
    const value = this.value(field) ?? fallback;
    if (typeof value === "boolean") return value;
    throw this.invalid(field, "true or false");
  }

  /** `[vertical, horizontal]`; one number stands for both. */
  pair(field: string, fallback?: Pair): Pair {
    const value = this.value(field) ?? fallback;
    const both = typeof value === "number" ? [value, value] : value;
    if (isPair(both) && both.every((n) => n >= 1)) return both;
    throw this.invalid(field, "one or two whole numbers of at least 1");
  }

  padding(): Padding {
    const value = this.value("padding") ?? "valid";
    if (value === "same" || value === "valid") return value;
    throw this.unsupported("padding", "'same' or 'valid'");
  }

  /** Dimensions without the batch; every one known. */
  shape(field: string, value: unknown): number[] {
    if (Array.isArray(value) && value.every((n) => isCount(n) && n >= 1) && value.length >= 1 && value.length <= 4) {
      return value as number[];
    }
    throw this.unsupported(
      field,
      "one to four known dimensions behind the batch; build the model with a fixed input shape",
    );
  }

  /** @throws EngineError `unsupported-layer` unless data_format is channels_last (or absent, or an old spelling) */
  requireChannelsLast(): void {
    const value = this.value("data_format");
    if (value !== undefined && value !== "channels_last" && value !== "channelsLast") {
      throw this.unsupported("data_format", "'channels_last'; build the model with channels last");
    }
  }

  /** @throws EngineError `unsupported-layer` unless the field is absent or `only` */
  require(field: string, only: number | boolean, cure: string): void {
    const value = this.value(field);
    if (value !== undefined && value !== only) throw this.unsupported(field, `${only}; ${cure}`);
  }

  /** Error for a value that is legal in Keras and not here. */
  unsupported(field: string, expected: string): EngineError {
    const value = shown(this.value(field));
    return new EngineError("unsupported-layer", `${this.label}, field ${field}: expected ${expected}, got ${value}`, {
      details: { layer: this.layer, className: this.className, field, value },
    });
  }

  /** Error for a value that Keras would not write. */
  invalid(field: string, expected: string): EngineError {
    const value = shown(this.value(field));
    return new EngineError("invalid-file", `${this.label}, field ${field}: expected ${expected}, got ${value}`, {
      details: { layer: this.layer, className: this.className, field, value },
    });
  }

  /** How messages name it. */
  get label(): string {
    return `layer '${this.layer}' (${this.className})`;
  }
}

export const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largest;

export const isPair = (value: unknown): value is Pair =>
  Array.isArray(value) && value.length === 2 && value.every((n) => isCount(n));

/** A value as a message shows it: short, whatever a file holds. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
