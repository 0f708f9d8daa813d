/**
 * Sums over one stretch of axes, their spreading back, bias and rectifiers.
 */

/** Rows added up one after another before the total is touched, so that long sums lose no more bits than short ones. */
const BLOCK: i32 = 64;

/** Sums four columns over `rows` rows; `step` bytes from row to row. */
// @ts-ignore: decorator
@inline
function sumFour(from: usize, rows: i32, step: usize): v128 {
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    sum = f32x4.add(sum, v128.load(from));
    from += step;
  }
  return sum;
}

/** y [outer, inner] = scale * the sum of x [outer, rows, inner] over its rows. */
export function sumMiddle(x: usize, y: usize, outer: i32, rows: i32, inner: i32, scale: f32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    memory.fill(y, 0, step);
    for (let r = 0; r < rows; r += BLOCK) {
      const count = min(BLOCK, rows - r);
      let c = 0;
      // Sixteen columns at a time keep a whole cache line busy and four sums in flight.
      for (; c + 16 <= inner; c += 16) {
        const offset = <usize>c << 2;
        let from = x + offset;
        let s0 = f32x4.splat(0);
        let s1 = s0;
        let s2 = s0;
        let s3 = s0;
        for (let i = 0; i < count; i++) {
          s0 = f32x4.add(s0, v128.load(from));
          s1 = f32x4.add(s1, v128.load(from, 16));
          s2 = f32x4.add(s2, v128.load(from, 32));
          s3 = f32x4.add(s3, v128.load(from, 48));
          from += step;
        }
        const to = y + offset;
        v128.store(to, f32x4.add(v128.load(to), s0));
        v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
        v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
        v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
      }
      for (; c + 4 <= inner; c += 4) {
        const to = y + (<usize>c << 2);
        v128.store(to, f32x4.add(v128.load(to), sumFour(x + (<usize>c << 2), count, step)));
      }
      for (; c < inner; c++) {
        let from = x + (<usize>c << 2);
        let sum: f32 = 0;
        for (let i = 0; i < count; i++) {
          sum += load<f32>(from);
          from += step;
        }
        const to = y + (<usize>c << 2);
        store<f32>(to, load<f32>(to) + sum);
      }
      x += <usize>count * step;
    }
    if (scale != 1) {
      for (let c = 0; c < inner; c++) {
        const to = y + (<usize>c << 2);
        store<f32>(to, load<f32>(to) * scale);
      }
    }
    y += step;
  }
}

/** y [outer, rows, inner] = scale * x [outer, inner], the same for each row. */
export function spreadMiddle(x: usize, y: usize, outer: i32, rows: i32, inner: i32, scale: f32): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++) {
      const offset = <usize>c << 2;
      store<f32>(y + offset, load<f32>(x + offset) * scale);
    }
    const first = y;
    for (let r = 1; r < rows; r++) {
      y += step;
      memory.copy(y, first, step);
    }
    y += step;
    x += step;
  }
}

/** dx = dy where 0 < x <= ceiling, else 0. ceiling is 6 for relu6, infinity for relu. */
export function reluGradient(dy: usize, x: usize, dx: usize, count: i32, ceiling: f32): void {
  const zero = f32x4.splat(0);
  const top = f32x4.splat(ceiling);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const value = v128.load(x);
    const open = v128.and(f32x4.gt(value, zero), f32x4.le(value, top));
    v128.store(dx, v128.and(v128.load(dy), open));
    x += 16;
    dy += 16;
    dx += 16;
  }
  for (; i < count; i++) {
    const value = load<f32>(x);
    store<f32>(dx, value > 0 && value <= ceiling ? load<f32>(dy) : 0);
    x += 4;
    dy += 4;
    dx += 4;
  }
}

/** y = min(max(y + bias, low), high) over rows of `channels`, in place; no bias where its address is 0. */
export function biasAndClip(y: usize, bias: usize, rows: i32, channels: i32, low: f32, high: f32): void {
  const bottom = f32x4.splat(low);
  const top = f32x4.splat(high);
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const sum = bias == 0 ? v128.load(y) : f32x4.add(v128.load(y), v128.load(bias + (<usize>c << 2)));
      v128.store(y, f32x4.min(f32x4.max(sum, bottom), top));
      y += 16;
    }
    for (; c < channels; c++) {
      const sum = bias == 0 ? load<f32>(y) : load<f32>(y) + load<f32>(bias + (<usize>c << 2));
      store<f32>(y, min<f32>(max<f32>(sum, low), high));
      y += 4;
    }
  }
}
