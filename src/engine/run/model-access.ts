/** The model of a run as blocks see it. */
import type { ModelAccess } from "../blocks/block";
import type { Network } from "../core/network";
import type { KeptSlices, LiveModel } from "../training/live-model";

/** @param onChange called whenever a block has changed what the network computes; with what was kept where it was replaced */
export function modelAccess(
  model: () => LiveModel,
  onChange: (replaced?: { readonly network: Network; readonly kept: KeptSlices | undefined }) => void,
): ModelAccess {
  return {
    get network() {
      return model().network;
    },
    snapshot: () => model().snapshot(),
    replace(next, kept) {
      model().replace(next, kept);
      onChange({ network: next.network, kept });
    },
    resetOptimizer: () => {
      model().resetOptimizer();
    },
    observeActivations: (observer) => {
      model().observeActivations(observer);
    },
    update(parameter, change) {
      onChange();
      model().change(parameter, change);
    },
  };
}
