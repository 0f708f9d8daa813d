import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.apoz",
  roles: ["prune"],
  covers: ["prune.apoz"],
  survey: "pruning/activation",
  citations: ["apoz"],
  fidelity: "exact",
  length: "either",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    // Four rounds of a tenth each, where the schedule is iterative.
    sparsity: number({ min: 0, max: 0.95, default: 0.4, unit: "fraction" }),
    rounds: number({ min: 1, max: 20, default: 4, integer: true, unit: "rounds" }),
    choose: choice(["fraction", "threshold"], "fraction"),
    deviations: number({ min: 0, max: 3, default: 1, step: 0.1 }),
    images: number({ min: 1, max: 5000, default: 500, integer: true, unit: "images" }),
  },
});
