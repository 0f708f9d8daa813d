/** Arrays out of a user's file to images and class indices; every value is checked. */
import { EngineError } from "../core/errors";
import type { NpyValues } from "../formats/npz";

export interface RawArray {
  /** The count comes first. */
  readonly shape: readonly number[];
  readonly values: NpyValues;
  /** File, or file and array, as messages name it. */
  readonly field: string;
}

const mostClasses = 256;

/** Bytes stay bytes (a network sees value / 255), wider integers must be bytes too, floats are taken as they are. */
export function imagesOf({ values, field }: RawArray): Uint8Array | Float32Array {
  if (values instanceof Uint8Array) return values;
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  const bad = isFloat
    ? values.findIndex((value) => !Number.isFinite(Math.fround(value)))
    : values.findIndex((value) => value < 0 || value > 255);
  if (bad >= 0) {
    throw invalid(
      field,
      isFloat ? "finite values" : "integers in [0, 255] or floats",
      `${values[bad]} at index ${bad}`,
    );
  }
  return isFloat ? Float32Array.from(values) : Uint8Array.from(values);
}

/**
 * Class indices from `[N]` or `[N, 1]` integers, or from `[N, K]` one-hot rows.
 * @param images whose labels they are: as many
 * @param classes what train has, when these are the test set's; else the largest label decides (at least 2)
 */
export function labelsOf(raw: RawArray, images: RawArray, classes?: number): { labels: Uint8Array; classes: number } {
  const { shape, field } = raw;
  const [count = 0, columns = 1] = shape;
  if (shape.length < 1 || shape.length > 2 || columns < 1) {
    throw invalid(field, "labels [N], [N, 1] or one-hot [N, classes]", `[${shape.join(", ")}]`);
  }
  if (count !== images.shape[0]) {
    throw invalid(field, `${images.shape[0]} labels, one for each image of '${images.field}'`, `${count}`);
  }
  const labels = columns === 1 ? indexLabels(raw) : oneHotLabels(raw, count, columns);
  if (columns > 1 && classes !== undefined && columns !== classes) {
    throw invalid(field, `${classes} columns as in the train labels`, `${columns}`);
  }
  const largest = labels.reduce((max, label) => Math.max(max, label), 1);
  if (classes !== undefined && largest >= classes) {
    throw invalid(field, `labels in [0, ${classes - 1}] as in the train labels`, labelAt(labels, largest));
  }
  return { labels, classes: classes ?? (columns > 1 ? columns : largest + 1) };
}

const labelAt = (labels: Uint8Array, label: number): string => `${label} at index ${labels.indexOf(label)}`;

function indexLabels({ values, field }: RawArray): Uint8Array {
  const bad = values.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= mostClasses);
  if (bad >= 0) throw invalid(field, `whole labels in [0, ${mostClasses - 1}]`, `${values[bad]} at index ${bad}`);
  return Uint8Array.from(values);
}

function oneHotLabels({ values, field }: RawArray, count: number, columns: number): Uint8Array {
  if (columns > mostClasses) throw invalid(field, `at most ${mostClasses} classes`, `${columns} columns`);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const cells = values.subarray(row * columns, (row + 1) * columns);
    const label = cells.indexOf(1);
    if (label < 0 || cells.some((cell, column) => cell !== (column === label ? 1 : 0))) {
      throw invalid(field, "one-hot rows (a single 1, else 0)", `[${cells.join(", ")}] in row ${row}`);
    }
    labels[row] = label;
  }
  return labels;
}

const invalid = (field: string, expected: string, got: string): EngineError =>
  new EngineError("invalid-file", `'${field}': expected ${expected}, got ${got}`, { details: { field } });
