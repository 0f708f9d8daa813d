/**
 * What a decision of a clip did to the network: which weights and units went, a histogram and a small map of each layer,
 * and what is quantized to which width. Computed from the snapshots before and after, whatever the block is, and only where somebody listens.
 */
import type { ModelAccess } from "../blocks/block";
import { effectiveValues } from "../quantizers/effective";
import { type Network, sizeOfShape, weightedNodes } from "../core/network";
import { type Snapshot, valuesOf } from "../core/snapshot";
import { type AxisCut, cutShape } from "../surgery/cut";
import type { MetricId } from "../tasks/metrics/catalogue";
import type { KeptSlices } from "../training/live-model";
import { type ActivationTrace, type CodesTrace, traceCodes } from "./widths";

/** Counts of |w| in equal bins from 0 to `largest`, of the weights that the network had before. */
export interface WeightHistogram {
  readonly largest: number;
  readonly kept: Uint32Array;
  readonly removed: Uint32Array;
  /** Largest |w| that went, where nothing that small stayed; null where size alone did not decide. */
  readonly threshold: number | null;
}

/**
 * A kernel as at most 64 x 64 cells: rows are what an output is made from, columns the outputs. Values are shares of
 * 255, row by row.
 */
export interface WeightMap {
  readonly rows: number;
  readonly columns: number;
  /** Mean |w| that 255 stands for. */
  readonly largest: number;
  /** Mean |w| before the decision; weights that are gone count as 0. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Fraction that went with this decision of the weights that there were. */
  readonly removed: Uint8Array;
}

export interface LayerTrace {
  /** Node id. */
  readonly layer: string;
  /** Weights of the kernel that were there before, and how many of these went. */
  readonly weights: { readonly before: number; readonly removed: number };
  /** Outputs of the layer before, and which of them went with all their weights, ascending. */
  readonly units: { readonly before: number; readonly removed: Uint32Array };
  /** Null where nothing went. */
  readonly picture: { readonly histogram: WeightHistogram; readonly map: WeightMap } | null;
  /** Absent where the kernel's quantizer is what it was. */
  readonly codes?: CodesTrace;
}

interface DecisionPlace {
  /** Clip id. */
  readonly clip: string;
  /** Decision of the clip, from 0; null for what its end decides. */
  readonly round: number | null;
  /** On the timeline. */
  readonly step: number;
}

/** A decision that was taken. */
export interface TakenDecision extends DecisionPlace {
  readonly kind: "taken";
  /** Every layer with a kernel, in node order. */
  readonly layers: readonly LayerTrace[];
  /** Outputs whose width changed; absent where none did. */
  readonly activations?: readonly ActivationTrace[];
}

/** A decision that the clip's accuracy guard took back: what it removed is there again, and the clip decides no more. */
export interface RevokedDecision extends DecisionPlace {
  readonly kind: "taken-back";
  /** The task's main figure. */
  readonly metric: MetricId;
  /** On the validation images at the clip's start, and with the decision after its recovery. */
  readonly reference: number;
  readonly score: number;
  /** The clip's `accuracyGuard`. */
  readonly allowed: number;
}

export type DecisionTrace = TakenDecision | RevokedDecision;

const bins = 48;
const mostCells = 64;

/** Passes on to a model, and remembers what was cut out of it since. */
export interface WatchedModel extends ModelAccess {
  kept(): KeptSlices;
}

export function watchModel(model: ModelAccess): WatchedModel {
  let kept: KeptSlices = new Map();
  // Whatever else a model can do is done by the model itself.
  return Object.assign(Object.create(model) as ModelAccess, {
    replace(next: Snapshot, cut?: KeptSlices) {
      kept = cut ? composeKept(kept, cut) : kept;
      model.replace(next, cut);
    },
    kept: () => kept,
  });
}

/** What two cuts, one after the other, keep of the first's input. */
export function composeKept(first: KeptSlices, second: KeptSlices): KeptSlices {
  const composed = new Map(first);
  for (const [name, cuts] of second) {
    const before = first.get(name) ?? [];
    const untouched = before.filter(({ axis }) => cuts.every((cut) => cut.axis !== axis));
    const again = cuts.map(({ axis, indices }): AxisCut => {
      const earlier = before.find((cut) => cut.axis === axis)?.indices;
      return { axis, indices: earlier ? indices.map((index) => earlier[index]!) : indices };
    });
    composed.set(name, [...untouched, ...again]);
  }
  return composed;
}

/**
 * What went from one snapshot to the next.
 * @param kept what surgery kept of each parameter that it cut
 * @returns nothing where the next one is another network altogether
 */
export function traceLayers(before: Snapshot, after: Snapshot, kept: KeptSlices): LayerTrace[] {
  return weightedNodes(before.network).flatMap((node) => {
    const { name, shape } = node.params.kernel!;
    const cuts = kept.get(name) ?? [];
    const left = shapeIn(after.network, name);
    if (!left || String(left) !== String(cutShape(shape, cuts))) return [];
    const old = effectiveValues(valuesOf(before, name), before.states.get(name));
    // The same arrays are passed along where nothing changed.
    const same =
      before.values.get(name) === after.values.get(name) && before.states.get(name) === after.states.get(name);
    const now = same ? old : effectiveValues(valuesOf(after, name), after.states.get(name));
    // Outputs of a depthwise kernel are its last two axes.
    const outputAxes = node.op === "depthwise-conv2d" ? 2 : 1;
    const columns = sizeOfShape(shape.slice(-outputAxes));
    const gone = goneWeights(old, now, placesAfter(shape, cuts));
    const cutAway = cuts.some(({ axis }) => axis >= shape.length - outputAxes);
    const [stateBefore, state] = [before.states.get(name), after.states.get(name)];
    const codes = same ? undefined : traceCodes({ values: old, state: stateBefore }, { values: now, state }, columns);
    return [{ ...traceLayer(node.id, old, gone, columns, cutAway), ...(codes ? { codes } : {}) }];
  });
}

const shapeIn = (network: Network, parameter: string) =>
  network.nodes.flatMap(({ params }) => Object.values(params)).find(({ name }) => name === parameter)?.shape;

/** Flat index before -> flat index after, -1 for what was cut; undefined where nothing was. */
function placesAfter(shape: readonly number[], cuts: readonly AxisCut[]): Int32Array | undefined {
  if (cuts.length === 0) return undefined;
  const left = cutShape(shape, cuts);
  let places: Int32Array = Int32Array.of(0);
  shape.forEach((size, axis) => {
    const cut = cuts.find((c) => c.axis === axis);
    const position = Int32Array.from({ length: size }, (_, i) => (cut ? -1 : i));
    cut?.indices.forEach((index, i) => (position[index] = i));
    const next = new Int32Array(places.length * size);
    places.forEach((place, outer) => {
      for (let i = 0; i < size; i++) {
        next[outer * size + i] = place < 0 || position[i]! < 0 ? -1 : place * left[axis]! + position[i]!;
      }
    });
    places = next;
  });
  return places;
}

/** What became of a weight: there was none, it stayed, it went as a zero, it was cut out. */
const [absent, stayed, zeroed, cutOut] = [0, 1, 2, 3] as const;

function goneWeights(old: Float32Array, now: Float32Array, places: Int32Array | undefined): Uint8Array {
  const fate = new Uint8Array(old.length);
  for (let i = 0; i < old.length; i++) {
    const place = places ? places[i]! : i;
    if (old[i] === 0) fate[i] = place < 0 ? cutOut : absent;
    else if (place < 0) fate[i] = cutOut;
    else fate[i] = now[place] === 0 ? zeroed : stayed;
  }
  return fate;
}

/** @param cutAway whether outputs were cut out, even those whose weights were zero already */
function traceLayer(layer: string, old: Float32Array, fate: Uint8Array, columns: number, cutAway: boolean): LayerTrace {
  const rows = old.length / columns;
  let before = 0;
  let removed = 0;
  const left = new Uint32Array(columns);
  const went = new Uint32Array(columns);
  const cut = new Uint32Array(columns);
  for (let i = 0; i < old.length; i++) {
    const column = i % columns;
    if (fate[i] === cutOut) cut[column]!++;
    if (old[i] === 0) continue;
    before++;
    if (fate[i] === stayed) left[column]!++;
    else {
      removed++;
      went[column]!++;
    }
  }
  const units = Uint32Array.from({ length: columns }, (_, c) => c).filter(
    (c) => left[c] === 0 && (went[c]! > 0 || (cutAway && cut[c] === rows)),
  );
  return {
    layer,
    weights: { before, removed },
    units: { before: columns, removed: units },
    picture: removed === 0 ? null : { histogram: histogramOf(old, fate), map: mapOf(old, fate, rows, columns) },
  };
}

function histogramOf(old: Float32Array, fate: Uint8Array): WeightHistogram {
  let largest = 0;
  for (const weight of old) largest = Math.max(largest, Math.abs(weight));
  const kept = new Uint32Array(bins);
  const removed = new Uint32Array(bins);
  let largestRemoved = 0;
  let smallestKept = Infinity;
  for (let i = 0; i < old.length; i++) {
    const size = Math.abs(old[i]!);
    if (size === 0) continue;
    const bin = Math.min(bins - 1, Math.floor((size / largest) * bins));
    if (fate[i] === stayed) {
      kept[bin]!++;
      smallestKept = Math.min(smallestKept, size);
    } else {
      removed[bin]!++;
      largestRemoved = Math.max(largestRemoved, size);
    }
  }
  return { largest, kept, removed, threshold: largestRemoved <= smallestKept ? largestRemoved : null };
}

function mapOf(old: Float32Array, fate: Uint8Array, rows: number, columns: number): WeightMap {
  const cellRows = Math.min(rows, mostCells);
  const cellColumns = Math.min(columns, mostCells);
  const cells = cellRows * cellColumns;
  const columnOf = Uint32Array.from({ length: columns }, (_, c) => Math.floor((c * cellColumns) / columns));
  const size = new Uint32Array(cells);
  const present = new Uint32Array(cells);
  const gone = new Uint32Array(cells);
  const sumBefore = new Float64Array(cells);
  const sumAfter = new Float64Array(cells);
  for (let r = 0, i = 0; r < rows; r++) {
    const first = Math.floor((r * cellRows) / rows) * cellColumns;
    for (let c = 0; c < columns; c++, i++) {
      const cell = first + columnOf[c]!;
      size[cell]!++;
      if (old[i] === 0) continue;
      const magnitude = Math.abs(old[i]!);
      present[cell]!++;
      sumBefore[cell]! += magnitude;
      if (fate[i] === stayed) sumAfter[cell]! += magnitude;
      else gone[cell]!++;
    }
  }
  const largest = sumBefore.reduce((max, sum, cell) => Math.max(max, sum / size[cell]!), 0);
  const share = (sum: number, cell: number) => Math.round((255 * sum) / size[cell]! / (largest || 1));
  return {
    rows: cellRows,
    columns: cellColumns,
    largest,
    before: Uint8Array.from(sumBefore, share),
    after: Uint8Array.from(sumAfter, share),
    removed: Uint8Array.from(gone, (count, cell) => Math.round((255 * count) / (present[cell] || 1))),
  };
}

/** Whether anything went, or got another quantizer. */
export const decidesAnything = (layers: readonly LayerTrace[], activations: readonly ActivationTrace[]): boolean =>
  removesAnything(layers) || layers.some(({ codes }) => codes !== undefined) || activations.length > 0;

/** Whether anything went. */
export const removesAnything = (layers: readonly LayerTrace[]): boolean =>
  layers.some(({ weights, units }) => weights.removed > 0 || units.removed.length > 0);
