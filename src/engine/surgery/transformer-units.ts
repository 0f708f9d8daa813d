/**
 * The units of a transformer, and what goes with each: an attention head, a unit of a feed-forward layer, a dimension of
 * the embedding. Pure shapes and masks. The networks of today have no attention; when they do, their surgery and their
 * accounting are these.
 *
 * A layer is `x + Wo attention(norm1(x))`, then `x + W2 f(W1 norm2(x))`; kernels are `[in, out]`. Head h of width dh owns
 * columns `h dh .. (h + 1) dh - 1` of Wq, Wk, Wv and their biases, and the same rows of Wo. Unit j of a feed-forward layer
 * owns column j of W1, entry j of its bias, row j of W2. Dimension e of the embedding is entry e of every embedding,
 * residual and layer normalization: one group for the whole network.
 *
 * Scores are scaled by `1 / sqrt(dh)`, whatever is left: the width of a head never changes. Masked heads and feed-forward
 * units leave what the smaller network computes; a dimension does so only where layer normalization takes its mean and
 * variance over the dimensions that are left.
 */
import { EngineError } from "../core/errors";
import { type Shape, sizeOfShape } from "../core/network";
import type { AxisCut } from "./cut";

export interface TransformerLayer {
  readonly heads: number;
  /** Units of the feed-forward layer. */
  readonly ffn: number;
}

export interface Transformer {
  /** Dimensions of the embedding, d. */
  readonly width: number;
  /** Dimensions of a head, dh: `d / heads` before anything is removed. */
  readonly headWidth: number;
  readonly layers: readonly TransformerLayer[];
  /** Embeddings of tokens; 0 for none. */
  readonly vocabulary: number;
  /** Embeddings of positions; 0 for none. */
  readonly positions: number;
  /** Outputs of the dense layer behind the last layer normalization; 0 for none. */
  readonly classes: number;
}

/** The units that go, by their numbers in the transformer at hand. */
export interface TransformerRemovals {
  /** Layer -> heads. */
  readonly heads?: ReadonlyMap<number, Iterable<number>>;
  /** Layer -> units of its feed-forward layer. */
  readonly ffn?: ReadonlyMap<number, Iterable<number>>;
  readonly embedding?: Iterable<number>;
}

/** What an axis of a parameter counts: dimensions of the embedding, of heads, or units of a feed-forward layer. */
type AxisKind = "embedding" | "heads" | "ffn" | "fixed";

interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly axes: readonly AxisKind[];
  /** Of a layer's own. */
  readonly layer: number;
}

function parameters({ width, headWidth, layers, vocabulary, positions, classes }: Transformer): Parameter[] {
  const found: Parameter[] = [];
  const add = (layer: number, name: string, axes: readonly (readonly [AxisKind, number])[]) => {
    const shape = axes.map(([, size]) => size);
    if (sizeOfShape(shape) > 0) found.push({ name, shape, axes: axes.map(([kind]) => kind), layer });
  };
  const dimensions = ["embedding", width] as const;
  const norm = (layer: number, name: string) => {
    for (const role of ["gamma", "beta"]) add(layer, `${name}/${role}`, [dimensions]);
  };
  const dense = (layer: number, name: string, from: readonly [AxisKind, number], to: readonly [AxisKind, number]) => {
    add(layer, `${name}/kernel`, [from, to]);
    add(layer, `${name}/bias`, [to]);
  };
  add(-1, "tokens/embedding", [["fixed", vocabulary], dimensions]);
  add(-1, "positions/embedding", [["fixed", positions], dimensions]);
  layers.forEach(({ heads, ffn }, l) => {
    const attended = ["heads", heads * headWidth] as const;
    norm(l, `${l}/norm1`);
    for (const name of ["query", "key", "value"]) dense(l, `${l}/${name}`, dimensions, attended);
    dense(l, `${l}/output`, attended, dimensions);
    norm(l, `${l}/norm2`);
    dense(l, `${l}/ffn1`, dimensions, ["ffn", ffn]);
    dense(l, `${l}/ffn2`, ["ffn", ffn], dimensions);
  });
  norm(-1, "norm");
  dense(-1, "logits", dimensions, ["fixed", classes]);
  return found;
}

/**
 * Name -> shape of every parameter: `tokens/embedding`, `positions/embedding`, `norm/..`, `logits/..`, and of layer l
 * `l/norm1`, `l/query`, `l/key`, `l/value`, `l/output`, `l/norm2`, `l/ffn1`, `l/ffn2`, each with `kernel` and `bias`, or
 * `gamma` and `beta`.
 */
export const transformerShapes = (transformer: Transformer): Map<string, Shape> =>
  new Map(parameters(transformer).map(({ name, shape }) => [name, shape]));

export const transformerParameters = (transformer: Transformer): number =>
  parameters(transformer).reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);

export interface TransformerMacs {
  /** Products with weights, which is what `macs` are elsewhere. */
  readonly weights: number;
  /** Products of queries with keys, and of attention with values. */
  readonly attention: number;
}

/** Multiply-accumulates of one sequence; the dense layer behind the last normalization reads one token. */
export function transformerMacs(transformer: Transformer, tokens: number): TransformerMacs {
  let weights = 0;
  for (const { name, shape } of parameters(transformer)) {
    if (name.endsWith("/kernel")) weights += sizeOfShape(shape) * (name === "logits/kernel" ? 1 : tokens);
  }
  const attended = transformer.layers.reduce((sum, { heads }) => sum + heads * transformer.headWidth, 0);
  return { weights, attention: 2 * tokens * tokens * attended };
}

/** Factor of the products of queries with keys. */
export const attentionScale = ({ headWidth }: Transformer): number => 1 / Math.sqrt(headWidth);

interface Plan {
  /** Indices that stay along an axis of that kind in that layer; undefined where all do. */
  readonly kept: (kind: AxisKind, layer: number) => Uint32Array | undefined;
}

/** @throws EngineError `invalid-params` for a unit that is not there, `not-prunable` where none would stay */
function planOf(transformer: Transformer, { heads, ffn, embedding }: TransformerRemovals): Plan {
  const stay = (what: string, count: number, going: Iterable<number>): Uint32Array => {
    const gone = new Set(going);
    for (const unit of gone) {
      if (Number.isInteger(unit) && unit >= 0 && unit < count) continue;
      throw new EngineError("invalid-params", `expected ${what} from 0 to ${count - 1}, got ${unit}`);
    }
    const left = Uint32Array.from({ length: count }, (_, unit) => unit).filter((unit) => !gone.has(unit));
    if (left.length === 0) {
      throw new EngineError("not-prunable", `expected one of the ${what} to stay, got all ${count}; drop the layer`);
    }
    return left;
  };
  const ofLayers = (kind: "heads" | "ffn", removals: TransformerRemovals["heads"]) =>
    new Map(
      [...(removals ?? [])].map(([l, going]) => {
        const layer = transformer.layers[l];
        const { length } = transformer.layers;
        if (!layer) throw new EngineError("invalid-params", `expected layers from 0 to ${length - 1}, got ${l}`);
        return [l, stay(`${kind === "heads" ? "heads" : "feed-forward units"} of layer ${l}`, layer[kind], going)];
      }),
    );
  const keptUnits = { heads: ofLayers("heads", heads), ffn: ofLayers("ffn", ffn) };
  const dimensions = embedding && stay("dimensions of the embedding", transformer.width, embedding);
  const { headWidth } = transformer;
  return {
    kept(kind, layer) {
      if (kind === "embedding") return dimensions;
      if (kind === "fixed") return undefined;
      const units = keptUnits[kind].get(layer);
      if (!units || kind === "ffn") return units;
      return Uint32Array.from({ length: units.length * headWidth }, (_, i) => {
        return units[Math.floor(i / headWidth)]! * headWidth + (i % headWidth);
      });
    },
  };
}

export interface TransformerCut {
  /** What is left. */
  readonly transformer: Transformer;
  /** Parameter -> what stays of it, for `cutArray`; those that stay whole are absent. */
  readonly kept: ReadonlyMap<string, readonly AxisCut[]>;
}

/**
 * The smaller transformer, and which slices of its parameters stay.
 * @throws EngineError `invalid-params` for a unit that is not there, `not-prunable` where no head, feed-forward unit or
 *   dimension would stay
 */
export function cutTransformer(transformer: Transformer, removals: TransformerRemovals): TransformerCut {
  const plan = planOf(transformer, removals);
  const kept = new Map<string, AxisCut[]>();
  for (const { name, axes, layer, shape } of parameters(transformer)) {
    const cuts = axes.flatMap((kind, axis): AxisCut[] => {
      const indices = plan.kept(kind, layer);
      return indices && indices.length < shape[axis]! ? [{ axis, indices }] : [];
    });
    if (cuts.length > 0) kept.set(name, cuts);
  }
  const left = (kind: AxisKind, layer: number, whole: number) => plan.kept(kind, layer)?.length ?? whole;
  const { width, headWidth, layers } = transformer;
  const smaller = {
    ...transformer,
    width: left("embedding", -1, width),
    layers: layers.map(({ heads, ffn }, l) => ({
      heads: left("heads", l, heads * headWidth) / headWidth,
      ffn: left("ffn", l, ffn),
    })),
  };
  return { transformer: smaller, kept };
}

/** Parameter -> mask of its shape, 1 keeps; those that stay whole are absent. @throws EngineError as `cutTransformer` */
export function transformerMasks(transformer: Transformer, removals: TransformerRemovals): Map<string, Uint8Array> {
  const { kept } = cutTransformer(transformer, removals);
  const masks = new Map<string, Uint8Array>();
  for (const { name, shape } of parameters(transformer)) {
    const cuts = kept.get(name);
    if (!cuts) continue;
    const mask = new Uint8Array(sizeOfShape(shape)).fill(1);
    for (const { axis, indices } of cuts) {
      const stays = new Uint8Array(shape[axis]!);
      for (const index of indices) stays[index] = 1;
      const stride = sizeOfShape(shape.slice(axis + 1));
      for (let i = 0; i < mask.length; i++) if (!stays[Math.floor(i / stride) % stays.length]) mask[i] = 0;
    }
    masks.set(name, mask);
  }
  return masks;
}
