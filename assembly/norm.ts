/**
 * Batch normalization in training on x [rows, C], and its gradient. Statistics are gathered in blocks of rows that fit
 * the cache: the block's mean, its squared deviations from that mean, and both merged into the totals (Chan, Golub and
 * LeVeque 1979), which costs one passage over x and loses no precision to a large mean.
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

/** Mean [C] and biased variance [C] of the rows of x. */
function moments(x: usize, rows: i32, channels: i32, mean: usize, variance: usize): void {
  const step = <usize>channels << 2;
  memory.fill(mean, 0, step);
  memory.fill(variance, 0, step);
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
      merge(mean + offset, variance + offset, blockMean, squares, <f32>r, <f32>count);
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
      const old = load<f32>(mean + offset);
      const delta = blockMean - old;
      const total = <f32>r + <f32>count;
      store<f32>(mean + offset, old + delta * (<f32>count / total));
      store<f32>(variance + offset, load<f32>(variance + offset) + squares + delta * delta * ((<f32>r * <f32>count) / total));
    }
  }
  for (let c = 0; c < channels; c++) {
    const at = variance + (<usize>c << 2);
    store<f32>(at, load<f32>(at) / <f32>rows);
  }
}

/**
 * y = gamma * (x - mean) * inverse + beta over rows; mean, variance and inverse = 1 / sqrt(variance + epsilon), all [C],
 * are results too. scale [C] is scratch.
 */
export function batchNormForward(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, variance: usize, inverse: usize, scale: usize,
  rows: i32, channels: i32, epsilon: f32,
): void {
  moments(x, rows, channels, mean, variance);
  for (let c = 0; c < channels; c++) {
    const offset = <usize>c << 2;
    const value: f32 = <f32>1 / sqrt<f32>(load<f32>(variance + offset) + epsilon);
    store<f32>(inverse + offset, value);
    store<f32>(scale + offset, value * load<f32>(gamma + offset));
  }
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

/**
 * Gradients of batchNormForward: dx [rows, C], dgamma [C] = sum of dy * unit, dbeta [C] = sum of dy, with
 * unit = (x - mean) * inverse, and dx = gamma * inverse * (dy - dbeta / rows - unit * dgamma / rows).
 * scratch holds 3 C floats.
 */
export function batchNormBackward(
  dy: usize, x: usize, gamma: usize, mean: usize, inverse: usize, dx: usize, dgamma: usize, dbeta: usize, scratch: usize,
  rows: i32, channels: i32,
): void {
  const step = <usize>channels << 2;
  memory.fill(dgamma, 0, step);
  memory.fill(dbeta, 0, step);
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
      v128.store(dbeta + offset, f32x4.add(v128.load(dbeta + offset), sum));
      v128.store(dgamma + offset, f32x4.add(v128.load(dgamma + offset), product));
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
      store<f32>(dbeta + offset, load<f32>(dbeta + offset) + sum);
      store<f32>(dgamma + offset, load<f32>(dgamma + offset) + product);
    }
  }
  // dx = scale * dy - slope * (x - mean) - shift
  const scale = scratch;
  const slope = scratch + step;
  const shift = slope + step;
  for (let c = 0; c < channels; c++) {
    const offset = <usize>c << 2;
    const inv = load<f32>(inverse + offset);
    const gammaGradient = load<f32>(dgamma + offset) * inv;
    store<f32>(dgamma + offset, gammaGradient);
    const factor = load<f32>(gamma + offset) * inv;
    store<f32>(scale + offset, factor);
    store<f32>(slope + offset, (factor * inv * gammaGradient) / <f32>rows);
    store<f32>(shift + offset, (factor * load<f32>(dbeta + offset)) / <f32>rows);
  }
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
