import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.knapsack",
  roles: ["prune"],
  covers: ["prune.knapsack"],
  survey: "pruning/knapsack",
  citations: ["knapsack"],
  fidelity: "exact",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    budget: number({ min: 0.05, max: 1, default: 0.5, unit: "fraction" }),
    solver: choice(["dp", "greedy"], "dp"),
    targets: structuredParams.targets,
    images: number({ min: 16, max: 8192, default: 1024, integer: true, unit: "images" }),
    batchSize: number({ min: 1, max: 512, default: 128, integer: true, unit: "images" }),
    roundTo: structuredParams.roundTo,
    ...guardParams,
  },
});
