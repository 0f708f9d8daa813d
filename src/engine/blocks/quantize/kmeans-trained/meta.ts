import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { fewWeightBits } from "../../shared/quantization/quantize-params";

const bits = (initial: number) =>
  number({ min: 1, max: 8, default: initial, integer: true, unit: "bits", few: fewWeightBits });

export const meta = defineBlock({
  id: "quant.kmeans-trained",
  roles: ["quantize"],
  covers: ["quant.kmeans-trained"],
  survey: "quantization/clustering",
  citations: ["deep-compression"],
  fidelity: "exact",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { precision: "discrete", trains: true, foldsBatchNorm: true },
  params: {
    convBits: bits(8),
    denseBits: bits(5),
    start: choice(["linear", "density", "random"], "linear"),
    iterations: number({ min: 1, max: 200, default: 25, integer: true, unit: "rounds" }),
    rate: number({ min: 0.001, max: 10, default: 0.1, step: 0.001, unit: "rate", scale: "log" }),
  },
});
