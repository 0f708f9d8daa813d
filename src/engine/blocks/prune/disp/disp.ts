/**
 * Direct importance-aware structured pruning (after Cui et al. 2021, who prune attention heads and feed-forward units):
 * each unit has a gate of 1 on its output, its importance is how the loss depends on it,
 * `I_g = mean over images |dL/dgate_g| = mean |sum output_g dL/doutput_g|`, divided by the L2 norm of its layer's
 * importances, and of all units together the least important go, round after round.
 */
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import type { BlockImplementation, ClipServices } from "../../block";
import { perRoundSchedule } from "../../shared/pruning/rounds";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { unitMagnitudes, unitOutputs } from "../../shared/pruning/unit-outputs";
import { meta } from "./meta";

/** Images of one gradient. In inference images do not mix, so that each has its own however many there are. */
const batchSize = 32;

/** A layer's importances over their L2 norm; zeros where all are 0. */
export function overLayerNorm(importances: Float32Array): Float32Array {
  const norm = Math.sqrt(importances.reduce((sum, value) => sum + value * value, 0));
  return importances.map((value) => (norm > 0 ? value / norm : 0));
}

/** `mean |dL/dgate|` of each unit of each group, L the cross-entropy of one image. */
export async function gateImportances(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  images: number,
  services: Pick<ClipServices, "visitOutputGradients">,
): Promise<Float32Array[]> {
  const { snapshot: folded, outputs, nodeIds } = unitOutputs(snapshot, groups);
  const magnitudes = unitMagnitudes(groups, outputs);
  await services.visitOutputGradients(folded, nodeIds, { images, batchSize, of: "loss" }, (batch) => {
    // Of the mean loss; an image's own is as many times as large as there are images.
    magnitudes.add(
      batch,
      batch.gradients.map((gradient) => gradient * batch.shape[0]!),
    );
  });
  return magnitudes.means();
}

export const disp: BlockImplementation<typeof meta.params> = (context) => {
  const { params, steps, services } = context;
  return structuredPruning(
    {
      ...context,
      params: {
        ...params,
        ...perRoundSchedule(params),
        ...(steps === 0 ? { sparsity: params.perRound, schedule: "one-shot" } : {}),
      },
    },
    meta.id,
    async (snapshot, groups) =>
      (await gateImportances(snapshot, groups, params.images, services)).map((importances) =>
        overLayerNorm(importances),
      ),
  );
};
