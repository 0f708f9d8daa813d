/**
 * The one-dimensional transforms of Winograd's F(4, 3) and F(3, 4) on vectors of four channels, at the points 0, 1, -1, 2,
 * -2 and infinity (matrices B, G and A of Lavin and Gray 2016, section 4.3). Each stores its results `toStep` bytes apart.
 */
import { madd } from "./madd";

/** B^T: six inputs at the six points. */
// @ts-ignore: decorator
@inline
export function inputLine(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, toStep: usize): void {
  const four = f32x4.splat(4);
  const minusFour = f32x4.splat(-4);
  const minusFive = f32x4.splat(-5);
  const a = madd(minusFour, d2, d4);
  const b = madd(minusFour, d1, d3);
  const c = f32x4.sub(d4, d2);
  const e = f32x4.sub(d3, d1);
  const e2 = f32x4.add(e, e);
  v128.store(to, madd(four, d0, madd(minusFive, d2, d4)));
  v128.store(to + toStep, f32x4.add(a, b));
  v128.store(to + 2 * toStep, f32x4.sub(a, b));
  v128.store(to + 3 * toStep, f32x4.add(c, e2));
  v128.store(to + 4 * toStep, f32x4.sub(c, e2));
  v128.store(to + 5 * toStep, madd(four, d1, madd(minusFive, d3, d5)));
}

/** G: a filter of three taps at the six points. */
// @ts-ignore: decorator
@inline
export function filterLine(g0: v128, g1: v128, g2: v128, to: usize, toStep: usize): void {
  const sum = f32x4.mul(f32x4.add(g0, g2), f32x4.splat(-1.0 / 6.0));
  const middle = f32x4.mul(g1, f32x4.splat(-1.0 / 6.0));
  const outer = madd(g2, f32x4.splat(1.0 / 6.0), f32x4.mul(g0, f32x4.splat(1.0 / 24.0)));
  const slope = f32x4.mul(g1, f32x4.splat(1.0 / 12.0));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + toStep, f32x4.add(sum, middle));
  v128.store(to + 2 * toStep, f32x4.sub(sum, middle));
  v128.store(to + 3 * toStep, f32x4.add(outer, slope));
  v128.store(to + 4 * toStep, f32x4.sub(outer, slope));
  v128.store(to + 5 * toStep, g2);
}

/** A^T: four outputs from the six points. */
// @ts-ignore: decorator
@inline
export function outputLine(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, to: usize, toStep: usize): void {
  const s1 = f32x4.add(m1, m2);
  const d1 = f32x4.sub(m1, m2);
  const s2 = f32x4.add(m3, m4);
  const d2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, s1), s2));
  v128.store(to + toStep, f32x4.add(d1, f32x4.add(d2, d2)));
  v128.store(to + 2 * toStep, madd(f32x4.splat(4), s2, s1));
  v128.store(to + 3 * toStep, f32x4.add(madd(f32x4.splat(8), d2, d1), m5));
}

/** G: the four output gradients, which take the filter's place in the filter gradient, at the six points. */
// @ts-ignore: decorator
@inline
export function gradientLine(g0: v128, g1: v128, g2: v128, g3: v128, to: usize, toStep: usize): void {
  const sixth = f32x4.splat(-1.0 / 6.0);
  const even = f32x4.mul(f32x4.add(g0, g2), sixth);
  const odd = f32x4.mul(f32x4.add(g1, g3), sixth);
  const even2 = madd(g2, f32x4.splat(1.0 / 6.0), f32x4.mul(g0, f32x4.splat(1.0 / 24.0)));
  const odd2 = madd(g3, f32x4.splat(1.0 / 3.0), f32x4.mul(g1, f32x4.splat(1.0 / 12.0)));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, g3);
}

/** A^T: three taps of a filter's gradient from the six points. */
// @ts-ignore: decorator
@inline
export function sumsLine(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, to: usize, toStep: usize): void {
  const s1 = f32x4.add(m1, m2);
  const s2 = f32x4.add(m3, m4);
  const d2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, s1), s2));
  v128.store(to + toStep, f32x4.add(f32x4.sub(m1, m2), f32x4.add(d2, d2)));
  v128.store(to + 2 * toStep, f32x4.add(madd(f32x4.splat(4), s2, s1), m5));
}
