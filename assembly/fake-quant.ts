/**
 * Fake quantization: values put on a grid or into a codebook, and the straight-through gradient (Bengio et al. 2013),
 * which passes where a value is within the range of the grid. A tensor is [rows, groups] with one scale a group; one
 * group is one scale for the whole tensor. Rounding is half to even and all arithmetic float32, as in the operations
 * that these kernels stand in for, so results are the same to the bit but for the sign of a zero.
 */

/** Largest |x| of each group. */
function largest(x: usize, bound: usize, rows: i32, groups: i32): void {
  memory.fill(bound, 0, <usize>groups << 2);
  if (groups == 1) {
    let best = f32x4.splat(0);
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      best = f32x4.max(best, f32x4.abs(v128.load(x)));
      x += 16;
    }
    let top = max<f32>(
      max<f32>(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)),
      max<f32>(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)),
    );
    for (; i < rows; i++) {
      top = max<f32>(top, abs<f32>(load<f32>(x)));
      x += 4;
    }
    store<f32>(bound, top);
    return;
  }
  for (let r = 0; r < rows; r++) {
    let at = bound;
    let c = 0;
    for (; c + 4 <= groups; c += 4) {
      v128.store(at, f32x4.max(v128.load(at), f32x4.abs(v128.load(x))));
      x += 16;
      at += 16;
    }
    for (; c < groups; c++) {
      store<f32>(at, max<f32>(load<f32>(at), abs<f32>(load<f32>(x))));
      x += 4;
      at += 4;
    }
  }
}

/**
 * The symmetric grid of each group of x [rows, groups]: limits [2, groups] = -b and b with b = clip * max|x|, and
 * scales [groups] = b / levels, 1 for a group of zeros.
 */
export function uniformGrid(
  x: usize, clips: usize, limits: usize, scales: usize, rows: i32, groups: i32, levels: f32,
): void {
  const bounds = limits + (<usize>groups << 2);
  largest(x, bounds, rows, groups);
  for (let c = 0; c < groups; c++) {
    const offset = <usize>c << 2;
    const bound = load<f32>(bounds + offset) * load<f32>(clips + offset);
    const scale = bound / levels;
    store<f32>(bounds + offset, bound);
    store<f32>(limits + offset, -bound);
    store<f32>(scales + offset, scale == 0 ? 1 : scale);
  }
}

/** (min(max(round(x / scale) + zero, low), high) - zero) * scale */
// @ts-ignore: decorator
@inline
function rounded(x: v128, scale: v128, zero: v128, low: v128, high: v128): v128 {
  const code = f32x4.add(f32x4.nearest(f32x4.div(x, scale)), zero);
  return f32x4.mul(f32x4.sub(f32x4.min(f32x4.max(code, low), high), zero), scale);
}

/** One value of the same. */
// @ts-ignore: decorator
@inline
function roundedOne(x: f32, scale: f32, zero: f32, low: f32, high: f32): f32 {
  return (min<f32>(max<f32>(nearest<f32>(x / scale) + zero, low), high) - zero) * scale;
}

/** y = the nearest point of the grid of codes low to high, for x [rows, groups] with scales [groups]. */
export function roundToGrid(
  x: usize, y: usize, scales: usize, rows: i32, groups: i32, zeroPoint: f32, low: f32, high: f32,
): void {
  const zero = f32x4.splat(zeroPoint);
  const bottom = f32x4.splat(low);
  const top = f32x4.splat(high);
  if (groups == 1) {
    const scale = load<f32>(scales);
    const all = f32x4.splat(scale);
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      v128.store(y, rounded(v128.load(x), all, zero, bottom, top));
      x += 16;
      y += 16;
    }
    for (; i < rows; i++) {
      store<f32>(y, roundedOne(load<f32>(x), scale, zeroPoint, low, high));
      x += 4;
      y += 4;
    }
    return;
  }
  for (let r = 0; r < rows; r++) {
    let at = scales;
    let c = 0;
    for (; c + 4 <= groups; c += 4) {
      v128.store(y, rounded(v128.load(x), v128.load(at), zero, bottom, top));
      x += 16;
      y += 16;
      at += 16;
    }
    for (; c < groups; c++) {
      store<f32>(y, roundedOne(load<f32>(x), load<f32>(at), zeroPoint, low, high));
      x += 4;
      y += 4;
      at += 4;
    }
  }
}

/** dx = dy where limits[0, c] <= x <= limits[1, c], else 0, for x [rows, groups] and limits [2, groups]. */
export function passWithin(dy: usize, x: usize, dx: usize, limits: usize, rows: i32, groups: i32): void {
  if (groups == 1) {
    const low = load<f32>(limits);
    const high = load<f32>(limits, 4);
    const bottom = f32x4.splat(low);
    const top = f32x4.splat(high);
    let i = 0;
    for (; i + 4 <= rows; i += 4) {
      const value = v128.load(x);
      v128.store(dx, v128.and(v128.load(dy), v128.and(f32x4.ge(value, bottom), f32x4.le(value, top))));
      x += 16;
      dy += 16;
      dx += 16;
    }
    for (; i < rows; i++) {
      const value = load<f32>(x);
      store<f32>(dx, value >= low && value <= high ? load<f32>(dy) : 0);
      x += 4;
      dy += 4;
      dx += 4;
    }
    return;
  }
  const width = <usize>groups << 2;
  for (let r = 0; r < rows; r++) {
    let at = limits;
    let c = 0;
    for (; c + 4 <= groups; c += 4) {
      const value = v128.load(x);
      const open = v128.and(f32x4.ge(value, v128.load(at)), f32x4.le(value, v128.load(at + width)));
      v128.store(dx, v128.and(v128.load(dy), open));
      x += 16;
      dy += 16;
      dx += 16;
      at += 16;
    }
    for (; c < groups; c++) {
      const value = load<f32>(x);
      store<f32>(dx, value >= load<f32>(at) && value <= load<f32>(at + width) ? load<f32>(dy) : 0);
      x += 4;
      dy += 4;
      dx += 4;
      at += 4;
    }
  }
}

/** y = the nearest of `count` values to each x, of two as near the one that comes first; 0 where a mask is 0. */
export function nearestValue(x: usize, values: usize, mask: usize, y: usize, size: i32, count: i32): void {
  const end = values + (<usize>count << 2);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const weight = v128.load(x);
    let best = v128.load32_splat(values);
    let least = f32x4.abs(f32x4.sub(weight, best));
    for (let at = values + 4; at < end; at += 4) {
      const value = v128.load32_splat(at);
      const distance = f32x4.abs(f32x4.sub(weight, value));
      const nearer = f32x4.lt(distance, least);
      best = v128.bitselect(value, best, nearer);
      least = v128.bitselect(distance, least, nearer);
    }
    if (mask != 0) {
      best = v128.and(best, f32x4.ne(v128.load(mask), f32x4.splat(0)));
      mask += 16;
    }
    v128.store(y, best);
    x += 16;
    y += 16;
  }
  for (; i < size; i++) {
    const weight = load<f32>(x);
    let best = load<f32>(values);
    let least = abs<f32>(weight - best);
    for (let at = values + 4; at < end; at += 4) {
      const distance = abs<f32>(weight - load<f32>(at));
      if (distance < least) {
        best = load<f32>(at);
        least = distance;
      }
    }
    if (mask != 0) {
      if (load<f32>(mask) == 0) best = 0;
      mask += 4;
    }
    store<f32>(y, best);
    x += 4;
    y += 4;
  }
}
