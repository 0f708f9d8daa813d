import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { scheduleParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.gran-group",
  roles: ["prune"],
  covers: ["prune.gran-group"],
  survey: "pruning/group",
  citations: ["ssl", "group-brain-damage"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    sparsity: number({ min: 0, max: 0.95, default: 0.45, unit: "fraction" }),
    scope: choice(["channel", "local", "global"], "channel"),
    normalization: choice(["none", "l2", "mean"], "mean"),
    ...scheduleParams,
  },
});
