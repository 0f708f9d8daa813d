/**
 * Group pruning (Wen et al. 2016, Lebedev and Lempitsky 2016): whole shape columns go, those of smallest L2 norm. The
 * mask of a kernel is then one pattern of `kh * kw * cin` bits that all filters share.
 */
import type { Snapshot } from "../../../core/snapshot";
import type { BlockImplementation } from "../../block";
import { pruningRounds, scheduledSparsity } from "../../pruning-schedule";
import {
  chooseColumns,
  type ColumnChoice,
  columnLayers,
  maskColumns,
  scoredColumns,
} from "../../shared/pruning/shape-columns";
import { scheduledLayers } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

/** The snapshot with a share of the columns of its convolutions masked. @throws EngineError `not-prunable` */
export function pruneColumns(snapshot: Snapshot, choice: ColumnChoice): Snapshot {
  const layers = columnLayers(snapshot, meta.id);
  return maskColumns(snapshot, layers, chooseColumns(layers, scoredColumns(snapshot, layers), choice));
}

export const granGroup: BlockImplementation<typeof meta.params> = ({ params, steps, services, layers }) => ({
  rounds: pruningRounds(steps, params),
  async onRound(round, model) {
    const pruned = pruneColumns(await model.snapshot(), {
      ...params,
      sparsity: scheduledSparsity(params.sparsity, round, params),
      layers: scheduledLayers(layers, round, params),
    });
    model.replace(params.schedule === "one-shot" ? await services.recalibrateBatchNorm(pruned) : pruned);
  },
});
