import { defineBlock } from "../../block";
import { number } from "../../params";
import {
  activationBits,
  calibrationParams,
  foldBnParam,
  imagesParam,
  ofActivations,
  weightParams,
} from "../../shared/quantization/quantize-params";

export const meta = defineBlock({
  id: "quant.qat-fake-quant",
  roles: ["quantize"],
  covers: ["quant.qat-fake-quant", "quant.per-channel"],
  survey: "quantization/qat",
  citations: ["qat", "straight-through"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { precision: "fixed", trains: true, foldsBatchNorm: true },
  params: {
    ...weightParams(4),
    foldBn: foldBnParam("start"),
    aBits: activationBits,
    activationDelay: number({ min: 0, max: 0.9, default: 0.1, unit: "fraction", idle: [ofActivations] }),
    rangeDecay: number({ min: 0.5, max: 0.9999, default: 0.99, step: 0.001, unit: "fraction", idle: [ofActivations] }),
    freezeRangesAt: number({ min: 0, max: 1, default: 0.5, unit: "fraction", idle: [ofActivations] }),
    ...calibrationParams("minmax"),
    images: imagesParam,
  },
  byLayer: { wBits: weightParams(4).wBits, aBits: activationBits },
});
