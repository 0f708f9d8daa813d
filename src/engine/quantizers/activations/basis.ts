/**
 * Learned levels of activations (LQ-Nets): the 2^K sums of some of K numbers, 0 among them, for what a relu gives. While
 * the network trains the numbers follow the values (QEM with a moving average).
 */
import * as tf from "@tensorflow/tfjs-core";
import * as v from "valibot";
import { levelsOf, nearestCode } from "../basis";
import { followQem, nearestLevels } from "../basis-tensors";
import { defineActivationKind } from "./kind";

export interface BasisActivationQuantizer {
  readonly kind: "basis";
  /** K, 1 to 4. */
  readonly bits: number;
  /** Turns of QEM at each step, 1 to 8. */
  readonly turns: number;
  /** K numbers, fp32. */
  readonly basis: readonly number[];
}

declare module "../../core/snapshot" {
  interface ActivationQuantizers {
    basis: BasisActivationQuantizer;
  }
}

const column = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [x.size, 1]);

/** Nearest level of each value. @param basis `[K]` */
const nearest = (x: tf.Tensor, basis: tf.Tensor): tf.Tensor =>
  tf.reshape(nearestLevels(column(x), tf.reshape(basis, [1, basis.size]), 0).value, x.shape);

export const basis = defineActivationKind<BasisActivationQuantizer>({
  kind: "basis",
  since: 3,
  attributes: { bits: v.number(), turns: v.number(), basis: v.array(v.number()) },
  problem({ bits, turns, basis: numbers }) {
    if (!Number.isInteger(bits) || bits < 1 || bits > 4) return `expected learned levels of 1 to 4 bits, got ${bits}`;
    if (!Number.isInteger(turns) || turns < 1 || turns > 8) return `expected 1 to 8 turns, got ${turns}`;
    if (numbers.length !== bits) return `expected ${bits} numbers, got ${numbers.length}`;
    return numbers.every((number) => Math.abs(number) < 1e37) ? undefined : "expected finite numbers, got others";
  },
  values: ({ bits }) => 2 ** bits,
  value(x, { basis: numbers, bits }) {
    if (Number.isNaN(x)) return x;
    const levels = levelsOf(numbers, bits, 0);
    return levels[nearestCode(Math.fround(x), levels)]!;
  },
  apply: (x, { basis: numbers }) => nearest(x, tf.tensor1d([...numbers])),
  state: { basis: "observed" },
  initial: ({ basis: numbers }) => ({ basis: numbers }),
  observe(x, { basis: numbers }, { turns, bits }, decay) {
    const next = followQem(column(x), tf.reshape(numbers!, [1, bits]), 0, { turns, decay });
    numbers!.assign(tf.reshape(next, [bits]));
  },
  /** Gradient dy up to the largest level, 0 above it. */
  train(x, { basis: numbers }) {
    const operation = tf.customGrad((input, save) => {
      const given = input as tf.Tensor;
      const [value, passes] = tf.tidy(() => [
        nearest(given, numbers!),
        tf.cast(tf.lessEqual(given, tf.sum(tf.relu(numbers!))), "float32"),
      ]);
      (save as tf.GradSaveFunc)([passes!]);
      return { value: value!, gradFunc: (dy: tf.Tensor, [open]: tf.Tensor[]) => tf.mul(dy, open!) };
    });
    return operation(x);
  },
  settled: ({ basis: numbers }, quantizer) => ({ ...quantizer, basis: [...numbers!] }),
  stored: ({ basis: numbers, turns }) => ({ floats: numbers, codes: [[turns, turnsBits]] }),
  layout: (bits) => ({ floats: bits, codes: [turnsBits] }),
  restore: (bits, floats, [turns]) => ({ kind: "basis", bits, turns: turns!, basis: floats.map(Math.fround) }),
  example: () => ({ kind: "basis", bits: 2, turns: 1, basis: [0.5, 1.25] }),
});

/** Of `turns` in a file. */
const turnsBits = 4;
