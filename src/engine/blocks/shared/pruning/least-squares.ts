/** Small least-squares problems by normal equations, in double precision. */

/** `X^T X` of `[rows, columns]`, both triangles. */
export function gramMatrix(x: Float32Array | Float64Array, columns: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let from = 0; from < x.length; from += columns) {
    for (let a = 0; a < columns; a++) {
      const value = x[from + a]!;
      // Behind a relu most are.
      if (value === 0) continue;
      for (let b = a; b < columns; b++) gram[a * columns + b]! += value * x[from + b]!;
    }
  }
  for (let a = 0; a < columns; a++) for (let b = 0; b < a; b++) gram[a * columns + b] = gram[b * columns + a]!;
  return gram;
}

/** Share of the mean diagonal that is added to it: solvable, whatever is collinear, and far below what data resolve. */
const ridge = 1e-6;

/**
 * Solves `A x = b` for a symmetric positive semidefinite `A` (Cholesky, with a ridge). What `A` says nothing about
 * (a row of zeros) gets 0.
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  let trace = 0;
  for (let i = 0; i < n; i++) trace += matrix[i * n + i]!;
  const extra = n > 0 && trace > 0 ? (ridge * trace) / n : 1;
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]! + (i === j ? extra : 0);
      for (let k = 0; k < j; k++) sum -= factor[i * n + k]! * factor[j * n + k]!;
      factor[i * n + j] = i === j ? Math.sqrt(Math.max(sum, extra * 1e-6)) : sum / factor[j * n + j]!;
    }
  }
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * n + k]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= factor[k * n + i]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  return x;
}
