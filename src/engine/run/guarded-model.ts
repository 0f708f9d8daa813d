/** The network that trains, as the accuracy guard of a clip sees it. */
import type { ModelAccess } from "../blocks/block";
import type { Snapshot } from "../core/snapshot";
import type { Clip, TimelineDocument } from "../document/document";
import { takeBack } from "../surgery/take-back";
import type { LiveModel } from "../training/live-model";
import { movedMoments } from "../training/optimizer";
import type { AccuracyGuard, GuardedModel } from "./accuracy-guard";
import { recalibrateBatchNorm, type RunData, validationScore } from "./services";
import { taskFacts } from "../tasks/metrics/task-ids";

/**
 * @param access where a change of the network is told
 * @param guards of the clips at work
 * @param view what would remain if every clip at work ended now: what is scored
 */
export function guardedModel(
  clip: Clip,
  model: LiveModel,
  access: Pick<ModelAccess, "replace">,
  guards: () => readonly AccuracyGuard[],
  document: TimelineDocument,
  data: RunData,
  between: () => Promise<void>,
  view: (snapshot: Snapshot) => Promise<Snapshot>,
): GuardedModel {
  return {
    snapshot: () => model.snapshot(),
    metric: taskFacts[data.task.id].primary,
    score: async (snapshot) => validationScore(await view(snapshot), data, between),
    nextOrder: () => 1 + Math.max(0, ...guards().map(({ state }) => state.pending?.order ?? 0)),
    async takeBack(decision) {
      const taken = takeBack(decision, await model.snapshot());
      if (!taken) return;
      const { snapshot, places, mixed } = taken;
      const moments = await model.optimizerState();
      // Statistics of a mixture of before and now are those of no network.
      access.replace(mixed ? await recalibrateBatchNorm(snapshot, clip, document, data, between) : snapshot);
      // Weights that come back have moments of zero.
      model.restoreOptimizer(movedMoments(moments, places));
      for (const guard of guards()) guard.forget(decision);
    },
  };
}
