/**
 * Quantization-aware training (Jacob et al. 2018): fake quantizers on weights (scale of the current weights at every
 * step) and, after a delay, on activations, whose ranges follow the data until they freeze. The trained network and the
 * converted one compute the same, because the converted one keeps the frozen ranges. Batch normalization folds at the
 * start, or lives on and folds in the file, where codes stay and scales take the slopes.
 */
import { floatBits } from "../../../core/effective";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { BlockImplementation } from "../../block";
import { quantizeActivations, quantizeWeights } from "../../shared/quantization/quantize";
import type { meta } from "./meta";

export const qatFakeQuant: BlockImplementation<typeof meta.params> = ({
  params: own,
  steps,
  services,
  layers: plan,
}) => {
  const params = { ...own, plan };
  const quantizesActivations = params.aBits !== floatBits;
  return {
    // Decision 0, at the start: weights. Decision 1, at the delay: activations.
    rounds: quantizesActivations ? { count: 2, endFraction: 2 * params.activationDelay } : { count: 1, endFraction: 1 },
    async onRound(round, model) {
      const snapshot = await model.snapshot();
      const folded = params.foldBn === "start" ? foldBatchNorm(snapshot) : snapshot;
      if (round === 0) model.replace(quantizeWeights(folded, params));
      else model.replace(await quantizeActivations(snapshot, params, services));
    },
    onStep(step, model) {
      model.observeActivations({ decay: params.rangeDecay, frozen: step >= params.freezeRangesAt * steps });
    },
    onEnd(model) {
      model.observeActivations({ decay: params.rangeDecay, frozen: true });
      return Promise.resolve();
    },
  };
};
