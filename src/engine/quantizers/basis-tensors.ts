/** Learned levels on tensors: the arithmetic of `basis.ts`, for columns of values with K numbers each. */
import * as tf from "@tensorflow/tfjs-core";
import { type LowBit, qemEpsilon } from "./basis";

/** Column j of each row of a basis `[columns, K]`, as `[columns]`. */
const numbersOf = (basis: tf.Tensor2D): tf.Tensor1D[] => tf.unstack(basis, 1) as tf.Tensor1D[];

/** Level of each code, `[columns]` each; sums in the order of `levelsOf`. */
function levelRows(basis: tf.Tensor2D, low: LowBit): tf.Tensor1D[] {
  const numbers = numbersOf(basis);
  return Array.from({ length: 2 ** numbers.length }, (_, code) =>
    numbers.reduce<tf.Tensor1D>(
      (sum, number, j) => (code & (1 << j) ? tf.add(sum, number) : low === 0 ? sum : tf.sub(sum, number)),
      tf.zerosLike(numbers[0]!),
    ),
  );
}

/**
 * Nearest level of each value, and its code; of equally near ones the smallest code. Inside a tidy.
 * @param x `[rows, columns]` @param basis `[columns, K]`
 */
export function nearestLevels(
  x: tf.Tensor2D,
  basis: tf.Tensor2D,
  low: LowBit,
): { value: tf.Tensor2D; code: tf.Tensor2D } {
  const levels = levelRows(basis, low);
  let value: tf.Tensor = tf.add(tf.zerosLike(x), levels[0]!);
  let code: tf.Tensor = tf.zerosLike(x);
  let least: tf.Tensor = tf.abs(tf.sub(x, levels[0]!));
  levels.slice(1).forEach((level, i) => {
    const distance = tf.abs(tf.sub(x, level));
    const nearer = tf.less(distance, least);
    value = tf.where(nearer, tf.add(tf.zerosLike(x), level), value);
    code = tf.where(nearer, tf.fill(x.shape, i + 1), code);
    least = tf.minimum(distance, least);
  });
  return { value: value as tf.Tensor2D, code: code as tf.Tensor2D };
}

/** A product with ones: summing over the first axis would transpose the whole matrix first on wasm. */
const columnSums = (matrix: tf.Tensor2D): tf.Tensor1D =>
  tf.reshape(tf.matMul(tf.ones([1, matrix.shape[0]]), matrix), [matrix.shape[1]]);

/** Solves K equations for each column by elimination; the matrices are symmetric and positive definite. */
function solveColumns(matrix: tf.Tensor[][], right: tf.Tensor[]): tf.Tensor[] {
  const n = right.length;
  const m = matrix.map((row) => [...row]);
  const b = [...right];
  for (let i = 0; i < n; i++) {
    for (let r = i + 1; r < n; r++) {
      const factor = tf.div(m[r]![i]!, m[i]![i]!);
      for (let c = i; c < n; c++) m[r]![c] = tf.sub(m[r]![c]!, tf.mul(factor, m[i]![c]!));
      b[r] = tf.sub(b[r]!, tf.mul(factor, b[i]!));
    }
  }
  const out: tf.Tensor[] = [];
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let c = i + 1; c < n; c++) sum = tf.sub(sum, tf.mul(m[i]![c]!, out[c]!));
    out[i] = tf.div(sum, m[i]![i]!);
  }
  return out;
}

/**
 * The basis after `turns` of QEM on these values, averaged in: `decay * old + (1 - decay) * found`. A bit that no value
 * sets keeps its number. Inside a tidy.
 * @param counts 1 where a value counts, 0 where it is removed; all count where there is none
 */
export function followQem(
  x: tf.Tensor2D,
  basis: tf.Tensor2D,
  low: LowBit,
  {
    turns,
    decay,
    counts,
  }: { readonly turns: number; readonly decay: number; readonly counts?: tf.Tensor2D | undefined },
): tf.Tensor2D {
  let found = basis;
  for (let turn = 0; turn < turns; turn++) {
    const old = numbersOf(found);
    const { code } = nearestLevels(x, found, low);
    const planes = old.map((_, j) => {
      const bit = tf.floor(tf.mod(tf.div(code, 2 ** j), 2));
      const plane = low === 0 ? bit : tf.sub(tf.mul(bit, 2), 1);
      return (counts ? tf.mul(plane, counts) : plane) as tf.Tensor2D;
    });
    const gram = planes.map((a) => planes.map((b) => columnSums(tf.mul(a, b))));
    const damped = gram.map((row, i) => row.map((sum, j) => (i === j ? tf.add(sum, qemEpsilon) : sum)));
    const solved = solveColumns(
      damped,
      planes.map((plane) => columnSums(tf.mul(plane, x))),
    );
    const kept = solved.map((value, i) => tf.where(tf.greater(gram[i]![i]!, 0), value, old[i]!));
    found = tf.stack(kept, 1) as tf.Tensor2D;
  }
  return tf.add(tf.mul(basis, decay), tf.mul(found, 1 - decay));
}
