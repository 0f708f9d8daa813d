/**
 * The optimizers' steps in one passage over a parameter. Results go to new tensors: what is updated in place would change
 * under those who share it, and tfjs keeps packed copies of filters by tensor.
 */

/** Moments below this are 0: smaller ones end as subnormal numbers, which processors compute many times slower. */
const TINY: f32 = 1e-36;

/** x where it is not tiny, else 0. */
// @ts-ignore: decorator
@inline
function flushed(x: v128): v128 {
  // Cleared where it compares as smaller, so that a NaN stays one and is seen.
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(TINY)));
}

/** Ones in all bits where a mask lets a weight live; all ones without a mask (pointer 0). */
// @ts-ignore: decorator
@inline
function alive(mask: usize, offset: usize): v128 {
  return mask == 0 ? i32x4.splat(-1) : f32x4.ne(v128.load(mask + offset), f32x4.splat(0));
}

/**
 * One step of Adam: m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g^2, w' = w - rate * m' / (sqrt(v' /
 * correction2) + epsilon), with rate = learning rate / correction1, corrections 1 - beta^step, and rest = 1 - beta given
 * apart because it has more digits than 1 - f32(beta). Where a mask is 0 all three results are +0.
 */
export function adam(
  w: usize, g: usize, m: usize, v: usize, mask: usize, wNew: usize, mNew: usize, vNew: usize, count: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, correction2: f32, epsilon: f32,
): void {
  const vectors = <usize>(count & ~3) << 2;
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(rest1);
  const r2 = f32x4.splat(rest2);
  const rates = f32x4.splat(rate);
  const inverse2 = f32x4.splat(1 / correction2);
  const epsilons = f32x4.splat(epsilon);
  for (let i: usize = 0; i < vectors; i += 16) {
    const gradient = v128.load(g + i);
    const first = flushed(f32x4.add(f32x4.mul(v128.load(m + i), b1), f32x4.mul(gradient, r1)));
    const second = flushed(f32x4.add(f32x4.mul(v128.load(v + i), b2), f32x4.mul(f32x4.mul(gradient, gradient), r2)));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(second, inverse2)), epsilons);
    const value = f32x4.sub(v128.load(w + i), f32x4.div(f32x4.mul(first, rates), root));
    const keep = alive(mask, i);
    v128.store(mNew + i, v128.and(first, keep));
    v128.store(vNew + i, v128.and(second, keep));
    v128.store(wNew + i, v128.and(value, keep));
  }
  for (let i = vectors; i < <usize>count << 2; i += 4) {
    const dead = mask != 0 && load<f32>(mask + i) == 0;
    const gradient = load<f32>(g + i);
    const first = load<f32>(m + i) * beta1 + gradient * rest1;
    const second = load<f32>(v + i) * beta2 + gradient * gradient * rest2;
    const value = load<f32>(w + i) - (first * rate) / (sqrt<f32>(second * (1 / correction2)) + epsilon);
    store<f32>(mNew + i, dead ? 0 : first);
    store<f32>(vNew + i, dead ? 0 : second);
    store<f32>(wNew + i, dead ? 0 : value);
  }
}

/** One step of gradient descent: u' = momentum u + g, w' = w - rate u'. Where a mask is 0 both results are +0. */
export function sgd(
  w: usize, g: usize, u: usize, mask: usize, wNew: usize, uNew: usize, count: i32, rate: f32, momentum: f32,
): void {
  const vectors = <usize>(count & ~3) << 2;
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  for (let i: usize = 0; i < vectors; i += 16) {
    const velocity = flushed(f32x4.add(f32x4.mul(v128.load(u + i), momenta), v128.load(g + i)));
    const value = f32x4.sub(v128.load(w + i), f32x4.mul(velocity, rates));
    const keep = alive(mask, i);
    v128.store(uNew + i, v128.and(velocity, keep));
    v128.store(wNew + i, v128.and(value, keep));
  }
  for (let i = vectors; i < <usize>count << 2; i += 4) {
    const dead = mask != 0 && load<f32>(mask + i) == 0;
    const velocity = load<f32>(u + i) * momentum + load<f32>(g + i);
    const value = load<f32>(w + i) - velocity * rate;
    store<f32>(uNew + i, dead ? 0 : velocity);
    store<f32>(wNew + i, dead ? 0 : value);
  }
}
