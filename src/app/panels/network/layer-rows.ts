/** The rows of the table of layers, their totals and their order. */
import { compareLayers, type LayerOp } from "../../charts/layers";
import type { Tensors } from "../../stores/run-store";

export interface LayerRow {
  readonly id: string;
  /** As an inspected file says; else read off the shape. */
  readonly op: LayerOp;
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly nonZero: number;
  /** Fraction of its parameters that are zero. */
  readonly sparsity: number;
  readonly codec: string;
  readonly bits: number | null;
  readonly before: number | null;
  readonly now: number;
  readonly ratio: number | null;
  /** Of the bytes of all weights. */
  readonly share: number;
  readonly gone: boolean;
}

/** @param sizeBytes of all value streams of the file */
export function layerRows(before: Tensors | null, now: Tensors, sizeBytes: number): readonly LayerRow[] {
  return compareLayers(before, now).map(({ id, before: old, now: layer }) => {
    const shown = layer ?? old!;
    const [parameters, nonZero] = [layer?.count ?? 0, layer?.nonZero ?? 0];
    const bytes = layer?.sizeBytes ?? 0;
    return {
      id,
      op: shown.op,
      shape: shown.shape,
      parameters,
      nonZero,
      sparsity: parameters > 0 ? 1 - nonZero / parameters : 0,
      codec: layer?.codec ?? "",
      bits: layer?.bits ?? null,
      before: old?.sizeBytes ?? null,
      now: bytes,
      ratio: old && bytes > 0 ? old.sizeBytes / bytes : null,
      share: sizeBytes > 0 ? bytes / sizeBytes : 0,
      gone: layer === null,
    };
  });
}

export interface Totals {
  readonly parameters: number;
  readonly nonZero: number;
  readonly sparsity: number;
  readonly before: number | null;
  readonly now: number;
  readonly ratio: number | null;
  /** What the file holds beside the layers' weights: how activations are quantized. */
  readonly activations: number;
}

export function totalsOf(rows: readonly LayerRow[], sizeBytes: number): Totals {
  const sum = (value: (row: LayerRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  const [parameters, nonZero] = [sum((row) => row.parameters), sum((row) => row.nonZero)];
  const before = rows.some((row) => row.before !== null) ? sum((row) => row.before ?? 0) : null;
  return {
    parameters,
    nonZero,
    sparsity: parameters > 0 ? 1 - nonZero / parameters : 0,
    before,
    now: sizeBytes,
    ratio: before !== null && sizeBytes > 0 ? before / sizeBytes : null,
    activations: sizeBytes - sum((row) => row.now),
  };
}

export const sortKeys = [
  "id",
  "op",
  "parameters",
  "nonZero",
  "sparsity",
  "codec",
  "before",
  "now",
  "ratio",
  "share",
] as const;
export type SortKey = (typeof sortKeys)[number];
export interface Sorting {
  readonly key: SortKey;
  readonly down: boolean;
}

/** Words go up first and figures down: what is largest is looked for. A third press gives the network's own order back. */
export function nextSorting(sorting: Sorting | null, key: SortKey): Sorting | null {
  const first = !["id", "op", "codec"].includes(key);
  if (sorting?.key !== key) return { key, down: first };
  return sorting.down === first ? { key, down: !first } : null;
}

export function sorted(rows: readonly LayerRow[], sorting: Sorting | null): readonly LayerRow[] {
  if (!sorting) return rows;
  const { key, down } = sorting;
  const order = (a: LayerRow, b: LayerRow): number => {
    const [x, y] = [a[key], b[key]];
    if (typeof x === "string" && typeof y === "string") return x < y ? -1 : x > y ? 1 : 0;
    // What is not known is less than anything.
    return Number(x ?? -1) - Number(y ?? -1);
  };
  return [...rows].sort((a, b) => (down ? -order(a, b) : order(a, b)));
}
