import { defineBlock } from "../../block";
import { number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.sparse-vd",
  roles: ["prune"],
  covers: ["prune.sparse-vd"],
  survey: "pruning/dropout",
  citations: ["sparse-vd"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "unstructured" },
  params: {
    strength: number({ min: 0, max: 100, default: 1, step: 0.1 }),
    warmup: number({ min: 0, max: 1, default: 0.3, unit: "fraction" }),
    threshold: number({ min: -8, max: 8, default: 3, step: 0.1 }),
    initialLogVariance: number({ min: -20, max: 0, default: -10, step: 0.5 }),
    varianceRate: number({ min: 1, max: 200, default: 20, step: 1, scale: "log" }),
    ...guardParams,
  },
});
