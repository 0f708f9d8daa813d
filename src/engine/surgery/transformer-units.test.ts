import { describe, expect, it } from "vitest";
import { type Shape, sizeOfShape } from "../core/network";
import { createRng } from "../core/rng";
import { cutArray } from "./cut";
import {
  attentionScale,
  cutTransformer,
  type Transformer,
  transformerMacs,
  transformerMasks,
  transformerParameters,
  transformerShapes,
  type TransformerRemovals,
} from "./transformer-units";

/** d 64, four heads of 16, feed-forward layers of 128. */
const small: Transformer = {
  width: 64,
  headWidth: 16,
  layers: [
    { heads: 4, ffn: 128 },
    { heads: 4, ffn: 128 },
  ],
  vocabulary: 100,
  positions: 32,
  classes: 10,
};

const removed = (removals: TransformerRemovals): number =>
  transformerParameters(small) - transformerParameters(cutTransformer(small, removals).transformer);

describe("what goes with a unit", () => {
  it("one head of four, d 64: 4 * (64 * 16) weights and 3 * 16 biases", () => {
    const heads = new Map([[0, [1]]]);
    expect(removed({ heads })).toBe(4 * (64 * 16) + 3 * 16);
    const { kept } = cutTransformer(small, { heads });
    expect([...kept.keys()].sort()).toEqual(
      ["query/bias", "query/kernel", "key/bias", "key/kernel", "value/bias", "value/kernel", "output/kernel"]
        .map((name) => `0/${name}`)
        .sort(),
    );
    // Columns 16 .. 31 of Wv, the same rows of Wo; the output's bias stays.
    const others = Uint32Array.from({ length: 48 }, (_, i) => (i < 16 ? i : i + 16));
    expect(kept.get("0/value/kernel")).toEqual([{ axis: 1, indices: others }]);
    expect(kept.get("0/output/kernel")).toEqual([{ axis: 0, indices: others }]);
  });

  it("one unit of a feed-forward layer: a column of 64, a bias, a row of 64", () => {
    expect(removed({ ffn: new Map([[1, [5]]]) })).toBe(64 + 1 + 64);
  });

  it("one dimension of the embedding, everywhere at once", () => {
    // Tokens 100, positions 32, three rows of 64 into q, k, v and a column of 64 out, biases and normalizations
    // 1 + 1 + 4, rows and columns of the feed-forward layer 2 * 128; last normalization 2, logits' row 10.
    expect(removed({ embedding: [7] })).toBe(100 + 32 + 2 * (4 * 64 + 2 + 4 + 2 * 128) + 2 + 10);
  });

  it("the shapes that are left are those of the smaller transformer", () => {
    const removals = { heads: new Map([[1, [0, 3]]]), ffn: new Map([[0, [0, 1, 2]]]), embedding: [0, 63] };
    const { transformer, kept } = cutTransformer(small, removals);
    const after = transformerShapes(transformer);
    for (const [name, shape] of transformerShapes(small)) {
      const values = new Float32Array(sizeOfShape(shape));
      expect(cutArray(values, shape, kept.get(name) ?? [])).toHaveLength(sizeOfShape(after.get(name)!));
    }
    expect(transformer.layers).toEqual([
      { heads: 4, ffn: 125 },
      { heads: 2, ffn: 128 },
    ]);
    expect(transformer.width).toBe(62);
    // Not 1 / sqrt of what is left of the width.
    expect(attentionScale(transformer)).toBe(0.25);
  });
});

describe("multiply-accumulates", () => {
  it("of 10 tokens: 4 * 64 * 64 + 2 * 64 * 128 in each layer and token, 64 * 10 once", () => {
    expect(transformerMacs(small, 10)).toEqual({
      weights: 10 * 2 * (4 * 64 * 64 + 2 * 64 * 128) + 640,
      attention: 2 * 100 * 64 * 2,
    });
  });

  it("fall by a quarter of a layer's attention with one head of four", () => {
    const { transformer } = cutTransformer(small, { heads: new Map([[0, [2]]]) });
    expect(transformerMacs(small, 10).weights - transformerMacs(transformer, 10).weights).toBe(10 * 4 * 64 * 16);
    expect(transformerMacs(small, 10).attention - transformerMacs(transformer, 10).attention).toBe(2 * 100 * 16);
  });
});

describe("what must stay", () => {
  it("one head, one unit, one dimension", () => {
    const all = (count: number) => Array.from({ length: count }, (_, i) => i);
    for (const removals of [
      { heads: new Map([[0, all(4)]]) },
      { ffn: new Map([[0, all(128)]]) },
      { embedding: all(64) },
    ]) {
      expect(() => cutTransformer(small, removals)).toThrow(/to stay, got all/);
    }
  });

  it("units and layers that are not there are refused", () => {
    expect(() => cutTransformer(small, { heads: new Map([[0, [4]]]) })).toThrow("heads of layer 0 from 0 to 3, got 4");
    expect(() => transformerMasks(small, { ffn: new Map([[2, [0]]]) })).toThrow("layers from 0 to 1, got 2");
    expect(() => cutTransformer(small, { embedding: [-1] })).toThrow("from 0 to 63, got -1");
  });
});

type Values = ReadonlyMap<string, Float32Array>;

/** `[rows, from]` times `[from, to]`, plus a bias. */
function dense(x: number[][], kernel: Float32Array, bias: Float32Array): number[][] {
  return x.map((row) =>
    Array.from(bias, (b, o) => row.reduce((sum, v, i) => sum + v * kernel[i * bias.length + o]!, b)),
  );
}

function normalized(x: number[][], gamma: Float32Array, beta: Float32Array): number[][] {
  return x.map((row) => {
    const mean = row.reduce((sum, v) => sum + v, 0) / row.length;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length;
    return row.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gamma[i]! + beta[i]!);
  });
}

const plus = (a: number[][], b: number[][]) => a.map((row, n) => row.map((v, i) => v + b[n]![i]!));

/** Outputs of all tokens behind layer 0. */
function layerOutput({ headWidth, layers }: Transformer, values: Values, x: number[][]): number[][] {
  const of = (name: string) => values.get(`0/${name}`)!;
  const through = (from: number[][], name: string) => dense(from, of(`${name}/kernel`), of(`${name}/bias`));
  const before = normalized(x, of("norm1/gamma"), of("norm1/beta"));
  const [q, k, v] = ["query", "key", "value"].map((name) => through(before, name)) as [
    number[][],
    number[][],
    number[][],
  ];
  const attended = x.map((_, n) => {
    const row: number[] = [];
    for (let h = 0; h < layers[0]!.heads; h++) {
      const head = Array.from({ length: headWidth }, (_, i) => h * headWidth + i);
      const weights = k.map((key) =>
        Math.exp(head.reduce((sum, i) => sum + q[n]![i]! * key[i]!, 0) / Math.sqrt(headWidth)),
      );
      const total = weights.reduce((sum, w) => sum + w, 0);
      for (const i of head) row.push(weights.reduce((sum, w, m) => sum + (w / total) * v[m]![i]!, 0));
    }
    return row;
  });
  const middle = plus(x, through(attended, "output"));
  const hidden = through(normalized(middle, of("norm2/gamma"), of("norm2/beta")), "ffn1");
  return plus(
    middle,
    through(
      hidden.map((row) => row.map((u) => Math.max(0, u))),
      "ffn2",
    ),
  );
}

it("masked is shrunk: heads and feed-forward units", () => {
  const tiny: Transformer = {
    width: 6,
    headWidth: 2,
    layers: [{ heads: 3, ffn: 5 }],
    vocabulary: 0,
    positions: 0,
    classes: 0,
  };
  const random = (name: string, shape: Shape) => {
    const rng = createRng(3, name);
    return Float32Array.from({ length: sizeOfShape(shape) }, () => rng.normal());
  };
  const shapes = transformerShapes(tiny);
  const values = new Map([...shapes].map(([name, shape]) => [name, random(name, shape)]));
  const removals = { heads: new Map([[0, [1]]]), ffn: new Map([[0, [0, 4]]]) };
  const { transformer, kept } = cutTransformer(tiny, removals);
  const masks = transformerMasks(tiny, removals);
  const masked = new Map([...values].map(([name, v]) => [name, v.map((w, i) => w * (masks.get(name)?.[i] ?? 1))]));
  const shrunk = new Map([...values].map(([name, v]) => [name, cutArray(v, shapes.get(name)!, kept.get(name) ?? [])]));
  const rng = createRng(4, "x");
  const x = Array.from({ length: 4 }, () => Array.from({ length: 6 }, () => rng.normal()));
  const [whole, one, other] = [
    layerOutput(tiny, values, x),
    layerOutput(tiny, masked, x),
    layerOutput(transformer, shrunk, x),
  ];
  one.forEach((row, n) => row.forEach((v, i) => expect(v).toBeCloseTo(other[n]![i]!, 9)));
  expect(Math.abs(whole[0]![0]! - one[0]![0]!)).toBeGreaterThan(0.01);
});
