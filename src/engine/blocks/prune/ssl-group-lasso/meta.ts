import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.ssl-group-lasso",
  roles: ["prune"],
  covers: ["prune.ssl-group-lasso"],
  survey: "pruning/regularization",
  citations: ["ssl"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    groups: choice(["filter", "channel", "shape", "depth"], "filter"),
    strength: number({ min: 0, max: 10, default: 0.5, step: 0.05 }),
    zeroTolerance: number({ min: 0, max: 0.1, default: 0.0001, step: 0.0001 }),
    roundTo: number({ min: 1, max: 64, default: 1, integer: true }),
    ...guardParams,
  },
});
