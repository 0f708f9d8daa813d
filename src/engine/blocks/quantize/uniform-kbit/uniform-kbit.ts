/** Post-training symmetric uniform quantization of weights, 2 to 8 bits (Krishnamoorthi 2018). */
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { BlockImplementation } from "../../block";
import { quantizeWeights } from "../../shared/quantization/quantize";
import type { meta } from "./meta";

export const uniformKbit: BlockImplementation<typeof meta.params> = ({ params: own, layers: plan }) => {
  const params = { ...own, plan };
  return {
    async onBegin(model) {
      model.replace(quantizeWeights(foldBatchNorm(await model.snapshot()), params));
    },
  };
};
