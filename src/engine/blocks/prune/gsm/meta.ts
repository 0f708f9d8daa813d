import { learningRateSchedules } from "../../../document/learning-rate";
import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.gsm",
  roles: ["prune"],
  covers: ["prune.gsm"],
  survey: "pruning/momentum",
  citations: ["hkdp", "gsm"],
  fidelity: "reconstructed",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "unstructured" },
  params: {
    sparsity: number({ min: 0, max: 0.999, default: 0.9, step: 0.005, unit: "fraction" }),
    variant: choice(["sparse-momentum", "iterative-magnitude"], "sparse-momentum"),
    learningRate: number({ min: 1e-5, max: 1, default: 0.03, step: 1e-5, unit: "rate", scale: "log" }),
    learningRateSchedule: choice(learningRateSchedules, "constant"),
    momentum: number({ min: 0, max: 0.999, default: 0.98, unit: "fraction" }),
    weightDecay: number({ min: 0, max: 0.1, default: 0.005, step: 0.0005 }),
    rounds: number({ min: 1, max: 20, default: 5, integer: true, unit: "rounds" }),
    ...guardParams,
  },
});
