/** Post-training quantization of weights (symmetric) and activations (affine, nudged) (Jacob et al. 2018). */
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { BlockImplementation } from "../../block";
import { quantizeActivations, quantizeWeights } from "../../shared/quantization/quantize";
import type { meta } from "./meta";

export const affineInt8: BlockImplementation<typeof meta.params> = ({ params: own, services, layers: plan }) => {
  const params = { ...own, plan };
  return {
    async onBegin(model) {
      const weights = quantizeWeights(foldBatchNorm(await model.snapshot()), params);
      model.replace(await quantizeActivations(weights, params, services));
    },
  };
};
