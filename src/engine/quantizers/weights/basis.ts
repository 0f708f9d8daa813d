/**
 * Learned levels of weights (LQ-Nets): for each output channel the 2^K signed sums of K numbers, `sum_j (+-v_j)`. The
 * numbers follow the weights after every update (QEM with a moving average); gradients pass straight through.
 */
import * as tf from "@tensorflow/tfjs-core";
import * as v from "valibot";
import { EngineError } from "../../core/errors";
import { initialBasis, levelsOf, nearestCode, qem } from "../basis";
import { followQem, nearestLevels } from "../basis-tensors";
import { cutGroups, cutGrouping, type Grouping } from "../grouping";
import { defineWeightKind, type TrainCall } from "./kind";

export interface BasisQuantizer {
  readonly kind: "basis";
  /** K, 1 to 4. */
  readonly bits: number;
  /** Turns of QEM after each update of the weights, 1 to 8. */
  readonly turns: number;
  /** Share of the old numbers kept at each of them, in [0, 1). */
  readonly decay: number;
  /** Number j of channel c at `c * bits + j`; any sign. */
  readonly basis: Float32Array;
}

declare module "../../core/snapshot" {
  interface WeightQuantizers {
    basis: BasisQuantizer;
  }
}

const channelsOf = ({ basis, bits }: Pick<BasisQuantizer, "basis" | "bits">): number => basis.length / bits;
const grouping = (quantizer: BasisQuantizer): Grouping => ({ kind: "channel", count: channelsOf(quantizer) });

const tablesOf = (basis: Float32Array, bits: number): Float32Array[] =>
  Array.from({ length: basis.length / bits }, (_, c) => levelsOf(basis, bits, -1, c * bits));

/**
 * The quantizer of these weights: numbers that QEM finds for each channel from its first guess.
 * @param weights masked; zeros that `mask` removed do not count
 */
export function fitBasis(
  weights: Float32Array,
  channels: number,
  settings: Pick<BasisQuantizer, "bits" | "turns" | "decay">,
  mask?: Uint8Array,
): BasisQuantizer {
  const { bits } = settings;
  const basis = new Float32Array(channels * bits);
  for (let c = 0; c < channels; c++) {
    const own: number[] = [];
    for (let i = c; i < weights.length; i += channels) if (!mask || mask[i]) own.push(weights[i]!);
    basis.set(qem(Float32Array.from(own), initialBasis(bits, Math.max(1, own.length)), -1, fitTurns), c * bits);
  }
  return { kind: "basis", ...settings, basis };
}

/** Turns of QEM when a quantizer is put on a trained network: it settles within a few. */
const fitTurns = 20;

const malformed = (message: string) => new EngineError("invalid-file", message);
const attributes = {
  bits: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)),
  turns: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
  decay: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
};
const listed = {
  /** Only where no stream holds them. */
  basis: v.optional(v.array(v.pipe(v.number(), v.finite()))),
};
type Fields = v.InferOutput<v.StrictObjectSchema<typeof attributes & typeof listed, undefined>>;

function problem({ bits, turns, decay, basis }: BasisQuantizer, weights: number): string | undefined {
  if (!Number.isInteger(bits) || bits < 1 || bits > 4) return `expected learned levels of 1 to 4 bits, got ${bits}`;
  if (!Number.isInteger(turns) || turns < 1 || turns > 8) return `expected 1 to 8 turns, got ${turns}`;
  if (!(decay >= 0 && decay <= 1)) return `expected a decay in [0, 1], got ${decay}`;
  if (basis.length === 0 || basis.length % bits !== 0 || weights % (basis.length / bits) !== 0) {
    return `expected ${bits} numbers for each channel of ${weights} weights, got ${basis.length}`;
  }
  // Sums of four stay finite.
  return basis.every((number) => Math.abs(number) < 1e37) ? undefined : "expected finite numbers, got others";
}

const columns = ({ weights, quantizer, arrays }: TrainCall<BasisQuantizer>) => {
  const channels = channelsOf(quantizer);
  const rows = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [x.size / channels, channels]);
  return { x: rows(weights), rows, basis: tf.reshape(arrays.basis, [channels, quantizer.bits]) as tf.Tensor2D };
};

export const basis = defineWeightKind<BasisQuantizer, Fields>({
  kind: "basis",
  since: 3,
  arrays: { basis: "observed" },
  grouping,
  problem,
  effective(weights, { basis: numbers, bits }) {
    const tables = tablesOf(numbers, bits);
    return weights.map((w, i) => {
      const levels = tables[i % tables.length]!;
      return levels[nearestCode(w, levels)]!;
    });
  },
  /** Straight through everywhere; a removed weight is 0. */
  train(call) {
    const { mask, weights } = call;
    const operation = tf.customGrad((w) => {
      const x = w as tf.Tensor;
      const value = tf.tidy(() => {
        const own = columns({ ...call, weights: x });
        const { value: levels } = nearestLevels(own.x, own.basis, -1);
        const shaped = tf.reshape(levels, x.shape);
        return mask ? tf.mul(shaped, mask) : shaped;
      });
      return { value, gradFunc: (dy) => dy as tf.Tensor };
    });
    return operation(weights);
  },
  observe(call) {
    const { x, rows, basis: numbers } = columns(call);
    const { turns, decay } = call.quantizer;
    const next = followQem(x, numbers, -1, { turns, decay, counts: call.mask && rows(call.mask) });
    return { basis: tf.reshape(next, [next.size]) };
  },
  widths: ({ bits, basis: { length } }) => ({ bits, values: 2 ** bits, floats: length }),
  scaled(quantizer, weights, slopes, scaled) {
    const { bits } = quantizer;
    const channels = channelsOf(quantizer);
    // A negative slope turns the signs of a channel's numbers, and its codes stay.
    const numbers = quantizer.basis.map((number, at) => number * slopes[Math.floor(at / bits) % channels]! + 0);
    const [before, after] = [tablesOf(quantizer.basis, bits), tablesOf(numbers, bits)];
    for (let i = 0; i < weights.length; i++) {
      const c = i % channels;
      const level = after[c]![nearestCode(weights[i]!, before[c]!)]!;
      // Rounding may carry a weight over the middle between two levels.
      if (after[c]![nearestCode(scaled[i]!, after[c]!)] !== level) scaled[i] = level;
    }
    return { ...quantizer, basis: numbers };
  },
  cut(quantizer, shape, cuts) {
    const cut = cutGrouping(grouping(quantizer), shape, cuts);
    if (!cut) return undefined;
    if (cut.kept.length === channelsOf(quantizer)) return quantizer;
    return { ...quantizer, basis: cutGroups(quantizer.basis, cut, quantizer.bits) };
  },
  codes: {
    form: "coded",
    /** Symbol 0 is a removed weight, or one whose level is +0 itself; 1 + code any other. */
    symbols(weights, { basis: numbers, bits }) {
      const tables = tablesOf(numbers, bits);
      return Uint16Array.from(weights, (w, i) => {
        const levels = tables[i % tables.length]!;
        const code = nearestCode(w, levels);
        return Object.is(levels[code], 0) ? 0 : 1 + code;
      });
    },
    table: ({ basis: numbers }) => numbers,
    symbolCount: ({ bits }) => 2 ** bits + 1,
    values(symbols, numbers, { bits }) {
      if (numbers.length === 0 || numbers.length % bits !== 0 || numbers.length > bits * symbols.length) {
        throw malformed(
          `expected ${bits} numbers for each channel of ${symbols.length} weights, got ${numbers.length}`,
        );
      }
      const tables = tablesOf(numbers, bits);
      return Float32Array.from(symbols, (symbol, i) => (symbol === 0 ? 0 : tables[i % tables.length]![symbol - 1]!));
    },
  },
  attributes,
  listed,
  fields: ({ bits, turns, decay, basis: numbers }, coded) => ({
    bits,
    turns,
    decay,
    ...(coded ? {} : { basis: Array.from(numbers) }),
  }),
  restore({ table, fields: { bits, turns, decay, basis: given } }) {
    const numbers = table ?? (given && Float32Array.from(given));
    if (!numbers) throw malformed("expected the numbers of learned levels, got none");
    return { kind: "basis", bits, turns, decay, basis: numbers };
  },
  example: (weights, channels) => fitBasis(weights, channels, { bits: 2, turns: 1, decay: 0.5 }),
});
