/**
 * The innermost product: a tile of 4x8 of C from an A panel and a B panel.
 */
import { madd } from "./madd";
import { MR, NR, tileBuffer } from "./scratch";

/**
 * C[4,8] = or += A panel * B panel, `ldc` bytes from row to row of C.
 * Eight accumulators, two vectors of B and four splats of A are fourteen registers: V8 loads early and has fifteen, and
 * a larger tile or an unrolled loop spills (measured 42 GFLOP/s here against 26 for 6x8).
 */
function tile(a: usize, b: usize, c: usize, ldc: usize, kc: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = b + (<usize>kc << 5);
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += 16;
    b += 32;
  } while (b < end);
  if (accumulate) {
    const r1 = c + ldc;
    const r2 = r1 + ldc;
    const r3 = r2 + ldc;
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, 16), c01);
    c10 = f32x4.add(v128.load(r1), c10);
    c11 = f32x4.add(v128.load(r1, 16), c11);
    c20 = f32x4.add(v128.load(r2), c20);
    c21 = f32x4.add(v128.load(r2, 16), c21);
    c30 = f32x4.add(v128.load(r3), c30);
    c31 = f32x4.add(v128.load(r3, 16), c31);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/**
 * C[4,8] = or += A * B panel with A as it is: four rows `lda` bytes apart, the inner dimension side by side.
 */
export function rowsTile(a: usize, lda: usize, b: usize, c: usize, ldc: usize, kc: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let p1 = a + lda;
  let p2 = p1 + lda;
  let p3 = p2 + lda;
  const end = b + (<usize>kc << 5);
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(p1);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(p2);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(p3);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
    b += 32;
  } while (b < end);
  if (accumulate) {
    const r1 = c + ldc;
    const r2 = r1 + ldc;
    const r3 = r2 + ldc;
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, 16), c01);
    c10 = f32x4.add(v128.load(r1), c10);
    c11 = f32x4.add(v128.load(r1, 16), c11);
    c20 = f32x4.add(v128.load(r2), c20);
    c21 = f32x4.add(v128.load(r2, 16), c21);
    c30 = f32x4.add(v128.load(r3), c30);
    c31 = f32x4.add(v128.load(r3, 16), c31);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/**
 * C[4,8] = or += A^T B with both as they are: four columns of A and eight of B side by side, the inner dimension going
 * from row to row, `lda` and `ldb` bytes apart.
 */
export function columnsTile(a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, kc: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += lda;
    b += ldb;
  }
  if (accumulate) {
    const r1 = c + ldc;
    const r2 = r1 + ldc;
    const r3 = r2 + ldc;
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, 16), c01);
    c10 = f32x4.add(v128.load(r1), c10);
    c11 = f32x4.add(v128.load(r1, 16), c11);
    c20 = f32x4.add(v128.load(r2), c20);
    c21 = f32x4.add(v128.load(r2, 16), c21);
    c30 = f32x4.add(v128.load(r3), c30);
    c31 = f32x4.add(v128.load(r3, 16), c31);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** Moves `rows` x `columns` of the tile that was computed aside to C. */
function copyTile(c: usize, ldc: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    const from = tileBuffer + (<usize>i << 5);
    for (let j = 0; j < columns; j++) {
      const at = c + (<usize>j << 2);
      const value = load<f32>(from + (<usize>j << 2));
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
    c += ldc;
  }
}

/** A tile at the edge: computed whole aside, of which `rows` x `columns` go to C. */
function edgeTile(a: usize, b: usize, c: usize, ldc: usize, kc: i32, rows: i32, columns: i32, accumulate: bool): void {
  tile(a, b, tileBuffer, 32, kc, false);
  copyTile(c, ldc, rows, columns, accumulate);
}

/** C[mc, nc] = or += packed A * packed B, tile by tile; `ldc` bytes from row to row of C. */
export function multiplyPanels(a: usize, b: usize, c: usize, ldc: usize, mc: i32, nc: i32, kc: i32, accumulate: bool): void {
  const aPanel = <usize>kc << 4;
  const bPanel = <usize>kc << 5;
  for (let j = 0; j < nc; j += NR) {
    const columns = min(NR, nc - j);
    let panel = a;
    let target = c + (<usize>j << 2);
    for (let i = 0; i < mc; i += MR) {
      const rows = min(MR, mc - i);
      if (rows == MR && columns == NR) tile(panel, b, target, ldc, kc, accumulate);
      else edgeTile(panel, b, target, ldc, kc, rows, columns, accumulate);
      panel += aPanel;
      target += ldc << 2;
    }
    b += bPanel;
  }
}

/** As multiplyPanels with A as it is: rows `lda` bytes apart. The last rows, if fewer than MR, are in a panel of their own. */
export function multiplyRows(
  a: usize, lda: usize, lastPanel: usize, b: usize, c: usize, ldc: usize, mc: i32, nc: i32, kc: i32, accumulate: bool,
): void {
  const bPanel = <usize>kc << 5;
  const whole = mc & ~(MR - 1);
  for (let j = 0; j < nc; j += NR) {
    const columns = min(NR, nc - j);
    let rows = a;
    let target = c + (<usize>j << 2);
    for (let i = 0; i < whole; i += MR) {
      if (columns == NR) rowsTile(rows, lda, b, target, ldc, kc, accumulate);
      else {
        rowsTile(rows, lda, b, tileBuffer, 32, kc, false);
        copyTile(target, ldc, MR, columns, accumulate);
      }
      rows += lda << 2;
      target += ldc << 2;
    }
    if (whole < mc) edgeTile(lastPanel, b, target, ldc, kc, mc - whole, columns, accumulate);
    b += bPanel;
  }
}
