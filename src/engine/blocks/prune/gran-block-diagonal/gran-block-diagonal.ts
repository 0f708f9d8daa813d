/**
 * Permuted block-diagonal masks (Deng et al. 2018; Zheng et al. 2019 call the offset a bias): of each `p x p` tile of a
 * matrix `W[m, n]` stays what has `(column - row) mod p = k`, with one `k` for each tile, so 1 / p of the weights. The
 * matrix of a convolution is `[kh * kw * cin, cout]`; tiles at the edge are cut off, as if the matrix went on with zeros.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { EngineError } from "../../../core/errors";
import { weightedNodes } from "../../../core/network";
import type { Rng } from "../../../core/rng";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { maskWeights } from "../../shared/pruning/mask-pruning";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** A matrix row by row. */
export interface Matrix {
  readonly values: Float32Array;
  readonly columns: number;
}

/** How many tiles of side p lie one below the other and side by side. */
const tilesOf = ({ values, columns }: Matrix, p: number) =>
  [Math.ceil(values.length / columns / p), Math.ceil(columns / p)] as const;

/** Offset of each tile, row by row: the diagonal of the largest squared sum; of equal ones the smaller offset. */
export function energyOffsets(matrix: Matrix, p: number): Uint8Array {
  const { values, columns } = matrix;
  const [down, across] = tilesOf(matrix, p);
  const energies = new Float64Array(down * across * p);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / columns);
    const column = i % columns;
    const tile = Math.floor(row / p) * across + Math.floor(column / p);
    energies[tile * p + ((((column - row) % p) + p) % p)]! += values[i]! ** 2;
  }
  return Uint8Array.from({ length: down * across }, (_, tile) => {
    let best = 0;
    for (let k = 1; k < p; k++) if (energies[tile * p + k]! > energies[tile * p + best]!) best = k;
    return best;
  });
}

/** Offset of each tile, row by row. @param rng of `random` */
export function tileOffsets(matrix: Matrix, p: number, offset: Params["offset"], rng: Rng): Uint8Array {
  if (offset === "energy") return energyOffsets(matrix, p);
  const [down, across] = tilesOf(matrix, p);
  return Uint8Array.from({ length: down * across }, (_, tile) =>
    offset === "random" ? rng.integer(p) : (Math.floor(tile / across) + (tile % across)) % p,
  );
}

/** What goes (1) of a matrix with these offsets. */
export function offDiagonal({ values, columns }: Matrix, p: number, offsets: Uint8Array): Uint8Array {
  const across = Math.ceil(columns / p);
  return Uint8Array.from(values, (_, i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    const k = offsets[Math.floor(row / p) * across + Math.floor(column / p)]!;
    return (((column - row) % p) + p) % p === k ? 0 : 1;
  });
}

/** The snapshot with block-diagonal masks on its kernels. Depthwise kernels are no matrices and stay. */
export function pruneToDiagonals(
  snapshot: Snapshot,
  { blockSize, offset, targets }: Pick<Params, "blockSize" | "offset" | "targets">,
  rng: Rng,
): Snapshot {
  const kernels = weightedNodes(snapshot.network)
    .filter(({ op }) => (op === "dense" && targets !== "convolutions") || (op === "conv2d" && targets !== "dense"))
    .map((node) => node.params.kernel!);
  if (kernels.length === 0) {
    throw new EngineError(
      "not-prunable",
      `${meta.id} expected a layer among ${targets}, got none in '${snapshot.network.name}'; choose other targets`,
    );
  }
  const removals = kernels.map(({ name, shape }) => {
    const values = effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
    const matrix = { values, columns: shape.at(-1)! };
    return offDiagonal(matrix, blockSize, tileOffsets(matrix, blockSize, offset, rng));
  });
  return maskWeights(
    snapshot,
    kernels.map(({ name }) => name),
    removals,
  );
}

export const granBlockDiagonal: BlockImplementation<typeof meta.params> = ({ params, services, rng }) => ({
  rounds: { count: 1, endFraction: 1 },
  async onRound(_round, model) {
    const pruned = pruneToDiagonals(await model.snapshot(), params, rng("offsets"));
    model.replace(await services.recalibrateBatchNorm(pruned));
  },
});
