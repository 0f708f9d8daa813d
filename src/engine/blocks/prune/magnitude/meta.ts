import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { scheduleParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.magnitude",
  roles: ["prune"],
  covers: [
    "prune.magnitude",
    "prune.l1-unstructured",
    "prune.gran-weight",
    "prune.scope-global",
    "prune.scope-local",
    "prune.sched-one-shot",
    "prune.sched-iterative",
    "prune.sched-agp",
  ],
  survey: "pruning/magnitude",
  citations: ["han-pruning", "agp", "paupamah"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "unstructured" },
  params: {
    sparsity: number({ min: 0, max: 0.999, default: 0.9, step: 0.005, unit: "fraction" }),
    scope: choice(["local", "global"], "local"),
    normalization: choice(["none", "l2", "mean"], "none"),
    ...scheduleParams,
  },
});
