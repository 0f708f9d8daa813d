import { defineBlock } from "../../block";
import { calibrationParams, weightParams } from "../../shared/quantization/quantize-params";

export const meta = defineBlock({
  id: "quant.uniform-kbit",
  roles: ["quantize"],
  covers: [
    "quant.uniform-kbit",
    "quant.per-channel",
    "quant.calib-minmax",
    "quant.calib-percentile",
    "quant.calib-mse",
  ],
  survey: "quantization/uniform",
  citations: ["quantization-whitepaper"],
  fidelity: "exact",
  length: "instant",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { precision: "fixed", trains: false, foldsBatchNorm: true },
  params: { ...weightParams(4), ...calibrationParams("minmax") },
  byLayer: { wBits: weightParams(4).wBits },
});
