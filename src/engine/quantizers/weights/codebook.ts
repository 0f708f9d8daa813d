/** A table of at most 256 values; the nearest one (ties: the smaller index) stands for a weight. */
import * as tf from "@tensorflow/tfjs-core";
import { FAKE_QUANT_CODEBOOK, outputAt, runFused } from "../../backend/fused-composed";
import { distinctValues } from "../../codecs/distinct-values";
import { EngineError } from "../../core/errors";
import { defineWeightKind, type StoredWeights } from "./kind";

export interface CodebookQuantizer {
  readonly kind: "codebook";
  readonly values: Float32Array;
}

declare module "../../core/snapshot" {
  interface WeightQuantizers {
    codebook: CodebookQuantizer;
  }
}

/** Index of the nearest codebook value of each weight; ties take the smaller index. By bisection. */
export function codebookIndices(weights: Float32Array, { values: codebook }: CodebookQuantizer): Uint8Array {
  const order = Array.from(codebook.keys()).sort((a, b) => codebook[a]! - codebook[b]! || a - b);
  const sorted = Float32Array.from(order, (k) => codebook[k]!);
  const last = sorted.length - 1;
  const out = new Uint8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < weight) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && Math.abs(weight - sorted[low - 1]!) <= Math.abs(weight - sorted[low]!)) low--;
    // Equal values, and distances that rounding makes equal: the smallest index among all of them.
    const distance = Math.abs(weight - sorted[low]!);
    let best = order[low]!;
    for (let j = low - 1; j >= 0 && Math.abs(weight - sorted[j]!) === distance; j--) best = Math.min(best, order[j]!);
    for (let j = low + 1; j <= last && Math.abs(weight - sorted[j]!) === distance; j++)
      best = Math.min(best, order[j]!);
    out[i] = best;
  }
  return out;
}

const malformed = (message: string) => new EngineError("invalid-file", message);

/** The distinct values of what is not pruned: each is its own nearest value. */
function restore({ values: stored, masked }: StoredWeights<unknown>): CodebookQuantizer {
  const distinct = distinctValues(new Uint32Array(stored.buffer, stored.byteOffset, stored.length));
  if (!distinct) throw malformed("expected at most 256 values of a codebook, got more");
  const { values, counts } = distinct;
  // A codebook is never empty, even where all is pruned.
  if ((masked || counts[0] === 0) && values.length > 0) return { kind: "codebook", values };
  if (values.length === 256) throw malformed("expected at most 256 values of a codebook, got 257");
  if (values.includes(0)) throw malformed("expected one zero in a codebook, got 0 and -0, which are equally near");
  return { kind: "codebook", values: Float32Array.of(0, ...values).sort() };
}

export const codebook = defineWeightKind<CodebookQuantizer>({
  kind: "codebook",
  since: 1,
  arrays: { values: "constant" },
  grouping: () => ({ kind: "tensor" }),
  problem: ({ values }) =>
    values.length < 1 || values.length > 256 || !values.every(Number.isFinite)
      ? `expected a codebook of 1 to 256 finite values, got ${values.length}`
      : undefined,
  effective: (weights, quantizer) =>
    Float32Array.from(codebookIndices(weights, quantizer), (index) => quantizer.values[index]!),
  /** Straight through everywhere. */
  train({ weights, mask, arrays: { values } }) {
    const operation = tf.customGrad((x) => {
      const inputs = { x: x as tf.Tensor, values, ...(mask && { mask }) };
      return { value: outputAt(runFused(FAKE_QUANT_CODEBOOK, inputs, {}), 0), gradFunc: (dy) => dy as tf.Tensor };
    });
    return operation(weights);
  },
  widths: ({ values }) => ({
    bits: Math.max(1, Math.ceil(Math.log2(values.length))),
    values: values.length,
    floats: values.length,
  }),
  // One table serves all channels, which slopes of their own would take apart: normalization stays.
  cut: (quantizer) => quantizer,
  attributes: {},
  listed: {},
  fields: () => ({}),
  restore,
  example: () => ({ kind: "codebook", values: Float32Array.of(-0.75, -0.25, 0, 0.5, 1) }),
});
