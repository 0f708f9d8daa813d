import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import {
  activationBits,
  calibrationParams,
  imagesParam,
  weightParams,
} from "../../shared/quantization/quantize-params";

const bits = (initial: number) => number({ min: 2, max: 8, default: initial, integer: true, unit: "bits" });

export const meta = defineBlock({
  id: "quant.haq",
  roles: ["quantize"],
  covers: ["quant.haq"],
  survey: "quantization/mixed",
  citations: ["haq"],
  fidelity: "reconstructed",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { precision: "dynamic", trains: true, foldsBatchNorm: true },
  params: {
    agent: choice(["cem", "ddpg", "greedy"], "cem"),
    budget: choice(["size", "bops", "latencyLUT"], "size"),
    /** Of the cost with every width at 8 bits. */
    share: number({ min: 0.2, max: 1, default: 0.5, unit: "fraction" }),
    device: choice(["bit-serial", "int8"], "bit-serial"),
    bMin: bits(2),
    bMax: bits(8),
    edgeBits: weightParams(8).edgeBits,
    aBits: activationBits,
    episodes: number({ min: 1, max: 600, default: 40, integer: true, unit: "rounds" }),
    fineTuneSteps: number({ min: 0, max: 500, default: 20, integer: true, unit: "steps" }),
    granularity: weightParams(8).granularity,
    ...calibrationParams("mse"),
    images: imagesParam,
  },
  byLayer: { wBits: bits(8), aBits: bits(8) },
});
