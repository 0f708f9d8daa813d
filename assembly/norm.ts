/**
 * Batch normalization in training on x [rows, C], and its gradient, in pieces that can be computed apart: sums over parts
 * of the rows, what follows from them for each channel, and what follows from that for each row. Statistics are gathered
 * in blocks of rows that fit the cache: the block's mean, its squared deviations from that mean, and both merged into the
 * totals (Chan, Golub and LeVeque 1979), which costs one passage over x and loses no precision to a large mean.
 */

const BLOCK: i32 = 32;

/** mean and m2 [C] (sum of squared deviations) after merging a block's into those of `seen` rows before it. */
// @ts-ignore: decorator
@inline
function merge(mean: usize, m2: usize, blockMean: v128, blockM2: v128, seen: f32, count: f32): void {
  const old = v128.load(mean);
  const delta = f32x4.sub(blockMean, old);
  const share = f32x4.splat(count / (seen + count));
  v128.store(mean, f32x4.add(old, f32x4.mul(delta, share)));
  const between = f32x4.mul(f32x4.mul(delta, delta), f32x4.splat((seen * count) / (seen + count)));
  v128.store(m2, f32x4.add(v128.load(m2), f32x4.add(blockM2, between)));
}

/** result [2, C]: mean of the rows of x, and their squared deviations from it. */
export function batchNormMoments(x: usize, result: usize, rows: i32, channels: i32): void {
  const step = <usize>channels << 2;
  const mean = result;
  const m2 = result + step;
  memory.fill(result, 0, 2 * step);
  for (let r = 0; r < rows; r += BLOCK) {
    const count = min(BLOCK, rows - r);
    const block = x + <usize>r * step;
    const inverse = <f32>1 / <f32>count;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const offset = <usize>c << 2;
      let from = block + offset;
      let sum = f32x4.splat(0);
      for (let i = 0; i < count; i++) {
        sum = f32x4.add(sum, v128.load(from));
        from += step;
      }
      const blockMean = f32x4.mul(sum, f32x4.splat(inverse));
      from = block + offset;
      let squares = f32x4.splat(0);
      for (let i = 0; i < count; i++) {
        const deviation = f32x4.sub(v128.load(from), blockMean);
        squares = f32x4.add(squares, f32x4.mul(deviation, deviation));
        from += step;
      }
      merge(mean + offset, m2 + offset, blockMean, squares, <f32>r, <f32>count);
    }
    for (; c < channels; c++) {
      const offset = <usize>c << 2;
      let sum: f32 = 0;
      for (let i = 0; i < count; i++) sum += load<f32>(block + <usize>i * step + offset);
      const blockMean = sum * inverse;
      let squares: f32 = 0;
      for (let i = 0; i < count; i++) {
        const deviation = load<f32>(block + <usize>i * step + offset) - blockMean;
        squares += deviation * deviation;
      }
      mergeOne(mean + offset, m2 + offset, blockMean, squares, <f32>r, <f32>count);
    }
  }
}

/** One channel's merge. */
// @ts-ignore: decorator
@inline
function mergeOne(mean: usize, m2: usize, blockMean: f32, blockM2: f32, seen: f32, count: f32): void {
  const old = load<f32>(mean);
  const delta = blockMean - old;
  const total = seen + count;
  store<f32>(mean, old + delta * (count / total));
  store<f32>(m2, load<f32>(m2) + blockM2 + delta * delta * ((seen * count) / total));
}

/**
 * Merges the moments [parts, 2, C] of parts of `partRows` rows each (the last may have fewer) in their order. Results are
 * the mean, the biased variance, inverse = 1 / sqrt(variance + epsilon) and scale = gamma * inverse, all [C].
 */
export function batchNormMerge(
  moments: usize, partRows: i32, gamma: usize, mean: usize, variance: usize, inverse: usize, scale: usize, rows: i32,
  channels: i32, epsilon: f32,
): void {
  const step = <usize>channels << 2;
  memory.copy(mean, moments, step);
  memory.copy(variance, moments + step, step);
  for (let r = partRows; r < rows; r += partRows) {
    moments += 2 * step;
    const count = <f32>min(partRows, rows - r);
    for (let offset: usize = 0; offset < step; offset += 4) {
      const partMean = load<f32>(moments + offset);
      mergeOne(mean + offset, variance + offset, partMean, load<f32>(moments + step + offset), <f32>r, count);
    }
  }
  for (let offset: usize = 0; offset < step; offset += 4) {
    const spread = load<f32>(variance + offset) / <f32>rows;
    const value: f32 = <f32>1 / sqrt<f32>(spread + epsilon);
    store<f32>(variance + offset, spread);
    store<f32>(inverse + offset, value);
    store<f32>(scale + offset, value * load<f32>(gamma + offset));
  }
}

/** y = (x - mean) * scale + beta over rows; mean, scale and beta [C]. */
export function batchNormApply(x: usize, y: usize, mean: usize, scale: usize, beta: usize, rows: i32, channels: i32): void {
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const offset = <usize>c << 2;
      const centred = f32x4.sub(v128.load(x + offset), v128.load(mean + offset));
      v128.store(y + offset, f32x4.add(f32x4.mul(centred, v128.load(scale + offset)), v128.load(beta + offset)));
    }
    for (; c < channels; c++) {
      const offset = <usize>c << 2;
      store<f32>(
        y + offset,
        (load<f32>(x + offset) - load<f32>(mean + offset)) * load<f32>(scale + offset) + load<f32>(beta + offset),
      );
    }
    x += <usize>channels << 2;
    y += <usize>channels << 2;
  }
}

/** result [2, C]: the sums over rows of dy and of dy * (x - mean). */
export function batchNormSums(dy: usize, x: usize, mean: usize, result: usize, rows: i32, channels: i32): void {
  const step = <usize>channels << 2;
  const sums = result;
  const products = result + step;
  memory.fill(result, 0, 2 * step);
  for (let r = 0; r < rows; r += BLOCK) {
    const count = min(BLOCK, rows - r);
    const at = <usize>r * step;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const offset = <usize>c << 2;
      const centre = v128.load(mean + offset);
      let from = at + offset;
      let sum = f32x4.splat(0);
      let product = f32x4.splat(0);
      for (let i = 0; i < count; i++) {
        const gradient = v128.load(dy + from);
        sum = f32x4.add(sum, gradient);
        product = f32x4.add(product, f32x4.mul(gradient, f32x4.sub(v128.load(x + from), centre)));
        from += step;
      }
      v128.store(sums + offset, f32x4.add(v128.load(sums + offset), sum));
      v128.store(products + offset, f32x4.add(v128.load(products + offset), product));
    }
    for (; c < channels; c++) {
      const offset = <usize>c << 2;
      const centre = load<f32>(mean + offset);
      let sum: f32 = 0;
      let product: f32 = 0;
      for (let i = 0; i < count; i++) {
        const from = at + <usize>i * step + offset;
        const gradient = load<f32>(dy + from);
        sum += gradient;
        product += gradient * (load<f32>(x + from) - centre);
      }
      store<f32>(sums + offset, load<f32>(sums + offset) + sum);
      store<f32>(products + offset, load<f32>(products + offset) + product);
    }
  }
}

/**
 * From sums [2, C] over all rows: dgamma [C] = sum of dy * unit, dbeta [C] = sum of dy, with unit = (x - mean) * inverse,
 * and factors [3, C], the scale, slope and shift of dx = gamma * inverse * (dy - dbeta / rows - unit * dgamma / rows).
 */
export function batchNormFactors(
  sums: usize, gamma: usize, inverse: usize, dgamma: usize, dbeta: usize, factors: usize, rows: i32, channels: i32,
): void {
  const step = <usize>channels << 2;
  for (let offset: usize = 0; offset < step; offset += 4) {
    const inv = load<f32>(inverse + offset);
    const total = load<f32>(sums + offset);
    const gammaGradient = load<f32>(sums + step + offset) * inv;
    store<f32>(dbeta + offset, total);
    store<f32>(dgamma + offset, gammaGradient);
    const factor = load<f32>(gamma + offset) * inv;
    store<f32>(factors + offset, factor);
    store<f32>(factors + step + offset, (factor * inv * gammaGradient) / <f32>rows);
    store<f32>(factors + 2 * step + offset, (factor * total) / <f32>rows);
  }
}

/** dx = scale * dy - slope * (x - mean) - shift over rows, with factors [3, C]. */
export function batchNormInputGradient(
  dy: usize, x: usize, mean: usize, factors: usize, dx: usize, rows: i32, channels: i32,
): void {
  const step = <usize>channels << 2;
  const scale = factors;
  const slope = factors + step;
  const shift = slope + step;
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const offset = <usize>c << 2;
      const centred = f32x4.sub(v128.load(x + offset), v128.load(mean + offset));
      const direct = f32x4.sub(f32x4.mul(v128.load(dy + offset), v128.load(scale + offset)), v128.load(shift + offset));
      v128.store(dx + offset, f32x4.sub(direct, f32x4.mul(centred, v128.load(slope + offset))));
    }
    for (; c < channels; c++) {
      const offset = <usize>c << 2;
      const centred = load<f32>(x + offset) - load<f32>(mean + offset);
      store<f32>(
        dx + offset,
        load<f32>(dy + offset) * load<f32>(scale + offset) - load<f32>(shift + offset) - centred * load<f32>(slope + offset),
      );
    }
    x += step;
    dy += step;
    dx += step;
  }
}
