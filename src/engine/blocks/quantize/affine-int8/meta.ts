import { defineBlock } from "../../block";
import {
  activationBits,
  calibrationParams,
  imagesParam,
  weightParams,
} from "../../shared/quantization/quantize-params";

export const meta = defineBlock({
  id: "quant.affine-int8",
  roles: ["quantize"],
  covers: ["quant.affine-int8", "quant.per-channel", "quant.calib-minmax", "quant.calib-percentile", "quant.calib-mse"],
  survey: "quantization/int8",
  citations: ["qat", "quantization-whitepaper"],
  fidelity: "exact",
  length: "instant",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { precision: "fixed", trains: false, foldsBatchNorm: true },
  params: { ...weightParams(8), aBits: activationBits, ...calibrationParams("minmax"), images: imagesParam },
  byLayer: { wBits: weightParams(8).wBits, aBits: activationBits },
});
