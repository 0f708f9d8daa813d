import { defineBlock } from "../../block";
import { number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.network-slimming",
  roles: ["prune"],
  covers: ["prune.network-slimming"],
  survey: "pruning/batch-norm",
  citations: ["network-slimming"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: false, batchNorm: true, teacher: false },
  traits: { granularity: "structured" },
  params: {
    sparsity: number({ min: 0, max: 0.95, default: 0.5, unit: "fraction" }),
    // 1e-4 in the paper's 160 epochs; a few hundred steps need more to part the gammas.
    strength: number({ min: 0, max: 0.1, default: 0.005, step: 0.0005 }),
    roundTo: number({ min: 1, max: 64, default: 1, integer: true }),
    ...guardParams,
  },
});
