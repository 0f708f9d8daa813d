/** The model of a run as blocks see it. */
import type { ModelAccess } from "../blocks/block";
import type { LiveModel } from "../training/live-model";

/** @param onChange called whenever a block changes what the network computes */
export function modelAccess(model: () => LiveModel, onChange: () => void): ModelAccess {
  return {
    get network() {
      return model().network;
    },
    snapshot: () => model().snapshot(),
    replace(next, kept) {
      onChange();
      model().replace(next, kept);
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
