/**
 * Many standard normal numbers at once, in the bits that one after the other has them (`createRng`): Box-Muller,
 * `sqrt(-2 ln(1 - u)) cos(2 pi v)`, from the same draws. Logarithm and cosine are short polynomials in double precision;
 * where their error could reach the float32 that a result rounds to, the result is computed the exact way. Measured on
 * Node 20: 26 ns for a number, 57 one after the other.
 */

/** Step of mulberry32's state. */
const step = 0x6d2b79f5;
const draws = 4294967296;

/** Reciprocals and logarithms of the middles of 256 parts of [1, 2). */
const pieces = 256;
const middle = (i: number): number => 1 + (i + 0.5) / pieces;
const reciprocals = Float64Array.from({ length: pieces }, (_, i) => 1 / middle(i));
const logarithms = Float64Array.from({ length: pieces }, (_, i) => Math.log(middle(i)));
const powers = Float64Array.from({ length: 32 }, (_, e) => 2 ** -e);

/** Taylor coefficients of `cos(2 pi d)` in d^2; the next one adds less than 1e-16 for |d| <= 1/4. */
const cosine = Array.from({ length: 12 }, (_, k) => {
  let term = 1;
  for (let j = 1; j <= 2 * k; j++) term *= (2 * Math.PI) / j;
  return k % 2 === 0 ? term : -term;
});
const [c0, c1, c2, c3, c4, c5] = cosine as [number, number, number, number, number, number];
const [c6, c7, c8, c9, c10, c11] = cosine.slice(6) as [number, number, number, number, number, number];

/** Below so many of 2^32 the logarithm is so small that its polynomial is not exact enough. */
const least = 2 ** 22;
/** Relative error of a result's radius, at most; that of the cosine is below it. */
const error = 3e-13;

/** Fills `out` and answers the state after it. @param state of mulberry32, a 32-bit integer */
export function drawNormals(state: number, out: Float32Array): number {
  let s = state;
  for (let i = 0; i < out.length; i++) {
    s = (s + step) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    const a = (t ^ (t >>> 14)) >>> 0;
    s = (s + step) | 0;
    t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    const v = ((t ^ (t >>> 14)) >>> 0) / draws;
    if (a > least) {
      // 1 - u = k / 2^32 = m * 2^(e - 32) with m in [1, 2).
      const k = draws - a;
      const e = 31 - Math.clz32(k);
      const m = k * powers[e]!;
      const piece = ((m - 1) * pieces) | 0;
      const z = m * reciprocals[piece]! - 1;
      const log =
        (e - 32) * Math.LN2 + logarithms[piece]! + z * (1 + z * (-0.5 + z * (1 / 3 + z * (-0.25 + z * (0.2 - z / 6)))));
      const radius = Math.sqrt(-2 * log);
      // cos(2 pi v) = (-1)^n cos(2 pi (v - n / 2)).
      const n = Math.floor(2 * v + 0.5);
      const d = v - n / 2;
      const x = d * d;
      const x2 = x * x;
      const x4 = x2 * x2;
      const high = c8 + x * c9 + x2 * (c10 + x * c11);
      const cos = c0 + x * c1 + x2 * (c2 + x * c3) + x4 * (c4 + x * c5 + x2 * (c6 + x * c7) + x4 * high);
      const value = n === 1 ? -radius * cos : radius * cos;
      const bound = radius * error;
      const rounded = Math.fround(value - bound);
      if (rounded === Math.fround(value + bound)) {
        out[i] = rounded;
        continue;
      }
    }
    out[i] = Math.sqrt(-2 * Math.log(1 - a / draws)) * Math.cos(2 * Math.PI * v);
  }
  return s;
}
