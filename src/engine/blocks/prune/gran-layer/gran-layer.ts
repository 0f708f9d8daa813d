/** Layer pruning: whole residual blocks go whose skip is an identity, so that the network closes behind them. */
import { EngineError } from "../../../core/errors";
import type { Snapshot } from "../../../core/snapshot";
import { removeBlock, type ResidualBlock, residualBlocks } from "../../../surgery/remove-block";
import type { BlockImplementation, ClipServices, ModelAccess } from "../../block";
import type { ParamsOf } from "../../params";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** The norms of each image of a batch `[images, ...]`. */
export function imageNorms(values: Float32Array, images: number): Float64Array {
  const size = values.length / images;
  const norms = new Float64Array(images);
  for (let n = 0; n < images; n++) {
    let sum = 0;
    for (let i = n * size; i < (n + 1) * size; i++) sum += values[i]! * values[i]!;
    norms[n] = Math.sqrt(sum);
  }
  return norms;
}

/** `|F(x)| / |x|` of an image; a block that makes something of nothing changes it beyond all measure. */
export const relativeChange = (branch: number, skip: number): number =>
  branch === 0 ? 0 : skip === 0 ? Number.MAX_VALUE : branch / skip;

/** The mean of `|F(x)| / |x|` over images, for each block. */
export async function relativeChanges(
  snapshot: Snapshot,
  blocks: readonly ResidualBlock[],
  images: number,
  services: Pick<ClipServices, "visitOutputs">,
): Promise<number[]> {
  const sums = blocks.map(() => 0);
  let count = 0;
  const nodes = [...new Set(blocks.flatMap(({ skip, branch }) => [skip, branch]))];
  let norms = new Map<string, Float64Array>();
  await services.visitOutputs(snapshot, nodes, images, ({ nodeId, shape, values }) => {
    norms.set(nodeId, imageNorms(values, shape[0]!));
    if (norms.size < nodes.length) return;
    blocks.forEach(({ skip, branch }, k) =>
      norms.get(branch)!.forEach((norm, n) => (sums[k]! += relativeChange(norm, norms.get(skip)![n]!))),
    );
    count += shape[0]!;
    norms = new Map();
  });
  return sums.map((sum) => sum / Math.max(1, count));
}

/** The block to go; of equal ones the first. @throws EngineError `not-prunable` when there is none */
async function leastBlock(
  snapshot: Snapshot,
  { score, images }: Params,
  services: Pick<ClipServices, "visitOutputs" | "score">,
): Promise<ResidualBlock> {
  const blocks = residualBlocks(snapshot.network);
  if (blocks.length === 0) {
    throw new EngineError(
      "not-prunable",
      `${meta.id} expected a residual block whose skip is an identity, got none in '${snapshot.network.name}'; ` +
        "take a residual network, or fewer blocks",
    );
  }
  let scores: number[] = [];
  if (score === "relative-change") scores = await relativeChanges(snapshot, blocks, images, services);
  else {
    for (const { id } of blocks) scores.push(-(await services.score(removeBlock(snapshot, id))));
  }
  const bad = scores.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new EngineError(
      "invalid-params",
      `expected finite scores, got ${scores[bad]} for block '${blocks[bad]!.id}'`,
    );
  }
  return blocks[scores.indexOf(Math.min(...scores))]!;
}

export const granLayer: BlockImplementation<typeof meta.params> = ({ params, steps, services }) => {
  const remove = async (model: ModelAccess, count: number) => {
    let snapshot = await model.snapshot();
    // One after the other: what a block does depends on what is left around it.
    for (let k = 0; k < count; k++) {
      snapshot = removeBlock(snapshot, (await leastBlock(snapshot, params, services)).id);
    }
    model.replace(await services.recalibrateBatchNorm(snapshot));
  };
  const count = steps === 0 ? 1 : params.count;
  return {
    rounds: { count, endFraction: params.endFraction },
    onRound: (_, model) => remove(model, steps === 0 ? params.count : 1),
  };
};
