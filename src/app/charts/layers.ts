/**
 * The tensors of a boundary, layer by layer. The engine tells tensors as `<layer>/<role>`; what a layer does is read off
 * the shape of its kernel.
 */
import type { TimelineDocument } from "../../engine/document/document";
import type { Boundary, Run, Tensors } from "../stores/run-store";

export type LayerOp = "conv2d" | "depthwise-conv2d" | "dense" | "batch-norm" | "other";

export interface Layer {
  readonly id: string;
  readonly op: LayerOp;
  /** Of its kernel, or of its first parameter where it has none. */
  readonly shape: readonly number[];
  /** Of the same. */
  readonly codec: string;
  /** Of one stored value, where the codec tells. */
  readonly bits: number | null;
  readonly sizeBytes: number;
  readonly nonZero: number;
  readonly count: number;
}

/** In the order of the network. */
export function layersOf(tensors: Tensors): readonly Layer[] {
  const byId = new Map<string, Tensors[number][]>();
  for (const tensor of tensors) {
    const id = tensor.name.replace(/\/[^/]*$/, "");
    const known = byId.get(id);
    if (known) known.push(tensor);
    else byId.set(id, [tensor]);
  }
  return [...byId].map(([id, own]) => {
    const main = own.find(({ name }) => name.endsWith("/kernel")) ?? own[0]!;
    const sum = (value: (tensor: Tensors[number]) => number) => own.reduce((total, tensor) => total + value(tensor), 0);
    return {
      id,
      op: opOf(main),
      shape: main.shape,
      codec: main.codec,
      bits: bitsOf(main.codec),
      sizeBytes: sum(({ sizeBytes }) => sizeBytes),
      nonZero: sum(({ nonZero }) => nonZero),
      count: sum(({ count }) => count),
    };
  });
}

function opOf({ name, shape }: Tensors[number]): LayerOp {
  if (/\/(gamma|beta|movingMean|movingVariance)$/.test(name)) return "batch-norm";
  if (!name.endsWith("/kernel")) return "other";
  if (shape.length === 2) return "dense";
  if (shape.length !== 4) return "other";
  // `[height, width, channels, multiplier]` against `[height, width, in, filters]`: a convolution keeps two filters at least.
  return shape[3] === 1 && shape[2]! > 1 ? "depthwise-conv2d" : "conv2d";
}

function bitsOf(codec: string): number | null {
  const coded = /(\d+)-bit/.exec(codec);
  if (coded) return Number(coded[1]);
  if (codec.includes("f32")) return 32;
  return codec.includes("f16") ? 16 : null;
}

export interface LayerChange {
  readonly id: string;
  /** Null of a layer that the original does not have, or where the original is not known. */
  readonly before: Layer | null;
  /** Null of a layer that is gone. */
  readonly now: Layer | null;
}

/** Layers in the order of the network as it is, then those that are gone. */
export function compareLayers(before: Tensors | null, now: Tensors): readonly LayerChange[] {
  const old = new Map(layersOf(before ?? []).map((layer) => [layer.id, layer]));
  const current = layersOf(now).map((layer) => ({ id: layer.id, before: old.get(layer.id) ?? null, now: layer }));
  const gone = [...old.values()].filter(({ id }) => !current.some((change) => change.id === id));
  return [...current, ...gone.map((layer) => ({ id: layer.id, before: layer, now: null }))];
}

type Inputs = Pick<TimelineDocument, "dataset" | "model">;

/** Whether two runs began with the same network on the same data, so that their figures can be compared. */
export const isComparable = (a: { document: Inputs }, b: { document: Inputs }): boolean =>
  a.document.dataset.id === b.document.dataset.id && a.document.model.source === b.document.model.source;

const ofOriginal = ({ boundaries }: Pick<Run, "boundaries">): Boundary | undefined =>
  boundaries.find(({ point }) => point.clip === null && point.step === 0);

/** The original of a run. One that went on from a kept state did not measure it again: an earlier run has it then. */
export const originalOf = (run: Run, earlier: readonly Run[]): Boundary | null =>
  ofOriginal(run) ??
  earlier
    .filter((other) => isComparable(run, other) && other.document.seed === run.document.seed)
    .map(ofOriginal)
    .find((found) => found !== undefined) ??
  null;
