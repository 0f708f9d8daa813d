/**
 * Learned levels (LQ-Nets, Zhang et al. 2018): a code of K bits stands for the sum of K learned numbers, each with its
 * bit's sign (weights) or with it or without it (activations). Codes and numbers take turns: the nearest level of each
 * value, then `v = (B^T B + eps I)^-1 B^T x` (QEM, algorithm 1). On arrays here, on tensors in `basis-tensors.ts`.
 */

/** Damps what the normal equations cannot tell apart. */
export const qemEpsilon = 1e-4;

/** 0.75 quantile of the standard normal distribution. */
const upperQuartile = 0.6745;

/** What a bit of 0 stands for: -1 in codes of weights, 0 in codes of activations. */
export type LowBit = -1 | 0;

/** Numbers before anything is learned: `2^j * 0.6745 sqrt(2 / fan) / 2^(K-1)`. */
export const initialBasis = (bits: number, fan: number): Float32Array =>
  Float32Array.from({ length: bits }, (_, j) => (2 ** j * upperQuartile * Math.sqrt(2 / fan)) / 2 ** (bits - 1));

/** Those of activations: `2^j * 2 * 0.6745 / (2^K - 1)`, for values around 1. */
export const initialActivationBasis = (bits: number): Float32Array =>
  Float32Array.from({ length: bits }, (_, j) => (2 ** j * 2 * upperQuartile) / (2 ** bits - 1));

/**
 * Level of each code, bit j of it for number j: fp32 sums in that order, as tensors take them. -0 is 0.
 * @param basis K numbers from `from` on
 */
export function levelsOf(basis: ArrayLike<number>, bits: number, low: LowBit, from = 0): Float32Array {
  return Float32Array.from({ length: 2 ** bits }, (_, code) => {
    let level = 0;
    for (let j = 0; j < bits; j++) {
      const factor = code & (1 << j) ? 1 : low;
      level = Math.fround(level + factor * Math.fround(basis[from + j]!));
    }
    return level + 0;
  });
}

/** Code of the nearest level; of equally near ones the smallest. Distances are rounded to fp32, as those of tensors are. */
export function nearestCode(x: number, levels: Float32Array): number {
  let best = 0;
  let least = Math.abs(Math.fround(x - levels[0]!));
  for (let code = 1; code < levels.length; code++) {
    const distance = Math.abs(Math.fround(x - levels[code]!));
    if (distance < least) [best, least] = [code, distance];
  }
  return best;
}

/** Solves a symmetric positive definite system by elimination. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const m = matrix.map((row, i) => [...row, right[i]!]);
  const n = m.length;
  for (let i = 0; i < n; i++) {
    for (let r = i + 1; r < n; r++) {
      const factor = m[r]![i]! / m[i]![i]!;
      for (let c = i; c <= n; c++) m[r]![c]! -= factor * m[i]![c]!;
    }
  }
  const out = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = m[i]![n]!;
    for (let c = i + 1; c < n; c++) sum -= m[i]![c]! * out[c]!;
    out[i] = sum / m[i]![i]!;
  }
  return out;
}

/** One turn of QEM: nearest codes, then the numbers of least squared error. A bit that no value sets keeps its number. */
export function qemStep(x: Float32Array, basis: Float32Array, low: LowBit): Float32Array {
  const bits = basis.length;
  const levels = levelsOf(basis, bits, low);
  const matrix = Array.from({ length: bits }, () => new Array<number>(bits).fill(0));
  const right = new Array<number>(bits).fill(0);
  for (const value of x) {
    const code = nearestCode(value, levels);
    for (let i = 0; i < bits; i++) {
      const bi = code & (1 << i) ? 1 : low;
      right[i]! += bi * value;
      for (let j = 0; j < bits; j++) matrix[i]![j]! += bi * (code & (1 << j) ? 1 : low);
    }
  }
  const unused = matrix.map((row, i) => row[i] === 0);
  matrix.forEach((row, i) => (row[i]! += qemEpsilon));
  const found = solve(matrix, right);
  return Float32Array.from(found, (v, i) => (unused[i] ? basis[i]! : v));
}

/** So many turns of QEM. */
export function qem(x: Float32Array, basis: Float32Array, low: LowBit, turns: number): Float32Array {
  let current = basis;
  for (let turn = 0; turn < turns; turn++) current = qemStep(x, current, low);
  return current;
}
