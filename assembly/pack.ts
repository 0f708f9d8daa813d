/**
 * Packing of matrices into panels: A as panels of MR rows, B as panels of NR columns, each panel with the inner
 * dimension slowest. Rows and columns beyond the matrix are zeros. Not here: packing straight from images (im2col.ts).
 */
import { MR, NR } from "./scratch";

/** Transposes four rows of four floats, read at r0..r3, into four vectors stored `step` bytes apart at dst. */
// @ts-ignore: decorator
@inline
export function transpose4(r0: usize, r1: usize, r2: usize, r3: usize, dst: usize, step: usize): void {
  const a = v128.load(r0);
  const b = v128.load(r1);
  const c = v128.load(r2);
  const d = v128.load(r3);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(dst + step, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(dst + 2 * step, v128.shuffle<f32>(ef, gh, 0, 1, 4, 5));
  v128.store(dst + 3 * step, v128.shuffle<f32>(ef, gh, 2, 3, 6, 7));
}

/** Interleaves four runs of floats: dst gets r0[0], r1[0], r2[0], r3[0], r0[1], .. ; returns the end of what it wrote. */
// @ts-ignore: decorator
@inline
export function interleave4(r0: usize, r1: usize, r2: usize, r3: usize, count: i32, dst: usize, step: usize): usize {
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    transpose4(r0, r1, r2, r3, dst, step);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    dst += 4 * step;
  }
  for (; k < count; k++) {
    store<f32>(dst, load<f32>(r0));
    store<f32>(dst, load<f32>(r1), 4);
    store<f32>(dst, load<f32>(r2), 8);
    store<f32>(dst, load<f32>(r3), 12);
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
    dst += step;
  }
  return dst;
}

/** A[rows, K], row-major with `stride` floats a row: rows i0.. and columns k0.. into panels of MR. */
export function packRowsA(a: usize, stride: i32, rows: i32, i0: i32, mc: i32, k0: i32, kc: i32, dst: usize): void {
  for (let i = i0; i < i0 + mc; i += MR) {
    const r0 = a + ((<usize>i * stride + k0) << 2);
    const left = rows - i;
    const step = <usize>stride << 2;
    if (left >= MR) {
      dst = interleave4(r0, r0 + step, r0 + 2 * step, r0 + 3 * step, kc, dst, 16);
      continue;
    }
    for (let k = 0; k < kc; k++) {
      v128.store(dst, f32x4.splat(0));
      for (let r = 0; r < left; r++) store<f32>(dst + (<usize>r << 2), load<f32>(r0 + <usize>r * step + (<usize>k << 2)));
      dst += 16;
    }
  }
}

/** A given as its transpose [K, rows], `stride` floats a row: rows i0.. of A into panels of MR. */
export function packColumnsA(at: usize, stride: i32, rows: i32, i0: i32, mc: i32, k0: i32, kc: i32, dst: usize): void {
  const step = <usize>stride << 2;
  for (let i = i0; i < i0 + mc; i += MR) {
    let source = at + ((<usize>k0 * stride + i) << 2);
    const left = rows - i;
    if (left >= MR) {
      for (let k = 0; k < kc; k++) {
        v128.store(dst, v128.load(source));
        source += step;
        dst += 16;
      }
      continue;
    }
    for (let k = 0; k < kc; k++) {
      v128.store(dst, f32x4.splat(0));
      for (let r = 0; r < left; r++) store<f32>(dst + (<usize>r << 2), load<f32>(source + (<usize>r << 2)));
      source += step;
      dst += 16;
    }
  }
}

/** B[K, columns], row-major with `stride` floats a row: columns j0.. into panels of NR. */
export function packRowsB(b: usize, stride: i32, columns: i32, k0: i32, kc: i32, j0: i32, nc: i32, dst: usize): void {
  const step = <usize>stride << 2;
  for (let j = j0; j < j0 + nc; j += NR) {
    let source = b + ((<usize>k0 * stride + j) << 2);
    const left = columns - j;
    if (left >= NR) {
      for (let k = 0; k < kc; k++) {
        v128.store(dst, v128.load(source));
        v128.store(dst, v128.load(source, 16), 16);
        source += step;
        dst += 32;
      }
      continue;
    }
    for (let k = 0; k < kc; k++) {
      v128.store(dst, f32x4.splat(0));
      v128.store(dst, f32x4.splat(0), 16);
      for (let c = 0; c < left; c++) store<f32>(dst + (<usize>c << 2), load<f32>(source + (<usize>c << 2)));
      source += step;
      dst += 32;
    }
  }
}

/** B given as its transpose [columns, K], `stride` floats a row: columns j0.. of B into panels of NR. */
export function packColumnsB(bt: usize, stride: i32, columns: i32, k0: i32, kc: i32, j0: i32, nc: i32, dst: usize): void {
  const step = <usize>stride << 2;
  for (let j = j0; j < j0 + nc; j += NR) {
    const source = bt + ((<usize>j * stride + k0) << 2);
    const left = columns - j;
    if (left >= NR) {
      interleave4(source, source + step, source + 2 * step, source + 3 * step, kc, dst, 32);
      const high = source + 4 * step;
      interleave4(high, high + step, high + 2 * step, high + 3 * step, kc, dst + 16, 32);
    } else {
      for (let k = 0; k < kc; k++) {
        const row = dst + (<usize>k << 5);
        v128.store(row, f32x4.splat(0));
        v128.store(row, f32x4.splat(0), 16);
        for (let c = 0; c < left; c++) store<f32>(row + (<usize>c << 2), load<f32>(source + <usize>c * step + (<usize>k << 2)));
      }
    }
    dst += <usize>kc << 5;
  }
}
