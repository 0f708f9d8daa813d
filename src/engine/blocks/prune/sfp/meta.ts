import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.sfp",
  roles: ["prune"],
  covers: ["prune.sfp"],
  survey: "pruning/norm",
  citations: ["sfp"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    sparsity: number({ min: 0, max: 0.95, default: 0.3, unit: "fraction" }),
    norm: choice(["l2", "l1"], "l2"),
    everySteps: number({ min: 1, max: 10_000, default: 50, integer: true, unit: "steps" }),
    offsets: choice(["zero", "keep"], "zero"),
    roundTo: number({ min: 1, max: 64, default: 1, integer: true }),
    ...guardParams,
  },
});
