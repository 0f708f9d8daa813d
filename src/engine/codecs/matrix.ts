/** A tensor as the matrix that its layer multiplies by: what the structured layouts are structured along. */
import type { Shape } from "../core/network";

/**
 * `[inputs, outputs]`, row by row: weight `i` belongs to output `i % outputs`. The matrix of a convolution
 * `[kh, kw, cin, cout]` is `[kh * kw * cin, cout]`.
 */
export interface Matrix {
  readonly inputs: number;
  readonly outputs: number;
}

/** @returns undefined for vectors, and where there is nothing: neither has rows and columns to speak of */
export function matrixOf(shape: Shape): Matrix | undefined {
  const outputs = shape.at(-1) ?? 0;
  const inputs = shape.slice(0, -1).reduce((product, d) => product * d, 1);
  return shape.length < 2 || inputs * outputs === 0 ? undefined : { inputs, outputs };
}
