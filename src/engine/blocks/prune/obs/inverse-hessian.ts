/**
 * The inverse of a block-diagonal Hessian from gradients of single images, by the recursion of Hassibi and Stork (1992):
 * `A <- A - A g g' A / (n + g' A g)`, begun with `I / damping`. In doubles, as the recursion loses digits. Not here:
 * which weights go.
 */

/** Doubles of all blocks together at most: 256 MiB. Above that blocks get smaller. */
const mostEntries = 2 ** 25;

/** Weights of a block: as many as asked for, less where all blocks together would not fit into memory; at least 1. */
export const fittingBlock = (blockSize: number, weights: number): number =>
  Math.max(1, Math.min(blockSize, Math.floor(mostEntries / Math.max(1, weights))));

/** Weights that are curved together: indices into one kernel, and the inverse of their Hessian, row by row. */
export interface HessianBlock {
  readonly indices: Uint32Array;
  readonly inverse: Float64Array;
}

/**
 * Blocks of the weights of a kernel that are still there. Weights into the same output are neighbours, as they see
 * the same gradient; outputs are the fastest axis.
 */
export function kernelBlocks(
  size: number,
  outputs: number,
  mask: Uint8Array | undefined,
  blockSize: number,
  damping: number,
): HessianBlock[] {
  const order: number[] = [];
  for (let o = 0; o < outputs; o++) {
    for (let i = o; i < size; i += outputs) if (mask?.[i] !== 0) order.push(i);
  }
  const blocks: HessianBlock[] = [];
  for (let from = 0; from < order.length; from += blockSize) {
    const indices = Uint32Array.from(order.slice(from, from + blockSize));
    const inverse = new Float64Array(indices.length ** 2);
    for (let i = 0; i < indices.length; i++) inverse[i * indices.length + i] = 1 / damping;
    blocks.push({ indices, inverse });
  }
  return blocks;
}

/** One step of the recursion. @param scale of the gradient @param samples n: how many gradients there will be in all */
export function addGradient(
  { indices, inverse }: HessianBlock,
  gradient: Float32Array,
  scale: number,
  samples: number,
): void {
  const n = indices.length;
  const product = new Float64Array(n);
  let curvature = samples;
  for (let i = 0; i < n; i++) {
    const g = scale * gradient[indices[i]!]!;
    // The inverse is symmetric, so rows serve as columns.
    if (g !== 0) for (let j = 0, at = i * n; j < n; j++) product[j]! += g * inverse[at + j]!;
  }
  for (let i = 0; i < n; i++) curvature += scale * gradient[indices[i]!]! * product[i]!;
  if (curvature === samples) return;
  for (let i = 0; i < n; i++) {
    const factor = product[i]! / curvature;
    if (factor !== 0) for (let j = 0, at = i * n; j < n; j++) inverse[at + j]! -= factor * product[j]!;
  }
}

/** `w^2 / 2 [A]qq`: what the loss gains when a weight goes and the others of its block make up for it. */
export const blockSaliencies = ({ indices, inverse }: HessianBlock, weights: Float32Array): Float64Array =>
  Float64Array.from(indices, (index, i) => weights[index]! ** 2 / (2 * inverse[i * (indices.length + 1)]!));

/**
 * Moves the weights of a block in place so that those that go are 0 and the loss, to second order, is least:
 * `dw = -(w_q / [A]qq) A e_q`, one weight after the other, each time taking it out of the inverse; the order does not
 * matter for what comes out.
 * @param removed 1 marks what goes, of the whole kernel
 */
export function eliminate({ indices, inverse }: HessianBlock, weights: Float32Array, removed: Uint8Array): void {
  const n = indices.length;
  const going = [...indices.keys()].filter((i) => removed[indices[i]!]);
  if (going.length === 0) return;
  const a = inverse.slice();
  const w = Float64Array.from(indices, (index) => weights[index]!);
  for (const q of going) {
    const pivot = a[q * n + q]!;
    // A weight that rounding has left without curvature of its own goes without compensation.
    if (pivot > 0) {
      const row = a.slice(q * n, q * n + n);
      const step = w[q]! / pivot;
      for (let i = 0; i < n; i++) {
        w[i]! -= step * row[i]!;
        const factor = row[i]! / pivot;
        if (factor !== 0) for (let j = 0, at = i * n; j < n; j++) a[at + j]! -= factor * row[j]!;
      }
    }
    w[q] = 0;
  }
  for (const q of going) w[q] = 0;
  indices.forEach((index, i) => (weights[index] = w[i]!));
}
