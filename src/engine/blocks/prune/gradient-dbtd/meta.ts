import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.gradient-dbtd",
  roles: ["prune"],
  covers: ["prune.gradient-dbtd"],
  survey: "pruning/gradient",
  citations: ["dbtd"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: {},
  params: {
    sparsity: number({ min: 0, max: 0.99, default: 0.9, unit: "fraction" }),
    fifo: number({ min: 1, max: 50, default: 5, integer: true, unit: "steps" }),
    rounding: choice(["stochastic", "zero"], "stochastic"),
    ...guardParams,
  },
});
