/**
 * Matrix products of any size by packed panels, blocked for the caches. Either operand may be given transposed.
 */
import { multiplyPanels, multiplyRows } from "./micro";
import { packColumnsA, packColumnsB, packRowsA, packRowsB } from "./pack";
import { KC, MC, MR, NC, aBuffer, bBuffer } from "./scratch";

/** Length of the blocks into which an inner dimension is cut: as equal as can be, at most KC. */
export function innerBlock(k: i32): i32 {
  const blocks = (k + KC - 1) / KC;
  return (k + blocks - 1) / blocks;
}

/**
 * C[M,N] = op(A) op(B), or += with accumulate; all row-major and dense, K at least 1.
 * A is [M,K], or [K,M] when transposed; B is [K,N], or [N,K] when transposed.
 */
export function gemm(a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, transposeA: bool, transposeB: bool, accumulate: bool): void {
  gemmPart(a, b, c, m, n, k, transposeA, transposeB, accumulate, 0, m, 0, n);
}

/** Of the same product the rows and columns of C from..to-1; each element has the same bits whatever the part. */
export function gemmPart(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, transposeA: bool, transposeB: bool, accumulate: bool,
  fromRow: i32, toRow: i32, fromColumn: i32, toColumn: i32,
): void {
  const block = innerBlock(k);
  const ldc = <usize>n << 2;
  for (let j = fromColumn; j < toColumn; j += NC) {
    const nc = min(NC, toColumn - j);
    for (let p = 0; p < k; p += block) {
      const kc = min(block, k - p);
      if (transposeB) packColumnsB(b, k, n, p, kc, j, nc, bBuffer);
      else packRowsB(b, n, n, p, kc, j, nc, bBuffer);
      for (let i = fromRow; i < toRow; i += MC) {
        const mc = min(MC, toRow - i);
        const target = c + ((<usize>i * n + j) << 2);
        if (transposeA) {
          packColumnsA(a, m, m, i, mc, p, kc, aBuffer);
          multiplyPanels(aBuffer, bBuffer, target, ldc, mc, nc, kc, accumulate || p > 0);
        } else {
          // Rows that lie side by side need no packing, but for the last ones when there are not four.
          const whole = mc & ~(MR - 1);
          if (whole < mc) packRowsA(a, k, m, i + whole, mc - whole, p, kc, aBuffer);
          const rows = a + ((<usize>i * k + p) << 2);
          multiplyRows(rows, <usize>k << 2, aBuffer, bBuffer, target, ldc, mc, nc, kc, accumulate || p > 0);
        }
      }
    }
  }
}
