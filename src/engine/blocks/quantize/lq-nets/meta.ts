import { defineBlock } from "../../block";
import { number } from "../../params";
import { fewWeightBits, foldBnParam, imagesParam } from "../../shared/quantization/quantize-params";

/** 2^4 levels are as many as QEM keeps apart in a few hundred steps. */
const levelBits = { min: 1, max: 4, default: 2, integer: true, unit: "bits" } as const;

export const meta = defineBlock({
  id: "quant.lq-nets",
  roles: ["quantize"],
  covers: ["quant.lq-nets"],
  survey: "quantization/learned-levels",
  citations: ["lq-nets", "straight-through"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { precision: "discrete", trains: true, foldsBatchNorm: true },
  params: {
    wBits: number({ ...levelBits, few: fewWeightBits }),
    aBits: number({ ...levelBits, off: 32 }),
    edgeBits: number({ min: 2, max: 8, off: 32, default: 8, integer: true, unit: "bits" }),
    turns: number({ min: 1, max: 8, default: 1, integer: true, unit: "rounds" }),
    memory: number({ min: 0, max: 0.999, default: 0.9, step: 0.001, unit: "fraction" }),
    foldBn: foldBnParam("file"),
    images: imagesParam,
  },
});
