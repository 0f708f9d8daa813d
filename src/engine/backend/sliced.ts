/**
 * The kernels' work in slices: what several kernels call the module for, cut so that the threads share it. Slices change
 * no bit of a result, and sums are cut into the same parts on any number of threads.
 */
import { fixedParts, type Slice } from "./slices";
import type { TrainingModule } from "./training-module";

/** What one thread computes in a microsecond, about; it decides only what is worth sharing. */
export const RATES = { products: 20_000, winograd: 50_000, depthwise: 4_000, floats: 2_000, optimizer: 1_000 } as const;

/** A matrix product: addresses and sizes as `gemm` takes them. */
export interface Product {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** C = op(A) op(B), cut along the longer side of C. */
export function multiply(module: TrainingModule, product: Product): void {
  const { a, b, c, m, n, k, transposeA, transposeB } = product;
  const microseconds = (m * n * k) / RATES.products;
  const byRows = m >= n;
  // Whole micro-tiles, so that no thread computes a cut one more than it must.
  const slices = byRows ? module.slices(m, microseconds, 4) : module.slices(n, microseconds, 8);
  module.run(
    "gemmPart",
    slices.map(({ from, count }) => {
      const [fromRow, toRow] = byRows ? [from, from + count] : [0, m];
      const [fromColumn, toColumn] = byRows ? [0, n] : [from, from + count];
      return [a, b, c, m, n, k, transposeA, transposeB, false, fromRow, toRow, fromColumn, toColumn];
    }),
  );
}

/**
 * Computes a sum over `total` things in fixed parts, which are then added up in their order.
 *
 * @param least things that a part must have
 * @param floats the length of the sum, at address `target`
 * @param compute computes the sums of the parts, each at its address
 */
export function sumOfParts(
  module: TrainingModule,
  { total, least, floats, target }: { total: number; least: number; floats: number; target: number },
  compute: (parts: readonly (Slice & { readonly target: number })[]) => void,
): void {
  const parts = fixedParts(total, least, floats);
  if (parts.length === 1) {
    compute(parts.map((part) => ({ ...part, target })));
    return;
  }
  module.withScratch(parts.length * floats, (partial) => {
    compute(parts.map((part, index) => ({ ...part, target: partial + index * floats * 4 })));
    module.functions.sumMiddle(partial, target, 1, parts.length, floats, 1);
  });
}
