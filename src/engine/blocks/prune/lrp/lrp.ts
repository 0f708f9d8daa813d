/**
 * Pruning by layer-wise relevance (after Xu et al. 2022): the logit of the true class, or the largest one, is handed
 * back through the network (`training/relevance.ts`), and a unit's score is the mean over images of the magnitude of
 * what reached it, `mean |sum over places R|`. Batch normalization is folded first, so that relevance is that of what a
 * removal makes 0.
 */
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import type { BlockImplementation, ClipServices, RelevanceOptions } from "../../block";
import { structuredPruning } from "../../shared/pruning/structured-pruning";
import { unitMagnitudes, unitOutputs } from "../../shared/pruning/unit-outputs";
import { meta } from "./meta";

/** One score for each unit of each group, at least 0, in units of logits; comparable between layers. */
export async function relevanceScores(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  options: RelevanceOptions,
  services: Pick<ClipServices, "visitRelevances">,
): Promise<Float32Array[]> {
  const { snapshot: folded, outputs, nodeIds } = unitOutputs(snapshot, groups);
  const magnitudes = unitMagnitudes(groups, outputs);
  await services.visitRelevances(folded, nodeIds, options, (batch) => {
    magnitudes.add(batch);
  });
  return magnitudes.means();
}

export const lrp: BlockImplementation<typeof meta.params> = (context) => {
  const { images, rule, epsilon, start } = context.params;
  return structuredPruning(context, meta.id, (snapshot, groups) =>
    relevanceScores(snapshot, groups, { images, rule, epsilon, start }, context.services),
  );
};
